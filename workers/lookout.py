"""Sending again what nobody would do any more, where no supervisor sees a worker die."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.jobs import STORE, Job, Jobs
from pipeline.leases import Condition, look_at
from pipeline.steps import QueueError, due_steps, send
from workers.application import CATALOG, ENCODE
from workers.queue import TaskQueue

LOOK_SECONDS = 60.0
PAUSES_PER_LOOK = 9
"""A library of very many unfinished videos takes long to look through: a tenth of the time."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sight:
    """What was seen of one step that is due."""

    condition: Condition
    since: float
    """When its lease was last written; it is written whenever somebody takes the step."""


class Lookout:
    """Looks at what is on disk, again and again, and compares each look with the one before.

    A step that a worker died over is sent again at once. A message that was lost, or taken by a
    worker that died before it began, leaves no trace: so a step is also sent again that was as it
    is at the look before, while no message waits. One message too many does no harm.
    """

    def __init__(self, jobs: Jobs, queue: TaskQueue) -> None:
        self._jobs = jobs
        self._queue = queue
        self._before: dict[tuple[str, str], Sight] = {}

    def keep_looking(self) -> None:
        """Look until the process ends."""
        while True:
            began = time.monotonic()
            try:
                self.look()
            except (QueueError, OSError) as error:
                logger.warning("%s", error)
            took = time.monotonic() - began
            time.sleep(max(LOOK_SECONDS, PAUSES_PER_LOOK * took))

    def look(self) -> int:
        """Send again what is dropped, and tidy up; return how many steps were sent.

        Raises ``QueueError`` where the broker does not answer, and ``OSError``.
        """
        self._jobs.tidy()
        idle = {name for name in (ENCODE, CATALOG) if not self._queue.waiting(name)}
        seen: dict[tuple[str, str], Sight] = {}
        sent = 0
        for job, step, sight in self._due():
            key = (job.video_id, step)
            seen[key] = sight
            is_new = self._before.get(key) != sight
            has_no_message = (CATALOG if step == STORE else ENCODE) in idle
            if sight.condition is Condition.ABANDONED if is_new else has_no_message:
                send(self._queue, job, step)
                sent += 1
        self._before = seen
        if sent:
            logger.info("%d steps were dropped and are sent again", sent)
        return sent

    def _due(self) -> Iterator[tuple[Job, str, Sight]]:
        """All steps that could be done now, but for those that somebody is at."""
        for job in self._jobs.all():
            if job.outcome() is not None or not job.exists():
                continue
            for step in due_steps(job):
                condition, lease = look_at(job.lease(step))
                if condition is not Condition.HELD:
                    yield job, step, Sight(condition, lease.since)
