"""A real server on a real library of plain colours, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.milvus import MilvusStore
from pipeline import moments
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.query_language import parse
from pipeline.settings import load_settings
from pipeline.status import library_status
from search_ui.json_output import hits_document, status_document, videos_document
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import shoot
from tests.search_ui.api.interface import Interface
from tests.search_ui.child import ROOT
from tests.workers.fakes import GATES
from tests.workers.system import PATIENCE_SECONDS, SETTINGS

TOKEN = "a token of a test, 24 signs".replace(" ", "-")


@pytest.fixture(scope="session")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    """The server, with a token; programs may submit what lies in `films`."""
    folder = tmp_path_factory.mktemp("interface")
    told = indexed(folder)
    with started(folder, CLIPSEEK_API_TOKEN=TOKEN) as port:
        yield Interface(f"http://127.0.0.1:{port}", TOKEN, folder, told)


def indexed(folder: Path) -> dict[str, object]:
    """Make the library of two films, and give what the command line tells of it."""
    library = folder / "library"
    library.mkdir()
    (library / "clipseek.toml").write_text(
        SETTINGS + f"api_folders = {json.dumps([str(folder / 'films')])}\n"
    )
    shoot(folder / "films" / "a.mp4", "red", "green", "blue", "red")
    shoot(folder / "films" / "b.mp4", "blue", "green", "red")
    store = MilvusStore.open(library / "catalog", space=COLOUR_SPACE)
    with Library(load_settings(library), store, FakeEncoder) as opened:
        index_paths(opened, [folder / "films"])
        asked = parse("red minus blue then green in:films")
        assert asked.query is not None
        found = moments.search_moments(opened, asked.query, where=asked.where)
        videos = moments.search_videos(opened, asked.query, where=asked.where)
        return {
            "found": hits_document(found),
            "videos": videos_document(videos),
            "status": status_document(library, library_status(opened)),
        }


class started:  # noqa: N801
    """Context of a server on the library in a folder; gives its port, and looks at its log."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._settings = settings
        self.log = folder / "server.log"

    def __enter__(self) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
        own = {
            "PYTHONPATH": str(ROOT),
            "CLIPSEEK_LIBRARY": str(self._folder / "library"),
            GATES: str(self._folder),
        }
        command = [sys.executable, "-m", "tests.workers.fake_command", "api", "--port", str(port)]
        self._server = subprocess.Popen(
            command,
            env=kept | own | self._settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"),
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(port):
            assert self._server.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        return port

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(PATIENCE_SECONDS)
        assert "Traceback" not in self.log.read_text()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
