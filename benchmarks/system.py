"""A library with its services, run by the real command, to be measured from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.assembly import open_library
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.removal import remove
from pipeline.reports import IndexReport
from pipeline.running import RunningSystem, running_system
from pipeline.settings import Settings, load_settings
from workers.local import queue_of

COMMAND = "search_ui.command_line"
LOOK_SECONDS = 0.1
START_SECONDS = 300


class MeasuredSystem:
    """`clipseek up` on a library, as a context manager; one thread for each process of it."""

    def __init__(self, library: Path, *, encoders: int, command: str = COMMAND) -> None:
        """`command` is the module that ``python -m`` runs."""
        self.library = library
        self._encoders = encoders
        self._command = command
        self._up: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        return load_settings(self.library)

    @property
    def running(self) -> RunningSystem:
        system = running_system(self.library)
        if system is None:
            raise SystemExit(f"{self.library}: its services ended; see {self.library}/services")
        return system

    def __enter__(self) -> Self:
        self.library.mkdir(parents=True, exist_ok=True)
        self._up = self.start("up", "--workers", self._encoders)
        deadline = time.monotonic() + START_SECONDS
        while running_system(self.library) is None:
            if self._up.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.library}: its services do not start")
            time.sleep(LOOK_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._up is not None:
            self._up.terminate()
            self._up.wait()

    def start(
        self, *arguments: object, errors: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        """Start a command of the library; its standard output can be read."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
        own = {"OMP_NUM_THREADS": "1", "CLIPSEEK_LIBRARY": str(self.library)}
        return subprocess.Popen(
            [sys.executable, "-m", self._command, *map(str, arguments)],
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    def found(self, text: str) -> tuple[str, ...]:
        """Ids of the clips that `clipseek search` gives, best first. Raises ``RuntimeError``."""
        command = self.start("search", text, "--json", errors=subprocess.PIPE)
        output, said = command.communicate()
        if command.returncode != 0:
            raise RuntimeError(f"exit code {command.returncode}: {said.decode()}")
        return tuple(hit["clip_id"] for hit in json.loads(output))

    def opened(self) -> Library:
        """The library as a client has it, for the caller to close."""
        return open_library(self.settings)

    def index(self, paths: Sequence[Path]) -> IndexReport:
        """Have the workers index some videos, and wait for them."""
        queue = queue_of(self.settings)
        if queue is None:
            raise SystemExit(f"{self.library}: its services ended")
        with queue, self.opened() as library:
            return index_paths(library, paths, queue=queue)

    def forget(self, paths: Sequence[Path]) -> None:
        """Have the library as it was before some videos were indexed."""
        with self.opened() as library:
            remove(library, paths)
