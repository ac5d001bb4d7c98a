"""What people said of moments, on disk: it stands above what any encoder says of them.

A correction belongs to a span of a video's content, so it outlives every catalog, encoder and
place of the file. One JSON file per video is the truth. What the encoder had said is kept beside
it, for each embedding space, so that a correction can be changed and taken back.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from catalog.interface import ClipRecord
from encoder.interface import CategoryScore, EmbeddingSpace
from ingest.clip import ClipSpan
from pipeline.clip_files import read_clips_file, write_clips
from pipeline.durable import write_durably

SURE = 1.0
"""The probability of what a person says."""

GROUP = "group"
"""The kind of the labels that grouping gives: nobody corrects them, as it gives them anew."""

SAME_MOMENT = 0.5
"""Share of two spans' time that they must have in common to be the same moment: clips that were
cut by other settings begin and end elsewhere."""


@dataclass(frozen=True)
class Correction:
    """What a person says of one moment."""

    span: ClipSpan
    caption: str | None = None
    """None: as the encoder has it."""
    added: tuple[CategoryScore, ...] = ()
    removed: tuple[str, ...] = ()
    """Labels that do not fit, whatever an encoder says."""

    @property
    def says_nothing(self) -> bool:
        return self.caption is None and not self.added and not self.removed


class Corrections:
    """All corrections of one library."""

    def __init__(self, library: Path) -> None:
        self.folder = library / "corrections"
        """Holds one JSON file for each video."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only process that changes corrections; others wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "turn", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def of(self, video_id: str) -> tuple[Correction, ...]:
        """The corrections of a video by start. ``OSError`` where they cannot be read."""
        path = self._file(video_id)
        try:
            return _parsed(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            reason = f"is damaged ({error}); correct that file, or delete it"
            raise OSError(errno.EINVAL, reason, str(path)) from error

    def changed(self) -> dict[str, int]:
        """When those of each video changed or reached the catalog, nanoseconds since 1970."""
        try:
            with os.scandir(self.folder) as entries:
                files = [entry for entry in entries if entry.name.endswith(".json")]
                return {file.name[: -len(".json")]: file.stat().st_mtime_ns for file in files}
        except FileNotFoundError:
            return {}

    def put(self, video_id: str, corrections: Sequence[Correction]) -> None:
        """Replace the corrections of a video; when this returns, they are on disk."""
        document = [
            {
                "start_seconds": each.span.start_seconds,
                "end_seconds": each.span.end_seconds,
                "caption": each.caption,
                "added": [[category.kind, category.label] for category in each.added],
                "removed": list(each.removed),
            }
            for each in sorted(corrections, key=lambda each: each.span)
        ]
        text = json.dumps(document, indent=1, ensure_ascii=False)
        write_durably(self._file(video_id), text.encode())

    def announce(self, video_ids: Iterable[str]) -> None:
        """Let :meth:`changed` tell that the catalog has followed the corrections of videos."""
        for video_id in video_ids:
            os.utime(self._file(video_id))

    def described(self, video_id: str, space: EmbeddingSpace) -> dict[str, ClipRecord]:
        """What the encoder of a space said of a video's corrected clips, by clip id."""
        path = self._described_file(video_id, space)
        if not path.exists():
            return {}
        # Where the video lies is for the catalog to say.
        records = read_clips_file(path, video_id=video_id, video=Path())
        return {record.clip_id: record for record in records}

    def keep_described(self, space: EmbeddingSpace, record: ClipRecord) -> None:
        """Keep what the encoder of a space said of a clip, for :meth:`described`."""
        path = self._described_file(record.video_id, space)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {**self.described(record.video_id, space), record.clip_id: record}
        write_clips(path, list(kept.values()), space=space.name)

    def forget(self, video_id: str) -> None:
        """Delete all that was said of a video."""
        self._file(video_id).unlink(missing_ok=True)
        for path in (self.folder / "described").glob(f"{video_id}.*.npz"):
            path.unlink(missing_ok=True)

    def _file(self, video_id: str) -> Path:
        return self.folder / f"{video_id}.json"

    def _described_file(self, video_id: str, space: EmbeddingSpace) -> Path:
        return self.folder / "described" / f"{video_id}.{quote(space.name, safe='')}.npz"


def correction_of(span: ClipSpan, corrections: Sequence[Correction]) -> Correction | None:
    """The correction of the moment that a clip shows, or None."""
    best = max(corrections, key=lambda each: _shared(each.span, span), default=None)
    return best if best is not None and _shared(best.span, span) > SAME_MOMENT else None


def _shared(one: ClipSpan, other: ClipSpan) -> float:
    """Intersection over union of two spans' time."""
    start = max(one.start_seconds, other.start_seconds)
    end = min(one.end_seconds, other.end_seconds)
    common = max(0.0, end - start)
    return common / (one.length_seconds + other.length_seconds - common)


def _parsed(text: str) -> tuple[Correction, ...]:
    return tuple(
        Correction(
            span=ClipSpan(float(each["start_seconds"]), float(each["end_seconds"])),
            caption=each["caption"],
            added=tuple(CategoryScore(label, kind, SURE) for kind, label in each["added"]),
            removed=tuple(each["removed"]),
        )
        for each in json.loads(text)
    )
