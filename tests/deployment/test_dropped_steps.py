"""Without a supervisor: what a dead worker had taken, or the broker lost, is done all the same."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from redis import Redis

from catalog.milvus import MilvusStore
from pipeline.library import Library
from pipeline.settings import load_settings
from tests.deployment.machine import (
    PASSWORD,
    Machine,
    accepts,
    all_services,
    broker,
    new_machine,
    started,
    store_command,
    wait_for,
)
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import shoot
from tests.workers.fakes import GATES, LOOK_SECONDS
from tests.workers.system import PATIENCE_SECONDS, SETTINGS, held, kill, undisturbed

SHOTS = ("red", "green", "blue", "red", "green")


@dataclass
class Deployment:
    """Broker and store as the compose file has them; workers with an encoder that is quick."""

    machine: Machine
    services: dict[str, Any]

    @property
    def gates(self) -> Path:
        return self.machine.folder / "gates"

    def worker(self, service: str) -> AbstractContextManager["Popen[bytes]"]:
        command, environment = self.machine.run_as(self.services[service])
        command[command.index("workers")] = "tests.workers.fake_worker"
        return started(command, self.machine, **environment | self._test_environment())

    def index(self, films: Path) -> "Popen[bytes]":
        _, environment = self.machine.run_as(self.services["clipseek"])
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
        command = [sys.executable, "-m", "tests.workers.fake_command", "index", str(films)]
        return Popen(command, env=inherited | environment | self._test_environment())

    def await_gate(self, name: str) -> None:
        wait_for(lambda: any(self.gates.glob(f"{name}.*.reached")))

    def require_all(self, films: Path, calm: Path) -> None:
        """What the catalog holds is what one undisturbed process makes."""
        settings = load_settings(self.machine.folder / "library")
        uri = f"http://127.0.0.1:{self.machine.milvus}"
        store = MilvusStore.open(uri, space=COLOUR_SPACE, create=False)
        with Library(settings, store, FakeEncoder) as library:
            assert held(library, [films]) == undisturbed(settings, calm, [films])

    def _test_environment(self) -> dict[str, str]:
        return {GATES: str(self.gates), LOOK_SECONDS: "0.3"}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    machine = new_machine(tmp_path_factory.mktemp("machine"))
    found = Deployment(machine, all_services())
    found.gates.mkdir()
    (machine.folder / "library").mkdir()
    (machine.folder / "library" / "clipseek.toml").write_text(SETTINGS)
    with broker(found.services, machine), started(store_command(machine), machine):
        wait_for(lambda: accepts(machine.milvus))
        yield found


@pytest.mark.parametrize(
    ("stage", "service"),
    [("received", "worker-cpu"), ("encode", "worker-cpu"), ("store", "writer")],
)
def test_what_a_dead_worker_had_taken_is_done_by_another(
    deployment: Deployment, tmp_path: Path, stage: str, service: str
) -> None:
    films = tmp_path / "films"
    shoot(films / "a.mp4", *SHOTS, *{"received": "", "encode": ("red",), "store": ("blue",)}[stage])
    gate = deployment.gates / stage
    gate.touch()
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(deployment.worker(name)) for name in ("worker-cpu", "writer")
        }
        client = deployment.index(films)
        deployment.await_gate(stage)
        kill(workers[service].pid)
        gate.unlink()
        workers[service].wait()
        stack.enter_context(deployment.worker(service))
        assert client.wait(PATIENCE_SECONDS) == 0
        deployment.require_all(films, tmp_path)


def test_what_the_broker_lost_is_sent_again(deployment: Deployment, tmp_path: Path) -> None:
    films = tmp_path / "films"
    shoot(films / "a.mp4", *SHOTS, "green")
    with Redis(port=deployment.machine.redis, password=PASSWORD) as broken:
        client = deployment.index(films)
        wait_for(lambda: bool(broken.llen("encode")))
        broken.flushall()
        with deployment.worker("writer"), deployment.worker("worker-cpu"):
            assert client.wait(PATIENCE_SECONDS) == 0
            deployment.require_all(films, tmp_path)
