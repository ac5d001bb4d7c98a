"""Taking up again what was dropped: messages get lost with a broker, and steps with a worker."""

from collections.abc import Iterator

from pipeline.jobs import OPEN, STORE, Job, Jobs
from pipeline.leases import Condition, look_at
from pipeline.steps import QueueError, Workplace, send_due
from workers.application import application
from workers.queue import BROKER_ERRORS


def resend_everything(place: Workplace) -> int:
    """Have all that is not done sent for, as after a power cut; return how many videos that is."""
    return _resend(place, _unfinished(place.jobs))


def resend_dropped(place: Workplace) -> int:
    """Have sent for what a dead worker had begun, or was to try again; return how many videos."""
    return _resend(place, (job for job in _unfinished(place.jobs) if _is_disturbed(job)))


def restore_unacknowledged(broker_url: str) -> None:
    """Have every message delivered again that some worker has taken, but not acknowledged.

    One whose worker lives is thereby delivered twice, which does no harm. Raises ``QueueError``.
    """
    app = application(broker_url)
    app.conf.broker_transport_options = {"visibility_timeout": 0}
    try:
        with app.connection_for_write() as connection:
            connection.default_channel.qos.restore_visible(num=None, interval=1)
    except BROKER_ERRORS as error:
        raise QueueError(f"the broker does not answer: {error}") from error
    finally:
        app.close()


def _resend(place: Workplace, jobs: Iterator[Job]) -> int:
    count = 0
    for job in jobs:
        try:
            send_due(place, job)
        except FileNotFoundError:
            continue  # it was removed meanwhile
        count += 1
    return count


def _unfinished(jobs: Jobs) -> Iterator[Job]:
    return (job for job in jobs.all() if job.outcome() is None)


def _is_disturbed(job: Job) -> bool:
    plan = job.plan()
    numbers = range(len(plan.segments)) if plan else range(0)
    conditions = (look_at(job.lease(step))[0] for step in (OPEN, STORE, *map(str, numbers)))
    return any(c in (Condition.ABANDONED, Condition.PUT_OFF) for c in conditions)
