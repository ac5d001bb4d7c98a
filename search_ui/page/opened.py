"""The library that the page shows, opened once for everybody who looks at it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st

from catalog.interface import CatalogError
from pipeline import assembly
from pipeline.browsing import Holdings
from pipeline.library import Library
from pipeline.query_language import QuerySyntaxError
from pipeline.settings import load_settings
from pipeline.shelf import Shelf
from search_ui.failures import explanation
from search_ui.page.adding import Additions
from search_ui.page.encoder_move import EncoderMove
from search_ui.page.keeping_watch import Watching
from search_ui.page.wording import plain
from search_ui.terminal import printable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedLibrary:
    """A library and what the page keeps beside it."""

    library: Library
    additions: Additions
    move: EncoderMove
    watching: Watching
    _shelf: Shelf = field(default_factory=Shelf)
    _loading: threading.Lock = field(default_factory=threading.Lock)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def holdings(self) -> Holdings:
        """What the library holds now. Raises ``CatalogError``."""
        return self._shelf.look(self.library)

    def is_empty(self) -> bool:
        """Whether no video is completely indexed. Raises ``CatalogError``."""
        return not self.library.store.videos()

    def holdings_at_hand(self) -> Holdings | None:
        """The same, or None where that takes long; then it is being read. Raises as that does."""
        found = self._shelf.at_hand(self.library)
        if found is None and self._counting.acquire(blocking=False):
            threading.Thread(target=self._count, name="counting the clips", daemon=True).start()
        return found

    def _count(self) -> None:
        try:
            self.holdings()
        except CatalogError as error:
            # Whoever waits for it asks again.
            logger.warning("the clips could not be counted: %s", error)
        finally:
            self._counting.release()

    def with_encoder(self) -> Library:
        """The library with its encoder loaded; the first to ask waits, and so do those after."""
        with self._loading:
            _ = self.library.encoder
        return self.library


# Without a spinner: uploads open it too, which no page is drawn for.
@st.cache_resource(show_spinner=False)
def opened() -> OpenedLibrary:
    """The library of the environment, made where there is none.

    Raises what ``open_library`` raises, until it can be.
    """
    settings = load_settings()
    shown = OpenedLibrary(
        assembly.open_library(settings, create=True),
        Additions(settings),
        EncoderMove(settings),
        Watching(settings),
    )
    # It takes seconds, which pass while somebody reads and types.
    threading.Thread(target=shown.with_encoder, name="loading the encoder", daemon=True).start()
    return shown


@contextmanager
def explained() -> Iterator[None]:
    """Show foreseeable trouble as one clear message in place of the rest of the page."""
    try:
        yield
    except Exception as error:
        lines = explanation(error)
        if lines is None:
            raise
        first, *others = lines.splitlines()
        if isinstance(error, QuerySyntaxError):
            st.error(plain(first), icon=":material/error:")
            st.code("\n".join(map(printable, others)), language=None)
        else:
            st.error("  \n".join(map(plain, lines.splitlines())), icon=":material/error:")
