"""The only place that names concrete classes: from settings to working parts.

What loads the networks is imported where it is used: `status`, `remove` and indexing what is
unchanged must not wait for torch.
"""

from catalog.milvus import MilvusStore
from encoder.checkpoint import compact_space
from encoder.interface import ClipEncoder, EmbeddingSpace
from pipeline.library import Library
from pipeline.settings import Settings, SettingsError

COMPACT = "compact"


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """Open the library that `settings` name; the caller closes it.

    With `create` an absent one is made (for indexing); without, it is a ``CatalogError`` whose
    message says how to make one. Raises ``CatalogLockedError`` where another process has it
    open, ``EmbeddingSpaceMismatchError`` where it was made with another encoder, and
    ``SettingsError`` where the encoder is unknown. Does not load the encoder.
    """
    store = MilvusStore.open(
        settings.milvus_uri or settings.library / "catalog",
        space=embedding_space(settings),
        create=create,
    )
    return Library(settings, store, lambda: load_encoder(settings))


def embedding_space(settings: Settings) -> EmbeddingSpace:
    """The space of the encoder that `settings` name, without loading it.

    Raises ``SettingsError`` where there is none of that name.
    """
    _require_known(settings)
    return compact_space()


def load_encoder(settings: Settings) -> ClipEncoder:
    """Load the encoder that `settings` name, with its weights.

    Raises ``SettingsError`` where there is none of that name.
    """
    _require_known(settings)
    from encoder.compact import CompactEncoder

    return CompactEncoder.load()


def _require_known(settings: Settings) -> None:
    if settings.encoder != COMPACT:
        raise SettingsError(f"encoder: there is no {settings.encoder!r}; choose {COMPACT!r}")
