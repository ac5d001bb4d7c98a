"""A whole system of processes, to index with and to kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from catalog.embedded import EmbeddedMilvus
from catalog.interface import CatalogError
from catalog.memory import MemoryStore
from catalog.milvus import MilvusStore
from catalog.taking_turns import StoreTakingTurns
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.reports import IndexReport
from pipeline.running import RunningSystem, running_system
from pipeline.settings import Settings, load_settings
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import clip_facts
from tests.workers.fakes import GATES
from workers.queue import TaskQueue

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 240
"""Nothing takes as long unless it hangs; a busy machine is slow."""

SETTINGS = "clip_max_seconds = 2\nclip_min_seconds = 0.5\nsegment_seconds = 4\n"


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Return when `condition` holds; fail where it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


class System:
    """One library with its services, which are started and stopped by the real command."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "library"
        self.library.mkdir()
        (self.library / "clipseek.toml").write_text(SETTINGS)
        self.gates = folder / "gates"
        self.gates.mkdir()
        self.films = folder / "films"
        self._up: subprocess.Popen[str] | None = None
        self._pool = ThreadPoolExecutor(8)

    @property
    def settings(self) -> Settings:
        return load_settings(self.library)

    @property
    def running(self) -> RunningSystem:
        system = running_system(self.library)
        assert system is not None
        return system

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "tests.workers.fake_command", *map(str, arguments)]

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
        own = {"PYTHONPATH": str(ROOT), GATES: str(self.gates), "COLUMNS": "200"}
        return {**kept, **own, "CLIPSEEK_LIBRARY": str(self.library)}

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def start(self) -> None:
        self._up = subprocess.Popen(
            self.command("up", "--workers", 1),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=(self.library / "up.log").open("ab"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_for(lambda: self._is_up(self._up), "the services start")

    def stop(self) -> int:
        assert self._up is not None
        self._up.terminate()
        return self._up.wait(PATIENCE_SECONDS)

    def kill_everything(self) -> None:
        assert self._up is not None
        pids = [service.pid for service in self.running.services if service.pid]
        for pid in (self._up.pid, *pids):
            kill(pid)
        self._up.wait()
        wait_for(lambda: not any(map(is_alive, pids)), "all are dead")

    def kill_service(self, name: str) -> None:
        """Kill a service and wait until it was started again."""
        (before,) = (s.pid for s in self.running.services if s.name == name)
        assert before is not None
        kill(before)
        wait_for(
            lambda: any(
                s.name == name and s.pid not in (None, before) for s in self.running.services
            ),
            f"{name} starts again",
        )

    @contextmanager
    def gate(self, name: str) -> Iterator[Callable[[], int]]:
        """Close a gate; gives what waits for a process to come there, and tells which."""
        gate = self.gates / name
        gate.touch()

        def reached() -> int:
            wait_for(lambda: self._at(name), f"somebody comes to {name}")
            return self._at(name)[0]

        try:
            yield reached
        finally:
            gate.unlink()
            for mark in self.gates.glob(f"{name}.*.reached"):
                mark.unlink()

    def index(self, *paths: Path) -> Future[IndexReport]:
        """Have videos indexed by the workers, and go on."""
        return self._pool.submit(self._index, paths)

    @contextmanager
    def opened(self) -> Iterator[Library]:
        """The library as a client of the running system has it."""
        store = self._reached_catalog()
        lock = self.library / "services" / "writing"
        with Library(self.settings, StoreTakingTurns(store, lock), FakeEncoder) as library:
            yield library

    @contextmanager
    def opened_alone(self) -> Iterator[None]:
        """The catalog in this process, without services."""
        embedded = EmbeddedMilvus(self.library / "catalog")
        yield
        embedded.close()

    def queue(self) -> TaskQueue:
        return TaskQueue.at(
            self.running.broker_url, is_served=lambda: running_system(self.library) is not None
        )

    def _reached_catalog(self) -> MilvusStore:
        """The catalog, as soon as its server answers, which may have been killed just now."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return MilvusStore.open(self.running.milvus_uri, space=COLOUR_SPACE, create=False)
            except CatalogError:
                assert time.monotonic() < deadline, "the catalog does not come back"

    def _index(self, paths: Sequence[Path]) -> IndexReport:
        with self.opened() as library, self.queue() as queue:
            return index_paths(library, paths, queue=queue)

    def _at(self, gate: str) -> list[int]:
        marks = self.gates.glob(f"{gate}.*.reached")
        return [pid for pid in (int(mark.name.split(".")[-2]) for mark in marks) if is_alive(pid)]

    def _is_up(self, up: "subprocess.Popen[str] | None") -> bool:
        assert up is not None
        assert up.poll() is None, (self.library / "up.log").read_text()
        return running_system(self.library) is not None


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def held(library: Library, paths: Sequence[Path]) -> list[object]:
    """All that a catalog holds of the videos at and under some paths."""
    videos = [
        video
        for video in library.store.videos()
        if any(video.path.is_relative_to(path) for path in paths)
    ]
    return [(video, clip_facts(library.store, video.video_id)) for video in videos]


def undisturbed(settings: Settings, folder: Path, paths: Sequence[Path]) -> list[object]:
    """What one process that nothing happens to makes of some videos."""
    calm = settings.model_copy(update={"library": folder / "calm"})
    with Library(calm, MemoryStore(COLOUR_SPACE), FakeEncoder) as library:
        index_paths(library, paths)
        return held(library, paths)
