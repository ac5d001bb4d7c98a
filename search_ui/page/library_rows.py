"""The table of videos: what the catalog holds, and what workers still do, one row for each."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.interface import VideoRecord
from ingest.location import as_typed
from pipeline.progress import JobStatus, State
from search_ui.printing import clock
from search_ui.terminal import printable

MISSING = "file missing"
MISSING_ADVICE = "its file is gone: put it back, or remove the video"
_DONE = {State.READY: 1.0, State.INCOMPLETE: 1.0, State.FAILED: 0.0}
"""Where nothing more is done, whatever the parts say."""


@dataclass(frozen=True)
class Row:
    """One video as the table shows it."""

    video_id: str
    path: Path
    name: str
    folder: str
    state: str
    done: float
    """From 0 to 1."""
    clips: int
    length: str
    pace: str
    """Clips a second and time left while it is worked on."""
    trouble: str
    """What went wrong and what to do; empty where all is well."""


def rows(videos: Sequence[VideoRecord], jobs: Iterable[JobStatus]) -> list[Row]:
    """What is unfinished or in trouble first, then all by name."""
    job_of = {job.video_id: job for job in jobs}
    held = [_held(video, job_of.pop(video.video_id, None)) for video in videos]
    # A finished job without a video is of one that was removed from the catalog by other means.
    others = [_ordered(job) for job in job_of.values() if job.state is not State.READY]
    return sorted([*held, *others], key=lambda row: (_is_fine(row), row.name, row.folder))


def _held(video: VideoRecord, job: JobStatus | None) -> Row:
    state: str = State.READY if job is None else job.state
    trouble = "" if job is None else _trouble(job)
    if video.missing:
        state, trouble = MISSING, MISSING_ADVICE
    return Row(
        video_id=video.video_id,
        path=video.path,
        name=printable(video.path.name),
        folder=_folder(video.path),
        state=state,
        done=1.0,
        clips=video.clip_count,
        length=clock(round(video.duration_seconds)),
        pace="",
        trouble=trouble,
    )


def _ordered(job: JobStatus) -> Row:
    share = job.seconds_done / job.seconds_total if job.seconds_total else 0.0
    return Row(
        video_id=job.video_id,
        path=job.path,
        name=printable(job.path.name),
        folder=_folder(job.path),
        state=job.state,
        done=_DONE[job.state] if job.state in _DONE else min(1.0, share),
        clips=job.clips_done,
        length=clock(round(job.seconds_total)) if job.seconds_total else "",
        pace=_pace(job),
        trouble=_trouble(job),
    )


def _pace(job: JobStatus) -> str:
    if not job.clips_per_second:
        return ""
    pace = f"{job.clips_per_second:.1f} clips/s"
    if job.seconds_left is None:
        return pace
    return f"{pace}, {clock(math.ceil(job.seconds_left))} left"


def _trouble(job: JobStatus) -> str:
    """What is wrong, without the file's name, which stands beside it."""
    return printable(job.error.removeprefix(f"{as_typed(job.path)}: "))


def _folder(path: Path) -> str:
    return printable(as_typed(path.parent))


def _is_fine(row: Row) -> bool:
    return row.state == State.READY and not row.trouble
