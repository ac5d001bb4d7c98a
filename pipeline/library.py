"""One library, open: its settings, its catalog, its encoder, its thumbnails."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from catalog.interface import ClipStore, SpaceChangedError
from encoder.interface import ClipEncoder
from encoder.labels import FreeLabels
from pipeline.counting import ClipCount
from pipeline.encoding import Cataloguer
from pipeline.jobs import Jobs
from pipeline.settings import Settings


class Library:
    """What every use case works on; a context manager that closes the catalog."""

    def __init__(
        self, settings: Settings, store: ClipStore, encoder_factory: Callable[[], ClipEncoder]
    ) -> None:
        self.settings = settings
        self._store = store
        self._encoder_factory = encoder_factory
        self._encoder: ClipEncoder | None = None
        self._cataloguer: Cataloguer | None = None
        self._clip_count = ClipCount()

    @property
    def store(self) -> ClipStore:
        """The catalog's store of now. Keep it over a piece of work that must not mix two spaces:

        it is another one once the library was re-indexed.
        """
        self._store = self._store.latest()
        return self._store

    @property
    def encoder(self) -> ClipEncoder:
        """The encoder of the store of now.

        Loaded at first use: much work does not need it, and it is heavy.
        """
        return self._loaded(self.store)

    def encoder_of(self, store: ClipStore) -> ClipEncoder:
        """The encoder of a store that this library gave; asks the catalog nothing.

        Raises ``SpaceChangedError`` where the library has moved to another one since.
        """
        encoder = self._loaded(store)
        if encoder.space != store.space:
            raise SpaceChangedError
        return encoder

    @property
    def last_encoder(self) -> ClipEncoder:
        """The encoder that was used last, whatever the library moved to since."""
        return self._encoder or self.encoder

    def _loaded(self, store: ClipStore) -> ClipEncoder:
        """The encoder of a store; of a store of before, that of now."""
        if self._encoder is None or self._encoder.space != store.space:
            self._encoder = self._encoder_factory()
        return self._encoder

    @property
    def cataloguer(self) -> Cataloguer:
        """What makes records of clips; loads the encoder."""
        encoder = self.encoder
        if self._cataloguer is None or self._cataloguer.encoder is not encoder:
            labels = FreeLabels.load(encoder, self.settings.labels)
            self._cataloguer = Cataloguer(self.settings, encoder, labels)
        return self._cataloguer

    @property
    def jobs(self) -> Jobs:
        """What workers are to index, or have indexed."""
        return Jobs(self.settings.library)

    @property
    def thumbnails(self) -> Path:
        """Folder with one picture per clip."""
        return self.settings.thumbnails

    def about_clips(self) -> int:
        """How many clips there are, or were some seconds ago."""
        return self._clip_count.of(self._store)

    def close(self) -> None:
        """Flush and close the catalog; the library cannot be used afterwards."""
        self._store.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
