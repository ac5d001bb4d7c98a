"""Moving a library to another encoder, from the original files, while it is searched."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog.interface import CatalogError, ClipRecord, VideoRecord
from encoder.interface import CategoryScore, EmbeddingSpace
from ingest.content import identify
from ingest.errors import UnreadableVideoError, VideoError
from ingest.location import as_typed
from ingest.thumbnails import remove_thumbnails
from ingest.video import Video
from pipeline.batches import batched
from pipeline.correcting import is_settled, settle
from pipeline.groups import KIND
from pipeline.indexing import CLIPS_PER_WRITE, ProgressListener, ignore_progress, records_of
from pipeline.library import Library
from pipeline.places import is_gone, is_unchanged
from pipeline.reports import FailedFile
from pipeline.steps import may_pass


@dataclass
class ReindexReport:
    """Outcome of one run."""

    space: EmbeddingSpace
    """Of the encoder that was asked for."""
    switched: bool = False
    """Whether the library is searched with that encoder now."""
    described: int = 0
    """Videos that were decoded and described in this run."""
    videos: int = 0
    """What the library holds in that space, in all."""
    left_out: list[FailedFile] = field(default_factory=list)
    """Videos that cannot be carried over, and why."""


@contextmanager
def only_run(library: Path) -> Iterator[None]:
    """Be the only one that re-indexes a library; else a ``CatalogError``."""
    descriptor = os.open(library / "reindexing", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CatalogError(
                f"{library}: another process re-indexes it already; wait until that ends"
            ) from None
        yield
    finally:
        os.close(descriptor)


def reindex(
    library: Library,
    successor: Library,
    *,
    leave_out: bool = False,
    on_progress: ProgressListener = ignore_progress,
) -> ReindexReport:
    """Describe all videos of `library` anew for `successor`, and let that take over.

    `successor` has a store that is the successor of the library's. Searches go on meanwhile.
    What an earlier run did is kept, so one that was killed is made good by the next. Where an
    original cannot be read, its clips cannot be made again: then nothing takes over, unless such
    videos are to be left out, that is lost to the library.

    Raises ``CatalogError`` where the catalog cannot be used, and ``OSError`` where the disk is
    full.
    """
    run = _Run(library, successor, on_progress)
    if successor.store.space == library.store.space:
        run.report.switched = True
        run.report.videos = len(library.store.videos())
        return run.report
    while not run.report.switched:
        run.catch_up()
        settle(successor)
        if run.left_out and not leave_out:
            break
        run.hand_over()
    run.report.left_out = list(run.left_out.values())
    run.report.videos = len(successor.store.videos())
    return run.report


class _Run:
    """What is in the old store and the new one, and what cannot be carried over."""

    def __init__(self, library: Library, successor: Library, on_progress: ProgressListener) -> None:
        self.report = ReindexReport(successor.store.space)
        self.left_out: dict[str, FailedFile] = {}
        self._old = library.store
        self._new = successor.store
        self._successor = successor
        self._on_progress = on_progress

    def catch_up(self) -> None:
        """Bring the new store in line with what the old one holds now."""
        wanted = {video.video_id for video in self._old.videos()}
        held = self._held()
        for video_id in held.keys() - wanted:
            self._new.delete_video(video_id)
        self.left_out = {key: file for key, file in self.left_out.items() if key in wanted}
        for video in self._due():
            try:
                self._bring_over(video, held.get(video.video_id))
            except (VideoError, OSError) as error:
                if may_pass(error):
                    raise
                self._new.delete_video(video.video_id)
                self.left_out[video.video_id] = FailedFile(video.path, _reason(video, error))

    def hand_over(self) -> None:
        """Let the new store take over, unless the old one changed again."""
        before = {video.video_id for video in self._old.videos()}
        self.report.switched = self._old.give_way(self._new, if_complete=self._is_level)
        if self.report.switched:
            for video_id in before:
                # What was cut otherwise, by other settings, has other clips.
                ids = frozenset(clip.clip_id for clip in self._new.clips_of(video_id))
                remove_thumbnails(video_id, self._successor.thumbnails, but_of=ids)

    def _is_level(self) -> bool:
        wanted = {video.video_id for video in self._old.videos()}
        level = not self._due() and self._held().keys() <= wanted
        return level and is_settled(self._successor)

    def _held(self) -> dict[str, VideoRecord]:
        return {video.video_id: video for video in self._new.videos()}

    def _due(self) -> list[VideoRecord]:
        """Videos that the new store lacks, or knows otherwise than the old one."""
        held = self._held()
        return [
            video
            for video in self._old.videos()
            if video.video_id not in self.left_out and not _is_same(held.get(video.video_id), video)
        ]

    def _bring_over(self, video: VideoRecord, known: VideoRecord | None) -> None:
        if known is None:
            self._describe(video)
            return
        # It was moved, or found missing, after it was described.
        clips = self._new.clips_of(video.video_id)
        self._new.upsert_clips([replace(clip, path=video.path) for clip in clips])
        self._new.upsert_video(replace(video, clip_count=known.clip_count))

    def _describe(self, record: VideoRecord) -> None:
        if not is_unchanged(record) and identify(record.path) != record.video_id:
            raise UnreadableVideoError(
                record.path, "its content changed", "run: clipseek index PATH"
            )
        # An interrupted run may have left clips.
        self._new.delete_video(record.video_id)
        groups = self._groups(record.video_id)
        count = 0
        with Video.open(record.path, video_id=record.video_id) as video:
            clips = records_of(self._successor, video, self._on_progress)
            for records in batched(clips, CLIPS_PER_WRITE):
                self._new.upsert_clips([_grouped(r, groups.get(r.clip_id, ())) for r in records])
                count += len(records)
        self._new.upsert_video(replace(record, clip_count=count))
        self.report.described += 1

    def _groups(self, video_id: str) -> dict[str, tuple[CategoryScore, ...]]:
        """The groups that a video's clips were put into, which no encoder gives."""
        return {
            clip.clip_id: tuple(c for c in clip.description.categories if c.kind == KIND)
            for clip in self._old.clips_of(video_id)
        }


def _is_same(held: VideoRecord | None, video: VideoRecord) -> bool:
    return held is not None and replace(held, clip_count=video.clip_count) == video


def _grouped(record: ClipRecord, groups: tuple[CategoryScore, ...]) -> ClipRecord:
    every = sorted([*record.description.categories, *groups], key=lambda c: -c.probability)
    return replace(record, description=replace(record.description, categories=tuple(every)))


def _reason(video: VideoRecord, error: VideoError | OSError) -> str:
    if is_gone(video.path):
        return f"{as_typed(video.path)}: the file is gone; bring it back, or remove the video"
    if isinstance(error, VideoError):
        return " ".join(str(error).split())
    problem = error.strerror or error
    return f"{as_typed(video.path)}: {problem}; check that the file can be read"
