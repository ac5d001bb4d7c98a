"""The command `api` as a process of its own, on a real library of plain colours."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
from tests.search_ui.child import ROOT
from tests.workers.fakes import GATES
from tests.workers.system import PATIENCE_SECONDS, SETTINGS

QUERY = "red minus blue then green in:films"


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
        asked = parse(QUERY)
        assert asked.query is not None
        found = moments.search_moments(opened, asked.query, where=asked.where)
        videos = moments.search_videos(opened, asked.query, where=asked.where)
        return {
            "found": hits_document(found),
            "videos": videos_document(videos),
            "status": status_document(library, library_status(opened)),
        }


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[int]:
    """A server on the library in a folder; gives its port, and looks at its log in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "CLIPSEEK_LIBRARY": str(folder / "library"),
        GATES: str(folder),
    }
    command = [sys.executable, "-m", "tests.workers.fake_command", "api", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            env=kept | own | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=written,
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(port):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)
    assert "Traceback" not in log.read_text()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
