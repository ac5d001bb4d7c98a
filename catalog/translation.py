"""What Milvus and its connection raise, as errors of this package."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from pymilvus import MilvusException

from catalog.interface import CatalogError


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Raise ``CatalogError`` where what is done within fails; `action` completes "could not"."""
    try:
        yield
    except (MilvusException, grpc.RpcError) as error:
        reason = error.message if isinstance(error, MilvusException) else str(error)
        raise CatalogError(
            f"the catalog could not {action}: {reason}; check the disk, or the Milvus server, "
            "and try again"
        ) from error
