"""A Milvus Lite server inside this process, on one folder."""

import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import numpy as np
from milvus_lite.adapter.grpc.servicer import MilvusServicer
from milvus_lite.db import MilvusLite
from milvus_lite.exceptions import DataDirLockedError, MilvusLiteError
from pymilvus.grpc_gen import milvus_pb2_grpc

from catalog.asked_fields import read_asked_fields_only
from catalog.interface import CatalogError, CatalogLockedError

# What goes wrong in a request is logged with a traceback and then raised at the client, which
# is enough. Background work has no caller, so what goes wrong there is still logged.
logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite.adapter").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite").setLevel(logging.ERROR)


THREADS = 10
LARGEST_MESSAGE_BYTES = 256 * 1024 * 1024

OPTIONS = [
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
    # Clients that stay open ask every ten seconds whether the server is there, which a server
    # by default takes for an attack.
    ("grpc.http2.max_ping_strikes", 0),
    # A port that another process has is an error, not shared with it.
    ("grpc.so_reuseport", 0),
]


class EmbeddedMilvus:
    """Serves one folder on a loopback port until closed; one process per folder.

    Started here and not by pymilvus, which logs the reason of a failure and raises another
    error without it, and which holds the folder's lock until the process ends; and not by
    Milvus Lite, which leaves the choice of port and options open to too much.
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Start serving `folder`, which is made where it is absent; port 0 is any free one.

        Raises ``CatalogLockedError`` where another process serves it, and ``CatalogError``
        where it cannot be opened.
        """
        read_asked_fields_only()
        self._database = _opened(folder)
        self._server = grpc.server(ThreadPoolExecutor(THREADS), options=OPTIONS)
        milvus_pb2_grpc.add_MilvusServiceServicer_to_server(
            MilvusServicer(self._database), self._server
        )
        try:
            self._port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        except RuntimeError as error:
            self._database.close()
            raise CatalogError(
                f"port {port} of this machine cannot be used: {error}; choose another"
            ) from error
        self._server.start()

    @property
    def uri(self) -> str:
        """Where a client reaches it."""
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """Write everything to disk and release the folder."""
        self._server.stop(grace=2).wait()
        self._database.close()


def _opened(folder: Path) -> MilvusLite:
    """The database in a folder, with every collection open and loaded.

    Before anybody can ask: two requests that came at once would each open the collection, and
    one of them would read, or write, what the other does not see. And clients that are open
    since another server served this folder need not know of the change.
    """
    try:
        database = MilvusLite(str(folder))
        try:
            _mend(folder)
            for name in database.list_collections():
                database.get_collection(name).load()
        except BaseException:
            database.close()
            raise
    except DataDirLockedError as error:
        raise CatalogLockedError(
            f"{folder}: another process has the catalog open; "
            "wait until it ends, or close it, and try again"
        ) from error
    except (MilvusLiteError, OSError, ValueError) as error:
        raise CatalogError(
            f"{folder}: the catalog cannot be opened: {error}; check that the folder is "
            "writable, or move it away and index again"
        ) from error
    return database


def _mend(folder: Path) -> None:
    """Clear away what a kill left half written, which Milvus Lite would fail on for ever.

    Its data files are safe, but it writes the index files derived from them, and begins a
    collection, in more than one step. Called with the folder's lock held, before anything in
    it is read.
    """
    for index in folder.glob("collections/*/partitions/*/indexes/*.idx"):
        if not _is_whole(index):
            index.unlink()
    for collection in (folder / "collections").iterdir():
        if not (collection / "schema.json").exists():
            shutil.rmtree(collection)


def _is_whole(index: Path) -> bool:
    try:
        # Maps the file, which reads the header and compares the size, and no more.
        np.load(index, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return False
    return True
