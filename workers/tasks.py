"""The steps of a job as Celery tasks: what is tried again, and when."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from celery import Celery, Task, signals

from pipeline.jobs import Jobs
from pipeline.leases import LeaseHeldError
from pipeline.library import Library
from pipeline.settings import Settings
from pipeline.steps import InterruptedWorkError, Workplace, encode_segment, may_pass, open_video
from pipeline.storing import store_video
from workers.application import SOFT_SHUTDOWN_SECONDS
from workers.queue import ENCODE_SEGMENT, OPEN_VIDEO, STORE_VIDEO, TaskQueue

FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60
STORE_WAIT_SECONDS = 1
"""Until a catalog step is tried again that another worker is at."""

logger = logging.getLogger(__name__)


@dataclass
class Workshop:
    """What one worker process has: loaded at first use, and kept for all tasks."""

    settings: Settings
    broker_url: str
    run: str
    """Which start of the system this is."""
    open_library: Callable[[], Library]
    _stop_at: float | None = field(default=None, init=False)

    @cached_property
    def library(self) -> Library:
        return self.open_library()

    def stop_soon(self) -> None:
        """Leave what is not done after the time for a soft shutdown.

        Celery's own soft shutdown waits in a signal handler, which in the solo pool holds up the
        very task that it waits for.
        """
        self._stop_at = time.monotonic() + SOFT_SHUTDOWN_SECONDS

    def is_stopping(self) -> bool:
        return self._stop_at is not None and time.monotonic() > self._stop_at


def register(app: Celery, workshop: Workshop) -> None:
    """Make the steps tasks of `app`; they use `workshop`."""
    place = Workplace(
        Jobs(workshop.settings.library), TaskQueue(app), workshop.run, workshop.is_stopping
    )

    def when_stopping(**_: object) -> None:
        workshop.stop_soon()

    signals.worker_shutting_down.connect(when_stopping, weak=False)

    @app.task(name=OPEN_VIDEO, bind=True, max_retries=None)
    def _open(self: Task, video_id: str) -> None:
        seconds = workshop.settings.segment_seconds
        _attempt(self, lambda: open_video(place, video_id, segment_seconds=seconds))

    @app.task(name=ENCODE_SEGMENT, bind=True, max_retries=None)
    def _encode(self: Task, video_id: str, number: int) -> None:
        _attempt(
            self,
            lambda: encode_segment(
                place, video_id, number, cataloguer=lambda: workshop.library.cataloguer
            ),
        )

    @app.task(name=STORE_VIDEO, bind=True, max_retries=None)
    def _store(self: Task, video_id: str) -> None:
        try:
            _attempt(self, lambda: store_video(place, video_id, library=workshop.library))
        except LeaseHeldError:
            # Whoever is at it may have looked before the last segment was done.
            raise self.retry(countdown=STORE_WAIT_SECONDS) from None


def _attempt(task: Task, step: Callable[[], None]) -> None:
    """Do a step; have it tried again, later each time, where what hinders it may pass."""
    try:
        step()
    except LeaseHeldError:
        if task.name == STORE_VIDEO:
            raise
        # Delivered twice: the other one does it.
        logger.info("%s%s is in other hands", task.name, task.request.args)
    except InterruptedWorkError as error:
        raise task.retry(countdown=0, exc=error) from error
    except FileNotFoundError:
        # The video was removed from the library meanwhile.
        logger.info("%s%s is not wanted any more", task.name, task.request.args)
    except Exception as error:
        if not may_pass(error):
            raise
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(task.request.retries, 10))
        logger.warning("%s; trying again in %d s", error, wait)
        raise task.retry(countdown=wait, exc=error) from error
