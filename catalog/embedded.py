"""A Milvus Lite server inside this process, on one folder."""

import logging
import shutil
from pathlib import Path

import numpy as np
from milvus_lite.adapter.grpc.server import start_server_in_thread
from milvus_lite.exceptions import DataDirLockedError, MilvusLiteError

from catalog.interface import CatalogError, CatalogLockedError

# What goes wrong in a request is logged with a traceback and then raised at the client, which
# is enough. Background work has no caller, so what goes wrong there is still logged.
logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite.adapter").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite").setLevel(logging.ERROR)


class EmbeddedMilvus:
    """Serves one folder on a loopback port until closed; one process per folder.

    Started here and not by pymilvus, which logs the reason of a failure and raises another
    error without it, and which holds the folder's lock until the process ends.
    """

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Start serving `folder`, which is made where it is absent; port 0 is any free one.

        Raises ``CatalogLockedError`` where another process serves it, and ``CatalogError``
        where it cannot be opened.
        """
        try:
            self._server, self._database, self._port = start_server_in_thread(
                str(folder), port=port
            )
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
        _mend(folder)

    @property
    def uri(self) -> str:
        """Where a client reaches it."""
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """Write everything to disk and release the folder."""
        self._server.stop(grace=2).wait()
        self._database.close()


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
