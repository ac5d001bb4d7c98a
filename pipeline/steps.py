"""The steps of a job: open the file, encode each segment, store, finish.

Each may be done twice, by anybody, in any order and after any crash: it looks at what is on disk
and does what is missing. What may pass is raised, and the step is to be tried again: a full disk,
a catalog or a broker that does not answer. What cannot pass ends the job, or a segment of it.
"""

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from catalog.interface import CatalogError, ClipRecord, EmbeddingSpaceMismatchError
from ingest.errors import UnreadableVideoError, VideoError
from ingest.file_state import FileState, state_of
from ingest.location import as_typed
from ingest.trial import try_out
from ingest.video import Video
from pipeline.clip_files import write_clips
from pipeline.encoding import Cataloguer, Pace
from pipeline.jobs import OPEN, STORE, Job, Jobs, Order, Plan, SegmentProgress
from pipeline.leases import Lease, hold

MOST_DEATHS = 2
"""A step whose worker died this often is not tried again."""

SECONDS_BETWEEN_NOTES = 0.5

PASSING = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM,
    errno.EAGAIN, errno.ESTALE, errno.EROFS,
})  # fmt: skip
"""Troubles of the system that say nothing against the file."""


class QueueError(Exception):
    """Nothing can be told to the workers now; the message says what to do."""


class InterruptedWorkError(Exception):
    """The worker is to stop; the step is left for later."""


class JobQueue(Protocol):
    """Tells the workers what there is to do. All methods raise ``QueueError``."""

    def open_video(self, video_id: str) -> None:
        """Have a video's file opened and its segments found."""

    def encode_segment(self, video_id: str, number: int) -> None:
        """Have the clips of a segment described."""

    def store_video(self, video_id: str) -> None:
        """Have what is finished of a video written to the catalog."""

    def require_workers(self) -> None:
        """Raise ``QueueError`` where it is sure that there are no workers."""


@dataclass(frozen=True)
class Workplace:
    """What every step needs."""

    jobs: Jobs
    queue: JobQueue
    run: str
    """Which start of the system this is."""
    is_stopping: Callable[[], bool] = lambda: False
    """Whether work should be left for later."""


def may_pass(error: Exception) -> bool:
    """True where the same work may succeed later."""
    if isinstance(error, OSError):
        return error.errno in PASSING
    if isinstance(error, EmbeddingSpaceMismatchError):
        return False
    return isinstance(error, CatalogError | QueueError | InterruptedWorkError)


def open_video(place: Workplace, video_id: str, *, segment_seconds: float) -> None:
    """Find the segments of an ordered video and have them encoded.

    Raises what may pass, and ``LeaseHeldError`` where another worker is at it.
    """
    job = place.jobs.get(video_id)
    if not job.exists() or job.outcome() is not None:
        return
    with hold(job.lease(OPEN), place.run) as lease:
        if job.plan() is None and job.refusal() is None:
            _plan(job, lease, segment_seconds)
        send_due(place, job)


def send_due(place: Workplace, job: Job) -> None:
    """Have done whatever is due next of a job, even if it was sent for before."""
    for step in due_steps(job):
        send(place.queue, job, step)


def due_steps(job: Job) -> list[str]:
    """What can be done next of a job without an outcome: `OPEN`, `STORE`, numbers of segments."""
    if job.refusal() is not None:
        return [STORE]
    plan = job.plan()
    if plan is None:
        return [OPEN]
    numbers = range(len(plan.segments))
    settled = {n for n in numbers if job.is_settled(n)}
    new = any(job.clips_file(n).exists() and not job.is_stored(n) for n in settled)
    steps = [str(n) for n in numbers if n not in settled]
    return [STORE, *steps] if new or len(settled) == len(numbers) else steps


def send(queue: JobQueue, job: Job, step: str) -> None:
    """Have one step of a job done. Raises ``QueueError``."""
    if step == OPEN:
        queue.open_video(job.video_id)
    elif step == STORE:
        queue.store_video(job.video_id)
    else:
        queue.encode_segment(job.video_id, int(step))


def encode_segment(
    place: Workplace, video_id: str, number: int, *, cataloguer: Callable[[], Cataloguer]
) -> None:
    """Describe the clips of one segment, keep the records, and have them stored.

    `cataloguer` gives what does it. Raises what may pass, and ``LeaseHeldError`` where another
    worker is at it.
    """
    job = place.jobs.get(video_id)
    if not job.exists() or job.outcome() is not None:
        return
    with hold(job.lease(str(number)), place.run) as lease:
        plan = job.plan()
        if plan is None:
            return
        if not job.is_settled(number) and job.refusal() is None:
            if lease.deaths >= MOST_DEATHS:
                job.set_aside(number, _blame(lease))
            else:
                _settle(place, job, number, cataloguer)
        place.queue.store_video(video_id)


def _plan(job: Job, lease: Lease, segment_seconds: float) -> None:
    order = job.order()
    if lease.deaths >= MOST_DEATHS:
        place_name = as_typed(order.path)
        job.refuse(f"{place_name}: {_blame(lease)} when it was opened; leave it out, or repair it")
        return
    try:
        _require_unchanged(order)
        try_out(order.path)
        with Video.open(order.path, video_id=order.video_id) as video:
            segments = video.segments(segment_seconds)
            info = video.info
            job.record_plan(Plan(info.duration_seconds, segments, info.width, info.height))
    except Exception as error:
        if may_pass(error) or not job.exists():
            raise
        job.refuse(_reason(order, error))


def _settle(place: Workplace, job: Job, number: int, cataloguer: Callable[[], Cataloguer]) -> None:
    order = job.order()
    try:
        _require_unchanged(order)
        _encode(place, job, number, cataloguer())
    except VideoError as error:
        job.refuse(_reason(order, error))
    except Exception as error:
        if may_pass(error) or not job.exists():
            raise
        # A fault of the program, or of a library, over this footage: the rest may be sound.
        job.set_aside(number, _reason(order, error))


def _encode(place: Workplace, job: Job, number: int, cataloguer: Cataloguer) -> None:
    order, plan = job.order(), job.plan()
    assert plan is not None
    segment = plan.segments[number]
    records: list[ClipRecord] = []
    noted, before = 0.0, _copy(cataloguer.pace)
    with Video.open(order.path, video_id=order.video_id) as video:
        for record in cataloguer.records(video, [segment]):
            records.append(record)
            if place.is_stopping():
                raise InterruptedWorkError("the worker was stopped")
            if time.monotonic() - noted > SECONDS_BETWEEN_NOTES:
                noted = time.monotonic()
                job.note_progress(number, _progress(records, _since(cataloguer.pace, before)))
    job.note_progress(number, _progress(records, _since(cataloguer.pace, before)))
    write_clips(job.clips_file(number), records, space=cataloguer.encoder.space.name)


def _progress(records: list[ClipRecord], pace: Pace) -> SegmentProgress:
    seconds = records[-1].span.end_seconds - records[0].span.start_seconds if records else 0.0
    return SegmentProgress(len(records), seconds, pace)


def _copy(pace: Pace) -> Pace:
    return Pace(pace.reading, pace.describing)


def _since(pace: Pace, before: Pace) -> Pace:
    return Pace(pace.reading - before.reading, pace.describing - before.describing)


def _require_unchanged(order: Order) -> None:
    if state_of(order.path) != FileState(order.size_bytes, order.modified_ns):
        raise UnreadableVideoError(
            order.path, "changed while it was being indexed", "index it again"
        )


def _blame(lease: Lease) -> str:
    return f"the worker died {lease.deaths} times"


def _reason(order: Order, error: Exception) -> str:
    if isinstance(error, VideoError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        return (
            f"{as_typed(order.path)}: {error.strerror or error}; "
            "check that the file can be read and the disk written"
        )
    return f"{as_typed(order.path)}: {type(error).__name__}: {error}; report this"
