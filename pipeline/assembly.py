"""The only place that names concrete classes: from settings to working parts."""

from encoder.interface import ClipEncoder
from pipeline.library import Library
from pipeline.settings import Settings


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """Open the library that `settings` name; the caller closes it.

    With `create` an absent one is made (for indexing); without, it is a ``CatalogError`` whose
    message says how to make one. Raises ``CatalogLockedError`` where another process has it
    open, ``EmbeddingSpaceMismatchError`` where it was made with another encoder, and
    ``SettingsError`` where the encoder is unknown. Does not load the encoder.
    """
    raise NotImplementedError


def load_encoder(settings: Settings) -> ClipEncoder:
    """Load the encoder that `settings` name, with its weights.

    Raises ``SettingsError`` where there is none of that name.
    """
    raise NotImplementedError
