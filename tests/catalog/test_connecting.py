"""Reaching a server: it is waited for, and its password stays out of sight."""

import base64
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from milvus_lite.adapter.grpc.servicer import MilvusServicer
from milvus_lite.db import MilvusLite
from pymilvus import MilvusClient
from pymilvus.client.types import LoadState
from pymilvus.grpc_gen import milvus_pb2_grpc

import catalog.connecting
from catalog.connecting import without_password
from catalog.embedded import EmbeddedMilvus
from catalog.interface import CatalogError
from catalog.milvus import MilvusStore
from tests.catalog_records import video
from tests.fake_encoder import COLOUR_SPACE

ROOT = Path(__file__).parents[2]


class Doorman(grpc.ServerInterceptor):
    """Lets nobody pass who does not bring a password, as Milvus does that wants one."""

    def __init__(self, wanted: str) -> None:
        self._wanted = base64.b64encode(wanted.encode()).decode()

    def intercept_service(
        self, proceed: Callable[..., Any], details: grpc.HandlerCallDetails
    ) -> Any:
        if ("authorization", self._wanted) in details.invocation_metadata:
            return proceed(details)
        refuse = grpc.StatusCode.UNAUTHENTICATED
        return grpc.unary_unary_rpc_method_handler(
            lambda _, context: context.abort(refuse, "auth check failure")
        )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is waited for."""
    monkeypatch.setattr(catalog.connecting, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(catalog.connecting, "PAUSE_SECONDS", 0)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """The port of a server that wants a password."""
    database = MilvusLite(str(tmp_path / "guarded"))
    server = grpc.server(ThreadPoolExecutor(2), interceptors=[Doorman("root:pass-word")])
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(MilvusServicer(database), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(grace=1).wait()
    database.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_server_that_starts_again_is_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    servers: list[EmbeddedMilvus] = []

    def start_late() -> None:
        while not caplog.records:
            time.sleep(0.05)
        servers.append(EmbeddedMilvus(tmp_path / "catalog", port=port))

    late = threading.Thread(target=start_late)
    late.start()
    with caplog.at_level(logging.WARNING, logger="catalog"):
        store = MilvusStore.open(f"http://127.0.0.1:{port}", space=COLOUR_SPACE)
    assert store.videos() == []
    store.close()
    late.join()
    servers[0].close()
    (record,) = caplog.records
    assert "does not answer; waiting for it, 60 s at most" in record.getMessage()


def test_who_has_a_catalog_open_finds_it_in_the_next_server(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "catalog.server", "--folder", str(tmp_path / "catalog")]

    def serve() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([*command, "--port", str(port)], cwd=ROOT)

    server = serve()
    store = MilvusStore.open(f"http://127.0.0.1:{port}", space=COLOUR_SPACE)
    store.upsert_video(video("v"))
    server.kill()
    server.wait()
    with pytest.raises(CatalogError):
        store.videos()
    server = serve()
    for _ in range(600):
        with suppress(CatalogError):
            assert store.videos() == [video("v")]
            break
        time.sleep(0.1)
    assert store.videos() == [video("v")]
    store.close()
    server.terminate()
    server.wait()


def test_a_server_has_every_collection_open_before_anybody_asks(tmp_path: Path) -> None:
    # Opened by the first to ask, it would be opened twice where two ask at once.
    store = MilvusStore.open(tmp_path / "catalog", space=COLOUR_SPACE)
    store.upsert_video(video("v"))
    store.close()
    server = EmbeddedMilvus(tmp_path / "catalog")
    client = MilvusClient(uri=server.uri)
    states = [client.get_load_state(name)["state"] for name in client.list_collections()]
    client.close()
    server.close()
    assert states == [LoadState.Loaded] * 2


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_come_is_one_clear_line(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CatalogError, match=r"could not open http://127\.0\.0\.1:1: ") as caught:
        MilvusStore.open("http://root:pass-word@127.0.0.1:1", space=COLOUR_SPACE)
    assert "\n" not in str(caught.value)
    assert "pass-word" not in f"{caught.value} {caplog.text}"


@pytest.mark.usefixtures("impatient")
def test_the_password_of_an_address_is_brought_along(guarded: int) -> None:
    where = f"http://root:pass-word@127.0.0.1:{guarded}"
    MilvusStore.open(where, space=COLOUR_SPACE).close()
    with pytest.raises(CatalogError, match="illegal connection params") as caught:
        MilvusStore.open(where.replace("pass-word", "guess"), space=COLOUR_SPACE)
    assert "guess" not in str(caught.value)


def test_an_address_is_shown_without_its_password(tmp_path: Path) -> None:
    assert without_password("http://root:pass-word@milvus:19530") == "http://milvus:19530"
    assert without_password("http://milvus:19530") == "http://milvus:19530"
    assert without_password(tmp_path) == tmp_path
