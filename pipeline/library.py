"""One library, open: its settings, its catalog, its encoder, its thumbnails."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType

from catalog.interface import ClipStore
from encoder.interface import ClipEncoder
from encoder.labels import FreeLabels
from pipeline.encoding import Cataloguer
from pipeline.jobs import Jobs
from pipeline.settings import Settings


class Library:
    """What every use case works on; a context manager that closes the catalog."""

    def __init__(
        self, settings: Settings, store: ClipStore, encoder_factory: Callable[[], ClipEncoder]
    ) -> None:
        self.settings = settings
        self.store = store
        self._encoder_factory = encoder_factory

    @cached_property
    def encoder(self) -> ClipEncoder:
        """The encoder, loaded at first use: much work does not need it, and it is heavy."""
        return self._encoder_factory()

    @cached_property
    def cataloguer(self) -> Cataloguer:
        """What makes records of clips; loads the encoder."""
        labels = FreeLabels.load(self.encoder, self.settings.labels)
        return Cataloguer(self.settings, self.encoder, labels)

    @property
    def jobs(self) -> Jobs:
        """What workers are to index, or have indexed."""
        return Jobs(self.settings.library)

    @property
    def thumbnails(self) -> Path:
        """Folder with one picture per clip."""
        return self.settings.thumbnails

    def close(self) -> None:
        """Flush and close the catalog; the library cannot be used afterwards."""
        self.store.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
