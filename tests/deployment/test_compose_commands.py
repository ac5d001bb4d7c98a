"""The commands of the compose file, run as processes: broker, store, workers, command line."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from redis import Redis
from redis.exceptions import RedisError

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
from tests.tiny_videos import write_scenes
from workers.queue import connected_workers


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return new_machine(tmp_path)


@pytest.fixture
def services() -> dict[str, Any]:
    return all_services()


def test_the_broker_wants_its_password_and_keeps_messages(
    services: dict[str, Any], machine: Machine
) -> None:
    with broker(services, machine):
        wait_for(lambda: _asked(machine, PASSWORD, "appendonly") == "yes")
        assert _asked(machine, PASSWORD, "maxmemory-policy") == "noeviction"
        assert _asked(machine, "wrong", "appendonly") is None
        assert _asked(machine, None, "appendonly") is None


def _asked(machine: Machine, password: str | None, setting: str) -> str | None:
    with Redis(port=machine.redis, password=password, decode_responses=True) as client:
        try:
            return str(client.config_get(setting)[setting])
        except RedisError:
            return None


def test_a_worker_of_the_compose_file_takes_what_its_command_line_orders(
    services: dict[str, Any], machine: Machine
) -> None:
    (machine.folder / "videos").mkdir()
    film = write_scenes(machine.folder / "videos" / "a.mp4", ["red", "blue"])
    jobs = machine.folder / "library" / "jobs"
    with ExitStack() as stack:
        stack.enter_context(broker(services, machine))
        stack.enter_context(started(store_command(machine), machine))
        wait_for(lambda: accepts(machine.milvus))
        for name in ("writer", "worker-cpu"):
            command, environment = machine.run_as(services[name])
            stack.enter_context(started(command, machine, **environment))
        command, environment = machine.run_as(services["clipseek"])
        order = [*command[:1], "index", str(film.parent)]
        stack.enter_context(started(order, machine, **environment))
        # The worker has opened the film; to wait for its clips would be to wait for the networks.
        wait_for(lambda: any(jobs.glob("*/plan.json")))
        # At work, a worker answers nobody.
        known = connected_workers(f"redis://:{PASSWORD}@127.0.0.1:{machine.redis}/0")
        assert [worker.partition("@")[0] for worker in known] == ["cpu", "writer"]


def test_the_page_answers_those_who_know_its_password(
    services: dict[str, Any], machine: Machine
) -> None:
    page = services["ui"]
    command, environment = machine.run_as(page)
    address = f"http://127.0.0.1:{machine.page}"
    with started(command, machine, **environment):
        wait_for(lambda: accepts(machine.page))
        with pytest.raises(HTTPError, match="401"):
            urlopen(address)
        with urlopen(f"{address}/sign-in") as form:
            assert b'type="password"' in form.read()
        check = [machine.here(part) for part in page["healthcheck"]["test"]]
        assert check[:2] == ["CMD", "python"]
        subprocess.run([sys.executable, *check[2:]], check=True)
    with pytest.raises(URLError):
        urlopen(address)


def test_workers_of_both_kinds_run_the_same_command(services: dict[str, Any]) -> None:
    cpu, gpu = services["worker-cpu"], services["worker-gpu"]
    assert cpu["command"][:-1] == gpu["command"][:-1]
    assert cpu["environment"] == gpu["environment"] == services["writer"]["environment"]
