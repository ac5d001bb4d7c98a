"""Files in, catalog entries out: what is new or changed is decoded, the rest is left alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from catalog.interface import ClipRecord, VideoRecord
from ingest.content import identify
from ingest.discovery import find_media, resolved
from ingest.errors import UnreachableMediaError, VideoError
from ingest.file_state import FileState, state_of
from ingest.location import as_typed
from ingest.trial import try_out
from ingest.video import Video
from pipeline.batches import batched
from pipeline.correcting import settle
from pipeline.jobs import Job
from pipeline.library import Library
from pipeline.ordering import await_outcome, order, report_outcome
from pipeline.places import is_gone, is_unchanged, is_under
from pipeline.removal import forget
from pipeline.reports import (
    UNCHANGED,
    FailedFile,
    IndexedVideo,
    IndexReport,
    Progress,
    SkippedFile,
)
from pipeline.steps import JobQueue

CLIPS_PER_WRITE = 64
"""One request to the catalog for some minutes of video."""

ProgressListener = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Listen to nothing: the default where nobody watches."""


def index_paths(
    library: Library,
    paths: Sequence[Path],
    *,
    on_progress: ProgressListener = ignore_progress,
    queue: JobQueue | None = None,
) -> IndexReport:
    """Bring the catalog in line with the videos under `paths` (files or folders).

    With a `queue`, workers do it; this returns when they have done all, or raises ``QueueError``.

    A file that cannot be used is reported and the run goes on; only an error of the catalog
    or the settings ends it (``CatalogError``, ``SettingsError``). A run that was cut short is
    made good by the next one.
    """
    roots = [resolved(path) for path in paths]
    run = _Run(library, on_progress, queue)
    present = [root for root in roots if not is_gone(root)]
    for found in find_media(present):
        path = resolved(found)
        try:
            run.bring_in(path)
        except (VideoError, OSError) as error:
            run.report.failed.append(FailedFile(path, _one_line(path, error)))
    run.await_ordered()
    run.drop_replaced()
    run.account_for(roots)
    settle(library)
    return run.report


class _Run:
    """One pass over some files: what the catalog knows, and what comes of each file."""

    def __init__(
        self, library: Library, on_progress: ProgressListener, queue: JobQueue | None
    ) -> None:
        self.report = IndexReport()
        self._library = library
        self._on_progress = on_progress
        self._queue = queue
        self._ordered: list[tuple[Path, Job]] = []
        """What workers were told to do."""
        self._stored: dict[str, VideoRecord] = {}
        """What the catalog held when it was last asked for a job that is gone."""
        self._videos = {video.video_id: video for video in library.store.videos()}
        self._ids_at: dict[Path, list[str]] = {}
        """What was recorded at each path before the run; two where one was cut short."""
        for video in self._videos.values():
            self._ids_at.setdefault(video.path, []).append(video.video_id)
        self._content: dict[Path, str] = {}
        """The content that each file was found to have."""

    def bring_in(self, path: Path) -> None:
        """Do for one file what it needs, from nothing at all to decoding it."""
        # Of before the file is read: should it change meanwhile, the next run sees it.
        state = state_of(path)
        unread = self._recorded_at(path)
        if unread is not None:
            self._recognise(unread, path, state)
            return
        video_id = identify(path)
        known = self._videos.get(video_id)
        if known is not None:
            self._recognise(known, path, state)
            return
        if self._queue is not None:
            job = order(self._library, self._queue, path, video_id=video_id, state=state)
            self._ordered.append((path, job))
            return
        try_out(path)
        with Video.open(path, video_id=video_id) as video:
            self._add(_index(self._library, video, state, self._on_progress))

    def await_ordered(self) -> None:
        """Wait for what workers were told to do."""
        for path, job in self._ordered:
            assert self._queue is not None
            outcome = await_outcome(job, path, queue=self._queue, on_progress=self._on_progress)
            try:
                record = report_outcome(self.report, job, path, outcome)
            except FileNotFoundError:
                record = self._stored_long_ago(job, path)
            if record is not None:
                self._note_done(path, record)

    def _stored_long_ago(self, job: Job, path: Path) -> VideoRecord | None:
        """What a job left that ended while this run waited for others, and was tidied away."""
        if job.video_id not in self._stored:
            self._stored = {video.video_id: video for video in self._library.store.videos()}
        record = self._stored.get(job.video_id)
        if record is None:
            reason = "was removed while it was indexed; index it again"
            self.report.failed.append(FailedFile(path, f"{as_typed(path)}: {reason}"))
        return record

    def _note_done(self, path: Path, record: VideoRecord) -> None:
        if record.path == path:
            self._add(record)
            return
        self._content[path] = record.video_id
        reason = f"same content as {as_typed(record.path)}"
        self.report.skipped.append(SkippedFile(path, reason))

    def drop_replaced(self) -> None:
        """Forget the videos whose file now has other content, which has its own entry.

        Only at the end: until every file was looked at, the old content may turn up elsewhere.
        """
        for video in list(self._videos.values()):
            if self._content.get(video.path, video.video_id) != video.video_id:
                forget(self._library, video.video_id)
                del self._videos[video.video_id]

    def account_for(self, roots: Sequence[Path]) -> None:
        """Mark the videos under `roots` whose files are gone; report what never was there."""
        # Where a root cannot be read, what is below it would be asked for in vain, one by one.
        refused = {file.path for file in self.report.failed}
        readable = [root for root in roots if root not in refused]
        for video in self._videos.values():
            if is_under(video.path, readable) and is_gone(video.path):
                if not video.missing:
                    self._library.store.upsert_video(replace(video, missing=True))
                self.report.missing.append(video.path)
        for root in roots:
            if is_gone(root) and not self._is_known(root):
                error = f"{as_typed(root)}: there is no such file or folder; check the name"
                self.report.failed.append(FailedFile(root, error))

    def _is_known(self, root: Path) -> bool:
        return any(is_under(video.path, [root]) for video in self._videos.values())

    def _recorded_at(self, path: Path) -> VideoRecord | None:
        recorded = (self._videos[video_id] for video_id in self._ids_at.get(path, ()))
        return next((v for v in recorded if v.path == path and is_unchanged(v)), None)

    def _add(self, new: VideoRecord) -> None:
        self._videos[new.video_id] = new
        self._content[new.path] = new.video_id
        self.report.indexed.append(_indexed(new))

    def _recognise(self, known: VideoRecord, path: Path, state: FileState) -> None:
        """Skip a file whose content has an entry, and note there where it lies now."""
        if known.path != path and is_unchanged(known):
            reason = f"same content as {as_typed(known.path)}"
        else:
            reason = UNCHANGED if known.path == path else f"moved from {as_typed(known.path)}"
            self._settle(known, path, state)
        self._content[path] = known.video_id
        self.report.skipped.append(SkippedFile(path, reason))

    def _settle(self, known: VideoRecord, path: Path, state: FileState) -> None:
        sized = known if known.height else _sized(known, path)
        now = replace(
            sized,
            path=path,
            size_bytes=state.size_bytes,
            modified_ns=state.modified_ns,
            missing=False,
        )
        store = self._library.store
        if known.path != path:
            clips = store.clips_of(known.video_id)
            store.upsert_clips([replace(clip, path=path) for clip in clips])
        if now != known:
            store.upsert_video(now)
            self._videos[known.video_id] = now


def _index(
    library: Library, video: Video, state: FileState, on_progress: ProgressListener
) -> VideoRecord:
    info = video.info
    # An interrupted run may have left clips, cut perhaps by other settings.
    forget(library, info.video_id)
    # The same to the end: a library may be re-indexed with another encoder at any time.
    store = library.store
    clips, end_seconds = 0, 0.0
    try:
        for records in batched(records_of(library, video, on_progress), CLIPS_PER_WRITE):
            store.upsert_clips(records)
            clips += len(records)
            end_seconds = records[-1].span.end_seconds
    except (VideoError, OSError):
        forget(library, info.video_id)
        raise
    record = VideoRecord(
        video_id=info.video_id,
        path=info.path,
        size_bytes=state.size_bytes,
        modified_ns=state.modified_ns,
        duration_seconds=info.duration_seconds or end_seconds,
        clip_count=clips,
        width=info.width,
        height=info.height,
    )
    store.upsert_video(record)
    return record


def records_of(
    library: Library, video: Video, on_progress: ProgressListener
) -> Iterator[ClipRecord]:
    """Yield the records of all of a video's clips, in order of time, and tell how far it is."""
    info, cataloguer = video.info, library.cataloguer
    on_progress(Progress(info.path, 0, info.duration_seconds, 0))
    segments = video.segments(library.settings.segment_seconds)
    for done, record in enumerate(cataloguer.records(video, segments), 1):
        yield record
        on_progress(Progress(info.path, record.span.end_seconds, info.duration_seconds, done))


def _sized(known: VideoRecord, path: Path) -> VideoRecord:
    """The record with the size of the picture, which was not always noted."""
    with Video.open(path, video_id=known.video_id) as video:
        return replace(known, width=video.info.width, height=video.info.height)


def _indexed(record: VideoRecord) -> IndexedVideo:
    return IndexedVideo(record.path, record.video_id, record.clip_count, record.duration_seconds)


def _one_line(path: Path, error: VideoError | OSError) -> str:
    if isinstance(error, VideoError | UnreachableMediaError):
        return " ".join(str(error).split())
    problem = error.strerror or error
    return f"{as_typed(path)}: {problem}; check that the file can be read and the disk written"
