"""Runs a library's services on this machine, and starts again what dies."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.jobs import Jobs
from pipeline.running import RunningService, RunningSystem, announce, reserved
from pipeline.steps import QueueError, Workplace
from workers.application import SOFT_SHUTDOWN_SECONDS
from workers.queue import TaskQueue
from workers.recovery import resend_dropped, resend_everything, restore_unacknowledged
from workers.service_process import ServiceProcess
from workers.services import Layout, Service, ServicesError

LOOK_SECONDS = 0.1
START_SECONDS = 180.0
"""A slow machine takes long to load everything."""
CHECK_EVERY_SECONDS = 5.0
MOST_FAILED_CHECKS = 6
WORKER_STOP_SECONDS = SOFT_SHUTDOWN_SECONDS + 5
STOP_SECONDS = 30.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What to run, in the order in which it is started; it is stopped the other way round."""

    layout: Layout
    base: Sequence[Service]
    """What the workers need: the broker and the catalog."""
    rest: Sequence[Service]
    """The workers, and whatever else uses the base."""
    prepare: Callable[[], None]
    """Called when the base answers, before the rest is started; makes an absent catalog."""


class Supervisor:
    """Runs the services of one library until it is told to stop."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        logs = plan.layout.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._base = [ServiceProcess(service, logs) for service in plan.base]
        self._rest = [ServiceProcess(service, logs) for service in plan.rest]
        self._stop = threading.Event()
        self._failed_checks: dict[str, int] = {}
        self._next_check = 0.0
        self._resend_all = True
        """Whether messages may have been lost."""
        self._resend_dropped = False
        """Whether a worker died."""

    def stop(self) -> None:
        """Have `run` end; from a signal handler or another thread."""
        self._stop.set()

    def run(self, on_ready: Callable[[RunningSystem], None]) -> None:
        """Run everything until `stop`; `on_ready` is called when it can be used.

        Raises ``AlreadyRunningError`` where the library's services run already,
        ``ServicesError`` where one does not start, and what `prepare` raises.
        """
        library = self._plan.layout.settings.library
        with reserved(library):
            Jobs(library).tidy()
            try:
                self._start()
                if not self._stop.is_set():
                    on_ready(self._announce())
                    self._watch()
            finally:
                self._stop_all()

    def _start(self) -> None:
        for process in self._base:
            process.start()
        deadline = time.monotonic() + START_SECONDS
        for process in self._base:
            while not (process.is_alive() and process.service.is_healthy()):
                if self._stop.is_set():
                    return
                if not process.is_alive() or time.monotonic() > deadline:
                    raise ServicesError(
                        f"the {process.service.name} does not start: {process.last_words()}; "
                        f"see {process.log}"
                    )
                time.sleep(LOOK_SECONDS)
        self._plan.prepare()
        for process in self._rest:
            process.start()
        for process in self._rest:
            self._await_first_answer(process, deadline)

    def _await_first_answer(self, process: ServiceProcess, deadline: float) -> None:
        # Who dies before is started again later, and the others can be used without it.
        while process.is_alive() and not process.service.is_healthy():
            if self._stop.wait(LOOK_SECONDS) or time.monotonic() > deadline:
                return

    def _watch(self) -> None:
        with TaskQueue.at(self._plan.layout.broker_url) as queue:
            place = Workplace(
                Jobs(self._plan.layout.settings.library), queue, self._plan.layout.run
            )
            while not self._stop.wait(LOOK_SECONDS):
                self._revive()
                self._check_health()
                self._take_up(place)

    def _revive(self) -> None:
        for process in [*self._base, *self._rest]:
            if process.has_died():
                wait = process.note_death()
                logger.warning(
                    "the %s ended: %s; it starts again in %.1f s",
                    process.service.name, process.last_words(), wait,
                )  # fmt: skip
                self._resend_dropped |= process.service.is_worker
                self._resend_all |= process in self._base
            else:
                self._restart(process)

    def _restart(self, process: ServiceProcess) -> None:
        try:
            if process.restart_if_due():
                self._announce()
        except OSError as error:
            # A full disk must not take the rest along.
            logger.warning("the %s: %s", process.service.name, error)

    def _check_health(self) -> None:
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + CHECK_EVERY_SECONDS
        for process in self._base:
            name = process.service.name
            failed = process.is_alive() and not process.service.is_healthy()
            self._failed_checks[name] = self._failed_checks.get(name, 0) + 1 if failed else 0
            if self._failed_checks[name] >= MOST_FAILED_CHECKS:
                logger.warning("the %s does not answer; it is stopped", name)
                process.stop_within(0)
                self._failed_checks[name] = 0

    def _take_up(self, place: Workplace) -> None:
        if not (self._resend_all or self._resend_dropped):
            return
        if not all(p.is_alive() and p.service.is_healthy() for p in self._base):
            return
        try:
            if self._resend_all:
                resend_everything(place)
            else:
                # The broker would do so by itself, but only after the longest time that a step
                # may take.
                restore_unacknowledged(self._plan.layout.broker_url)
                resend_dropped(place)
        except (QueueError, OSError) as error:
            logger.warning("%s", error)
            return
        self._resend_all = self._resend_dropped = False

    def _announce(self) -> RunningSystem:
        layout = self._plan.layout
        system = RunningSystem(
            run=layout.run,
            pid=os.getpid(),
            milvus_uri=layout.milvus_uri,
            broker_url=layout.broker_url,
            services=tuple(
                RunningService(p.service.name, p.pid, p.service.address, p.restarts)
                for p in [*self._base, *self._rest]
            ),
        )
        announce(layout.settings.library, system)
        return system

    def _stop_all(self) -> None:
        # The workers first: what they still finish needs the others.
        _stop(self._rest, WORKER_STOP_SECONDS)
        for process in reversed(self._base):
            _stop([process], STOP_SECONDS)


def _stop(processes: Sequence[ServiceProcess], seconds: float) -> None:
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + seconds
    for process in processes:
        process.stop_within(deadline - time.monotonic())
