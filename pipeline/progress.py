"""How far workers are: of each video, and of all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.encoding import Pace
from pipeline.jobs import OPEN, STORE, Ending, Job, Jobs, Plan
from pipeline.leases import Condition, look_at


class State(StrEnum):
    """What a video is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    PUT_OFF = "put off"
    """Something hinders it that may pass."""
    READY = "ready"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class Bound(StrEnum):
    """What most of the time goes into."""

    DECODE = "decode"
    ENCODE = "encode"


@dataclass(frozen=True)
class JobStatus:
    """How far one video is."""

    video_id: str
    path: Path
    state: State
    clips_done: int
    clips_total: int | None
    """Reckoned from the part that is done until all is; None before anything is."""
    seconds_done: float
    """Footage."""
    seconds_total: float
    """0 where the container does not say."""
    clips_per_second: float
    """0 while nobody works on it."""
    seconds_left: float | None
    """Until it is done if it goes on like this; None where that cannot be told."""
    bound: Bound | None
    """None before anything is done."""
    error: str


@dataclass(frozen=True)
class Overview:
    """How far a library is."""

    videos: int
    """Jobs, finished or not."""
    videos_done: int
    clips_done: int
    clips_total: int | None
    clips_per_second: float
    seconds_left: float | None
    bound: Bound | None
    failed: int
    """Videos that failed, or lack something."""


def statuses(jobs: Jobs) -> list[JobStatus]:
    """Every job, finished or not, by path."""
    found = (job_status(job) for job in jobs.all())
    return sorted((s for s in found if s is not None), key=lambda s: (s.path, s.video_id))


def job_status(job: Job) -> JobStatus | None:
    """How far one video is; None where the job was discarded."""
    try:
        return _status(job)
    except FileNotFoundError:
        return None


def overview(found: Sequence[JobStatus]) -> Overview:
    """All videos together."""
    open_ones = [s for s in found if s.state in (State.WAITING, State.RUNNING, State.PUT_OFF)]
    rate = sum(s.clips_per_second for s in open_ones)
    known = all(s.clips_total is not None for s in found)
    total = sum(s.clips_total or 0 for s in found) if known else None
    done = sum(s.clips_done for s in found)
    left = None
    if total is not None and (rate > 0 or done >= total):
        left = (total - done) / rate if rate > 0 else 0.0
    bounds = [s.bound for s in open_ones if s.bound is not None]
    return Overview(
        videos=len(found),
        videos_done=len(found) - len(open_ones),
        clips_done=done,
        clips_total=total,
        clips_per_second=rate,
        seconds_left=left,
        bound=max(bounds, key=bounds.count, default=None),
        failed=sum(s.state in (State.FAILED, State.INCOMPLETE) for s in found),
    )


def _status(job: Job) -> JobStatus:
    order, plan, outcome = job.order(), job.plan(), job.outcome()
    numbers = range(len(plan.segments)) if plan else range(0)
    parts = [job.progress(number) for number in numbers]
    pace = Pace()
    for part in parts:
        pace.add(part.pace)
    clips, seconds = sum(part.clips for part in parts), sum(part.seconds for part in parts)
    state, active, trouble = _state(job, numbers)
    busy = pace.reading + pace.describing
    total = clips if outcome else _total(job, plan, clips, seconds)
    rate = clips / busy * active if busy and active else 0.0
    left = (total - clips) / rate if total is not None and rate else None
    error = outcome.error if outcome else trouble
    return JobStatus(
        video_id=job.video_id,
        path=order.path,
        state=state,
        clips_done=outcome.clips if outcome else clips,
        clips_total=outcome.clips if outcome else total,
        seconds_done=outcome.seconds if outcome else seconds,
        seconds_total=outcome.seconds if outcome else plan.duration_seconds if plan else 0.0,
        clips_per_second=rate,
        seconds_left=0.0 if outcome else left,
        bound=None
        if not busy
        else Bound.DECODE
        if pace.reading > pace.describing
        else Bound.ENCODE,
        error=error,
    )


def _total(job: Job, plan: Plan | None, clips: int, seconds: float) -> int | None:
    if plan is None or not seconds:
        return None
    if all(job.is_settled(number) for number in range(len(plan.segments))):
        return clips
    return max(clips, round(clips * plan.duration_seconds / seconds))


def _state(job: Job, numbers: Sequence[int]) -> tuple[State, int, str]:
    """The state, how many workers are encoding, and what hinders it."""
    outcome = job.outcome()
    if outcome is not None:
        return _ENDINGS[outcome.ending], 0, ""
    steps = [look_at(job.lease(step)) for step in (OPEN, STORE, *map(str, numbers))]
    active = sum(condition is Condition.HELD for condition, _ in steps[2:])
    if any(condition is Condition.HELD for condition, _ in steps):
        return State.RUNNING, active, ""
    troubles = [lease.trouble for condition, lease in steps if condition is Condition.PUT_OFF]
    if troubles:
        return State.PUT_OFF, 0, troubles[0]
    return (State.RUNNING if numbers else State.WAITING), 0, ""


_ENDINGS = {
    Ending.READY: State.READY,
    Ending.INCOMPLETE: State.INCOMPLETE,
    Ending.FAILED: State.FAILED,
}
