"""Moments out of a library: as film, picture, table or edit list."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.interface import ClipSummary
from ingest.cutting import cut
from ingest.discovery import resolved
from pipeline.browsing import find_clip
from pipeline.contact_sheet import MOST_MOMENTS, contact_sheet
from pipeline.durable import write_durably
from pipeline.library import Library
from pipeline.moment_tables import csv_text, json_text

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
FILM = ".mp4"
LONGEST_NAME = 60


class ExportError(Exception):
    """Moments cannot be exported so; one line says why."""


@dataclass(frozen=True)
class Exported:
    """One file that was written."""

    path: Path
    moments: int
    copied: bool = False
    """Whether a cut holds the original's own frames, not encoded anew."""


def named_moments(library: Library, names: Sequence[str]) -> list[ClipSummary]:
    """The clips of these ids, and all clips of these video files, in the order of `names`.

    Raises :class:`ExportError` for a name that is neither, and ``CatalogError`` where the catalog
    cannot be read.
    """
    found: dict[str, ClipSummary] = {}
    for name in names:
        clips = list(_named(library, name))
        if not clips:
            raise ExportError(f"{name}: the library holds no such moment, nor video; search for it")
        found.update((clip.clip_id, clip) for clip in clips)
    return list(found.values())


def _named(library: Library, name: str) -> Iterator[ClipSummary]:
    store = library.store
    record = find_clip(store, name)
    if record is not None:
        yield ClipSummary.of(record)
        return
    path = resolved(Path(name))
    for video in store.videos():
        if video.path == path:
            yield from store.summaries_of([video.video_id])


def export(library: Library, clips: Sequence[ClipSummary], target: Path) -> list[Exported]:
    """Write moments as what the suffix of `target` says, and return what was written.

    ``.mp4`` is one moment as film; ``.jpg``, ``.png`` or ``.webp`` a contact sheet; ``.csv`` and
    ``.json`` tables; ``.otio`` and ``.edl`` edit lists; and without a suffix a folder with each
    moment as film. Nothing is overwritten, and a file appears complete or not at all.

    Raises :class:`ExportError` where that cannot be done, ``VideoError`` where a file cannot be
    used, and ``OSError`` where one cannot be read or written.
    """
    if not clips:
        raise ExportError("there is nothing to export: no moment was found")
    suffix = target.suffix.lower()
    if not suffix:
        return _cut_all(clips, target)
    if target.exists():
        raise ExportError(f"{target}: this file exists; choose another name, or delete it first")
    if suffix == FILM:
        if len(clips) > 1:
            raise ExportError(
                f"{target}: a film holds one moment, and these are {len(clips)}; "
                "name a folder, without a suffix, for a film of each"
            )
        return [_cut(clips[0], target)]
    if suffix in PICTURES:
        return [_sheet(clips, target, library.thumbnails)]
    return [_text(clips, target, suffix)]


def _cut_all(clips: Sequence[ClipSummary], folder: Path) -> list[Exported]:
    folder.mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in folder.iterdir()}
    digits = len(str(len(clips)))
    written = []
    for number, clip in enumerate(clips, start=1):
        target = folder / f"{number:0{digits}} {file_name(clip)}{FILM}"
        if target.name in taken:
            raise ExportError(f"{target}: this file exists; choose another folder")
        written.append(_cut(clip, target))
    return written


def _cut(clip: ClipSummary, target: Path) -> Exported:
    copied = cut(clip.path, clip.span, target, video_id=clip.video_id)
    return Exported(target, 1, copied)


def _sheet(clips: Sequence[ClipSummary], target: Path, thumbnails: Path) -> Exported:
    unfinished = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        contact_sheet(clips, thumbnails).save(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(target, min(len(clips), MOST_MOMENTS))


def _text(clips: Sequence[ClipSummary], target: Path, suffix: str) -> Exported:
    write = _writers().get(suffix)
    if write is None:
        known = ", ".join(sorted({FILM, *PICTURES, *_writers()}))
        raise ExportError(f"{target}: no file of this kind can be written; give one of {known}")
    write_durably(target, write(clips, target).encode())
    return Exported(target, len(clips))


def _writers() -> dict[str, Callable[[Sequence[ClipSummary], Path], str]]:
    # Takes a moment to load, which nothing but exporting needs to wait for.
    from pipeline.edit_lists import edl_text, otio_text, title_of

    return {
        ".csv": lambda clips, _: csv_text(clips),
        ".json": lambda clips, _: json_text(clips),
        ".otio": lambda clips, path: otio_text(clips, title=title_of(path)),
        ".edl": lambda clips, path: edl_text(clips, title=title_of(path)),
    }


def file_name(clip: ClipSummary) -> str:
    """A name for a file of the moment, without a suffix, that every system allows."""
    seconds = clip.span.start_seconds
    text = re.sub(r"[^\w .-]+", "_", f"{clip.path.stem[:LONGEST_NAME]} {seconds:.2f}s")
    return text.strip(". ")
