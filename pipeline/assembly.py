"""The only place that names concrete classes: from settings to working parts.

What loads the networks is imported where it is used: with the compact encoder, `status`,
`remove` and indexing what is unchanged must not wait for torch.
"""

import shutil
from pathlib import Path

from catalog.connecting import absent
from catalog.interface import ClipStore, EmbeddingSpaceMismatchError
from catalog.milvus import MilvusStore
from catalog.taking_turns import StoreTakingTurns
from encoder.allocator import keep_freed_memory
from encoder.checkpoint import REPLACED, WEIGHTS, CheckpointError, compact_space
from encoder.interface import ClipEncoder, EmbeddingSpace
from encoder.openclip_weights import PREFIX, OpenClipWeights, find_weights, openclip_space
from pipeline.library import Library
from pipeline.running import FOLDER, running_system
from pipeline.settings import Settings, SettingsError

COMPACT = "compact"
OWN_WEIGHTS = "weights"
"""Folder of weights, within a library, that were trained for it."""


def open_library(settings: Settings, *, create: bool = False) -> Library:
    """Open the library that `settings` name; the caller closes it.

    While the library's own services run, its catalog is used through them. A library that is
    there goes on with the encoder that made it, whichever the settings name for new ones.

    With `create` an absent one is made (for indexing); without, it is a ``CatalogError`` whose
    message says how to make one. Raises ``CatalogLockedError`` where another process has it
    open, ``EmbeddingSpaceMismatchError`` where it was made with other weights,
    ``SettingsError`` where the encoder is unknown, and ``CheckpointError`` where its weights are
    not here. Does not load the encoder, but with `create` downloads weights that it lacks.
    """
    where = _catalog_of(settings)
    store = MilvusStore.find(where)
    if store is None:
        space = embedding_space(settings, download=create)
        if not create:
            raise absent(where)
        store = MilvusStore.open(where, space=space, encoder=settings.encoder)
    else:
        store = _with_weights(settings, store, download=create)
    return _library(settings, store)


def open_library_to_reindex(settings: Settings) -> Library:
    """Open a library whose own encoder need not be here any more; the caller closes it.

    Raises ``CatalogLockedError`` where another process has it open, and ``CatalogError`` where
    there is none.
    """
    where = _catalog_of(settings)
    store = MilvusStore.find(where)
    if store is None:
        raise absent(where)
    return _library(settings, store)


def successor_of(library: Library, encoder: str) -> Library:
    """What `library` becomes under another encoder, to be filled; closed with the library.

    Downloads weights that it lacks. Raises ``SettingsError`` where there is no encoder of that
    name, and ``CheckpointError`` where its weights cannot be used.
    """
    settings = library.settings.model_copy(update={"encoder": encoder})
    space = embedding_space(settings, download=True)
    store = library.store.successor(space, encoder=encoder)
    return Library(settings, store, lambda: load_encoder(settings))


def _catalog_of(settings: Settings) -> str | Path:
    if settings.milvus_uri:
        return settings.milvus_uri
    system = running_system(settings.library)
    return system.milvus_uri if system else settings.library / "catalog"


def _library(settings: Settings, store: MilvusStore) -> Library:
    shared: ClipStore = store
    # Only then can other processes write as well.
    if store.is_remote:
        shared = StoreTakingTurns(store, settings.library / FOLDER / "writing")
    return Library(settings, shared, lambda: _encoder_of(settings, store.latest()))


def _encoder_of(settings: Settings, store: MilvusStore) -> ClipEncoder:
    return load_encoder(_own_settings(settings, store), made=store.space)


def _own_settings(settings: Settings, store: ClipStore) -> Settings:
    """The settings, with the encoder that a library was made with."""
    return settings.model_copy(update={"encoder": store.encoder}) if store.encoder else settings


def _with_weights(settings: Settings, store: MilvusStore, *, download: bool) -> MilvusStore:
    """The store of now; closed, and an error, where the encoder of its embeddings is not here."""
    try:
        while True:
            try:
                _require_weights(settings, store, download=download)
            except (EmbeddingSpaceMismatchError, CheckpointError):
                # The weights of before may go when a library has moved to another encoder.
                if (latest := store.latest()) is store:
                    raise
                store = latest
            else:
                return store
    except BaseException:
        store.close()
        raise


def _require_weights(settings: Settings, store: MilvusStore, *, download: bool) -> None:
    own = _own_settings(settings, store)
    space = embedding_space(own, download=download, made=store.space)
    if space != store.space:
        raise EmbeddingSpaceMismatchError(expected=store.space, got=space)


def embedding_space(
    settings: Settings, *, download: bool = False, made: EmbeddingSpace | None = None
) -> EmbeddingSpace:
    """The space of the encoder that `settings` name, without loading it.

    With `made`, that of the weights which made this space, where they are still here. With
    `download`, weights that are not on this machine are fetched. Raises ``SettingsError``
    where there is no encoder of that name, and ``CheckpointError`` where its weights cannot be
    used.
    """
    if settings.encoder == COMPACT:
        return compact_space(compact_weights(settings, made=made))
    return openclip_space(_openclip_weights(settings, download=download))


def load_encoder(settings: Settings, *, made: EmbeddingSpace | None = None) -> ClipEncoder:
    """Load the encoder that `settings` name, with its weights, downloading those it lacks.

    With `made`, it is the weights which made this space, where they are still here.

    Raises ``SettingsError`` where there is none of that name, and ``CheckpointError`` where its
    weights cannot be used.
    """
    from encoder.devices import leave_a_core_to_decoding

    keep_freed_memory()
    leave_a_core_to_decoding()
    if settings.encoder == COMPACT:
        from encoder.compact import CompactEncoder

        return CompactEncoder.load(compact_weights(settings, made=made))
    weights = _openclip_weights(settings, download=True)
    from encoder.openclip import OpenClipEncoder

    return OpenClipEncoder.load(weights)


def compact_weights(settings: Settings, *, made: EmbeddingSpace | None = None) -> Path:
    """The folder of the compact encoder's weights: the library's own, else the shipped ones.

    With `made`, those that made this space go before, though others were trained since.
    """
    own = _own_weights(settings)
    newest = own if own.is_dir() else WEIGHTS
    for folder in (newest, *_replaced_weights(settings), WEIGHTS) if made else ():
        if compact_space(folder) == made:
            return folder
    return newest


def drop_replaced_weights(settings: Settings) -> None:
    """Delete the weights that others took the place of, when the library was re-indexed."""
    for folder in _replaced_weights(settings):
        shutil.rmtree(folder, ignore_errors=True)


def weights_to_train(settings: Settings) -> Path:
    """Where training on the user's own captions puts a library's weights.

    Raises ``SettingsError`` where the library uses an encoder that cannot be trained.
    """
    if settings.encoder != COMPACT:
        raise SettingsError(
            f"encoder: {settings.encoder!r} cannot be trained here; choose {COMPACT!r}"
        )
    return _own_weights(settings)


def _own_weights(settings: Settings) -> Path:
    return settings.library / OWN_WEIGHTS


def _replaced_weights(settings: Settings) -> list[Path]:
    return sorted(settings.library.glob(f"{OWN_WEIGHTS}{REPLACED}*"))


def _openclip_weights(settings: Settings, *, download: bool) -> OpenClipWeights:
    if not settings.encoder.startswith(PREFIX):
        raise SettingsError(
            f"encoder: there is no {settings.encoder!r}; "
            f"choose {COMPACT!r} or '{PREFIX}<model>/<pretrained>'"
        )
    return find_weights(settings.encoder, download=download)
