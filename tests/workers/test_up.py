"""The commands up, down, and what the others do meanwhile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline.running import running_system
from tests.pipeline.films import shoot
from tests.workers.system import System, is_alive, kill, wait_for

TOKEN = "a-token-of-a-test-of-up"


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    one = System(tmp_path)
    yield one
    one.run("down")


@pytest.fixture
def _interface(system: System, films: Path) -> None:
    """Have the HTTP interface run as well."""
    with (system.library / "clipseek.toml").open("a") as chosen:
        chosen.write(f'api_token = "{TOKEN}"\napi_folders = ["{films}"]\n')


def status(system: System) -> dict[str, object]:
    done = system.run("status", "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


def ask(system: System, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
    """An answer of the HTTP interface."""
    (address,) = (s.address for s in system.running.services if s.name == "api")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    method = "GET" if body is None else "POST"
    answer = requests.request(method, address + path, json=body, headers=headers, timeout=60)
    assert answer.ok, answer.text
    document: dict[str, Any] = answer.json()
    return document


def submit_over_http(system: System, films: Path) -> None:
    shoot(films / "over http.mp4", "green", "blue")
    assert ask(system, "/submissions", {"path": str(films)})["number"] == 1
    wait_for(lambda: ask(system, "/submissions/1")["state"] == "done", "films are indexed")
    indexed = ask(system, "/submissions/1")["report"]["indexed"]
    assert [Path(video["path"]).name for video in indexed] == ["over http.mp4"]
    assert ask(system, "/status")["clips"] == 9


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


@pytest.mark.usefixtures("_interface")
def test_up_and_down_and_all_that_is_done_between(system: System, films: Path) -> None:
    shoot(films / "before.mp4", "red", "green")
    assert system.run("index", films).returncode == 0

    up = system.run("up", "--detach", "--workers", 1)
    names = ("broker", "catalog", "catalog-writer", "encode-1", "page", "api")
    assert [name for name in names if name not in up.stdout] == [], up.stderr
    pids = [service.pid for service in system.running.services]

    again = system.run("up")
    assert again.returncode == 1
    assert "clipseek down" in one_line(again.stderr)

    shoot(films / "meanwhile.mp4", "blue", "green", "red", "blue", "green")
    index = system.run("index", films, "--json")
    assert index.returncode == 0, index.stderr
    document = json.loads(index.stdout)
    assert [Path(v["path"]).name for v in document["indexed"]] == ["meanwhile.mp4"]
    assert [Path(v["path"]).name for v in document["skipped"]] == ["before.mp4"]

    found = status(system)
    assert (found["videos"], found["clips"], found["running"]) == (2, 7, True)
    assert found["progress"]["videos_done"] == 1
    (job,) = found["jobs"]
    assert (job["state"], job["clips_done"], job["error"]) == ("ready", 5, "")
    assert job["bound"] in ("decode", "encode")
    followed = one_line(system.run("status", "--follow", "--json").stdout)
    assert json.loads(followed)["clips"] == 7

    hits = json.loads(system.run("search", "blue", "--limit", 2, "--json").stdout)
    assert {Path(hit["path"]).name for hit in hits} == {"meanwhile.mp4"}

    submit_over_http(system, films)

    assert system.run("down").returncode == 0
    assert running_system(system.library) is None
    assert not any(is_alive(pid) for pid in pids if pid)
    assert (status(system)["clips"], status(system)["running"]) == (9, False)


def test_services_and_one_process_use_the_library_in_turn(system: System, films: Path) -> None:
    shoot(films / "a.mp4", "red", "blue")
    assert system.run("up", "--detach", "--workers", 1).returncode == 0
    assert system.run("index", films).returncode == 0
    assert system.run("remove", films / "a.mp4").returncode == 0
    assert status(system)["clips"] == 0
    assert system.run("down").returncode == 0
    assert system.run("index", films).returncode == 0
    assert status(system)["clips"] == 2


def test_a_library_that_is_in_use_cannot_be_served(system: System, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    assert system.run("index", films).returncode == 0
    with system.opened_alone():
        up = system.run("up")
    assert up.returncode == 1
    assert "another process has the catalog open" in one_line(up.stderr)
    assert status(system)["clips"] == 1


def test_where_the_supervisor_dies_nothing_of_it_lives_on(system: System, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    assert system.run("up", "--detach", "--workers", 1).returncode == 0
    pids = [system.running.pid, *(s.pid for s in system.running.services if s.pid)]
    kill(pids[0])
    wait_for(lambda: not any(map(is_alive, pids)), "all follow the supervisor")
    assert running_system(system.library) is None
    assert system.run("index", films).returncode == 0
    assert "do not run" in one_line(system.run("down").stderr)
