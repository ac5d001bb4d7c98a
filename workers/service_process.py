"""One service as a process: started, watched, started again, stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from workers.services import Service

FIRST_BACK_OFF_SECONDS = 0.2
LONGEST_BACK_OFF_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A service that ran for so long starts again at once when it dies."""
LARGEST_LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1
"""Number of a Linux system call's option, from ``sys/prctl.h``."""


class ServiceProcess:
    """Runs a service, and writes what it says to a log."""

    def __init__(self, service: Service, logs: Path) -> None:
        self.service = service
        self.restarts = 0
        self.log = logs / f"{service.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._start_at = 0.0

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self._process.pid if self.is_alive() and self._process else None

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def has_died(self) -> bool:
        """True from its end until that is noted."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Raises ``OSError`` where it cannot be started."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.service.command,
                env=os.environ | self.service.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the supervisor, which stops the others in order.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self._started = time.monotonic()

    def note_death(self) -> float:
        """Plan the next start; return in how many seconds that is."""
        steady = time.monotonic() - self._started > STEADY_SECONDS
        self._failures = 0 if steady else self._failures + 1
        wait: float = FIRST_BACK_OFF_SECONDS * 2 ** min(self._failures, 10)
        wait = min(LONGEST_BACK_OFF_SECONDS, wait)
        self._process = None
        self._start_at = time.monotonic() + wait
        return wait

    def restart_if_due(self) -> bool:
        """Start again when the time has come; true where it was started."""
        if self._process is not None or time.monotonic() < self._start_at:
            return False
        # Where that fails, the next time is not at once.
        self._start_at = time.monotonic() + LONGEST_BACK_OFF_SECONDS
        self.start()
        self.restarts += 1
        return True

    def ask_to_stop(self) -> None:
        if self.is_alive() and self._process is not None:
            self._process.terminate()

    def stop_within(self, seconds: float) -> None:
        """Wait for the end; force it after `seconds`."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
