"""Having videos indexed by workers, and waiting for them."""

import time
from collections.abc import Callable
from pathlib import Path

from catalog.interface import VideoRecord
from ingest.file_state import FileState
from pipeline.jobs import Ending, Job, Order, Outcome
from pipeline.library import Library
from pipeline.progress import job_status
from pipeline.reports import FailedFile, IndexReport, Progress
from pipeline.steps import JobQueue

SECONDS_BETWEEN_LOOKS = 0.1


def order(library: Library, queue: JobQueue, path: Path, *, video_id: str, state: FileState) -> Job:
    """Have a video indexed that the catalog does not hold; returns before that is done.

    Raises ``QueueError`` and ``OSError`` where it cannot be ordered.
    """
    outcome = library.jobs.get(video_id).outcome()
    if outcome is not None and outcome.ending is not Ending.FAILED:
        held = {video.video_id for video in library.store.videos()}
        if video_id not in held:
            # The job is done, but what it stored is gone, with the folder of the catalog perhaps.
            library.jobs.discard(video_id)
    job = library.jobs.submit(Order(video_id, path, state.size_bytes, state.modified_ns))
    if job.outcome() is None:
        queue.open_video(video_id)
    return job


def await_outcome(
    job: Job, path: Path, *, queue: JobQueue, on_progress: Callable[[Progress], None]
) -> Outcome | None:
    """Wait until a job is done; None where it was discarded meanwhile.

    Raises ``QueueError`` where nobody works on it any more.
    """
    while (outcome := job.outcome()) is None and job.exists():
        status = job_status(job)
        if status is not None:
            on_progress(
                Progress(path, status.seconds_done, status.seconds_total, status.clips_done)
            )
        queue.require_workers()
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return outcome


def report_outcome(
    report: IndexReport, job: Job, path: Path, outcome: Outcome | None
) -> VideoRecord | None:
    """Note what became of a file that was ordered; return its record if it is in the catalog.

    Raises ``FileNotFoundError`` where the job is gone.
    """
    done, plan = job.order(), job.plan()
    if outcome is None:
        raise FileNotFoundError(job.folder)
    if outcome.error:
        report.failed.append(FailedFile(path, outcome.error))
    if outcome.ending is Ending.FAILED:
        return None
    return VideoRecord(
        video_id=done.video_id,
        path=done.path,
        size_bytes=done.size_bytes,
        modified_ns=done.modified_ns,
        duration_seconds=outcome.seconds,
        clip_count=outcome.clips,
        width=plan.width if plan else 0,
        height=plan.height if plan else 0,
    )
