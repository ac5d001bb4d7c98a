"""Correcting what the encoder said of a moment, and taking that back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipFilter, ClipRecord, ClipStore, SpaceChangedError
from encoder.interface import CategoryScore
from encoder.labels import KIND
from pipeline.browsing import find_clip
from pipeline.corrected import carries, corrected, labels_to_correct
from pipeline.corrections import GROUP, SURE, Correction, Corrections, correction_of
from pipeline.library import Library
from pipeline.settings import MAX_LABEL_CHARACTERS

MAX_CAPTION_CHARACTERS = 1000

MOST_CHANGES = 3
"""So often in a row no library moves to another encoder."""


class CorrectionError(Exception):
    """A moment cannot be corrected so; one line says why."""


@dataclass(frozen=True)
class Change:
    """What is to be changed of what is said of a moment."""

    caption: str | None = None
    """None: stays as it is."""
    add: tuple[CategoryScore | str, ...] = ()
    """Categories that fit; a bare label is of the kind that the library knows it under."""
    remove: tuple[str, ...] = ()
    """Labels that do not fit."""


def correct(library: Library, clip_id: str, change: Change) -> ClipRecord:
    """Change what is said of a clip, on top of earlier corrections, and return the clip.

    When this returns the correction is on disk, and search knows of it. It stays when the video
    is indexed again, described by another encoder or moved. Raises :class:`CorrectionError` where
    there is no such clip or the change makes no sense, ``CatalogError`` where the catalog cannot
    be used, and ``OSError`` where the disk cannot.
    """
    wanted = _checked(change)
    if wanted == Change():
        raise CorrectionError("nothing to correct: give a caption, or labels to add or remove")

    def merged(store: ClipStore, described: ClipRecord, before: Correction) -> Correction:
        return _merged(store, described, before, change=wanted)

    return _changed(library, clip_id, merged)


def undo(library: Library, clip_id: str) -> ClipRecord:
    """Take all corrections of a clip back, and return it as the encoder described it.

    Raises what :func:`correct` raises, also where the clip was not corrected.
    """

    def nothing(_: ClipStore, __: ClipRecord, before: Correction) -> Correction:
        if before.says_nothing:
            raise CorrectionError(f"{clip_id}: this moment was not corrected; nothing to undo")
        return Correction(before.span)

    return _changed(library, clip_id, nothing)


def settle(library: Library) -> int:
    """Bring the catalog in line with the corrections; return how many clips were not.

    That is so where a run was cut short between the two, or wrote back what it had read before
    somebody corrected it. Raises what :func:`correct` raises.
    """
    corrections, store = Corrections(library.settings.library), library.store
    if is_settled(library):
        return 0
    with corrections.turn():
        settled = [
            _corrected(
                library,
                store,
                _as_described(corrections, store, record, is_corrected=True),
                correction=correction,
            )
            for record, correction in _unsettled(corrections, store)
        ]
        store.upsert_clips(settled)
        store.flush()
        corrections.announce({record.video_id for record in settled})
    return len(settled)


def is_settled(library: Library) -> bool:
    """Whether the catalog is in line with the corrections."""
    return not any(_unsettled(Corrections(library.settings.library), library.store))


def _unsettled(
    corrections: Corrections, store: ClipStore
) -> Iterator[tuple[ClipRecord, Correction]]:
    for video_id in sorted(corrections.changed()):
        every = corrections.of(video_id)
        for record in store.clips_of(video_id) if every else ():
            correction = correction_of(record.span, every)
            if correction is not None and not carries(record, correction):
                yield record, correction


def _checked(change: Change) -> Change:
    caption = change.caption
    if caption is not None:
        caption = _plain(caption, "the caption", at_most=MAX_CAPTION_CHARACTERS)
    add = tuple(
        replace(each, label=_label(each.label), probability=SURE)
        if isinstance(each, CategoryScore)
        else _label(each)
        for each in change.add
    )
    return Change(caption, add, tuple(_label(label) for label in change.remove))


def _label(text: str) -> str:
    return _plain(text, "a label", at_most=MAX_LABEL_CHARACTERS)


def _plain(text: str, what: str, *, at_most: int) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise CorrectionError(f"{what} is empty; say it in words")
    if len(plain) > at_most:
        raise CorrectionError(f"{what} has {len(plain)} characters, {at_most} are allowed")
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise CorrectionError(f"{what} holds bytes that are no text; type it again") from error
    return plain


def _changed(
    library: Library,
    clip_id: str,
    merged: Callable[[ClipStore, ClipRecord, Correction], Correction],
) -> ClipRecord:
    for _ in range(MOST_CHANGES):
        store = library.store
        try:
            with Corrections(library.settings.library).turn():
                return _changed_in(library, store, clip_id, merged=merged)
        except SpaceChangedError:
            # The library was re-indexed since, and has the clip as another encoder sees it.
            continue
    raise SpaceChangedError


def _changed_in(
    library: Library,
    store: ClipStore,
    clip_id: str,
    *,
    merged: Callable[[ClipStore, ClipRecord, Correction], Correction],
) -> ClipRecord:
    record = find_clip(store, clip_id)
    if record is None:
        raise CorrectionError(f"{clip_id}: the library holds no such moment; search for it anew")
    corrections = Corrections(library.settings.library)
    every = corrections.of(record.video_id)
    before = correction_of(record.span, every)
    described = _as_described(corrections, store, record, is_corrected=before is not None)
    now = merged(store, described, before or Correction(record.span))
    others = [each for each in every if each is not before]
    # Made first: where it cannot be, nothing has changed.
    record = described
    if not now.says_nothing:
        record = _corrected(library, store, described, correction=now)
    corrections.put(record.video_id, others if now.says_nothing else [*others, now])
    # From here on the catalog follows sooner or later, whatever happens: see `settle`.
    store.upsert_clips([record])
    store.flush()
    corrections.announce([record.video_id])
    return record


def _as_described(
    corrections: Corrections, store: ClipStore, record: ClipRecord, *, is_corrected: bool
) -> ClipRecord:
    """What the encoder said of a clip, in the groups and at the place of now."""
    known = corrections.described(record.video_id, store.space).get(record.clip_id)
    if known is None or not is_corrected:
        corrections.keep_described(store.space, record)
        return record
    groups = [c for c in record.description.categories if c.kind == GROUP]
    others = [c for c in known.description.categories if c.kind != GROUP]
    every = tuple(sorted([*groups, *others], key=lambda c: -c.probability))
    said = replace(known.description, categories=every)
    return replace(known, path=record.path, description=said)


def _corrected(
    library: Library, store: ClipStore, described: ClipRecord, *, correction: Correction
) -> ClipRecord:
    def reword(embedding: NDArray[np.float32], caption: str) -> NDArray[np.float32]:
        return library.encoder_of(store).reword(embedding, caption)

    return corrected(described, correction, reword=reword)


def _merged(
    store: ClipStore, described: ClipRecord, before: Correction, *, change: Change
) -> Correction:
    add = [_known(store, described, each) for each in change.add]
    new = {category.label for category in add}
    if clash := new & set(change.remove):
        raise CorrectionError(f"{min(clash)!r} is to be added and removed; decide for one")
    added = [c for c in before.added if c.label not in new and c.label not in change.remove]
    carried = labels_to_correct(described.description.categories)
    for label in change.remove:
        if label not in carried and label not in {c.label for c in before.added}:
            labels = ", ".join(sorted(carried)) or "none"
            raise CorrectionError(f"this moment is not in {label!r}; its categories: {labels}")
    removed = dict.fromkeys([*before.removed, *(x for x in change.remove if x in carried)])
    return Correction(
        span=before.span,
        caption=before.caption if change.caption is None else change.caption,
        added=(*added, *add),
        removed=tuple(label for label in removed if label not in new),
    )


def _known(store: ClipStore, clip: ClipRecord, category: CategoryScore | str) -> CategoryScore:
    """The category with the kind that the library has it under."""
    if isinstance(category, CategoryScore):
        return category
    carrying = ClipFilter(categories=(category,))
    for hit in store.search(clip.description.embedding, limit=1, where=carrying):
        for found in hit.record.description.categories:
            if found.label == category and found.kind != GROUP:
                return replace(found, probability=SURE)
    return CategoryScore(category, KIND, SURE)
