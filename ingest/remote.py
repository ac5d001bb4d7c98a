"""Objects in stores as files that can be read anywhere; the only user of fsspec.

Address and credentials are those that the store's other programs use: for S3 the variables
``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or ``~/.aws``.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import UnreachableMediaError, UnreadableVideoError
from ingest.location import as_typed

if TYPE_CHECKING:
    from fsspec.spec import AbstractFileSystem

BLOCK_BYTES = 4 << 20
"""Read at once: large enough for the way there and back to matter little."""
KEPT_BLOCKS = 8
"""Of one open file; films whose sound is stored apart from the pictures are read in two places."""

_CONNECTION = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemoteEntry:
    """What a store says of a name."""

    is_folder: bool
    """True where the name is only the beginning of those of objects."""
    size_bytes: int
    modified_ns: int
    """Whole seconds since 1970, in nanoseconds: stores differ in what is finer."""


class RemoteFile(io.RawIOBase):
    """One object, open for reading; fetches what is read, and a little around it.

    Raises ``FileNotFoundError``, ``PermissionError`` and ``UnreachableMediaError`` when it is made
    and whenever it is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _translated(path):
            self._file = _store(path).open(
                as_typed(path),
                "rb",
                block_size=BLOCK_BYTES,
                cache_type="blockcache",
                cache_options={"maxblocks": KEPT_BLOCKS},
            )

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        position: int = self._file.seek(offset, whence)
        return position

    def tell(self) -> int:
        position: int = self._file.tell()
        return position

    def read(self, size: int = -1) -> bytes:
        with _translated(self._path):
            content: bytes = self._file.read(size)
        return content

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def entry_of(path: Path) -> RemoteEntry:
    """Ask the store about a name. Raises what :class:`RemoteFile` does."""
    with _translated(path):
        found: dict[str, Any] = _store(path).info(as_typed(path))
    if found["type"] == "directory":
        return RemoteEntry(True, 0, 0)
    modified = int(found["LastModified"].timestamp())
    return RemoteEntry(False, found["size"], modified * 1_000_000_000)


def objects_under(path: Path) -> list[Path]:
    """All objects whose names begin with a folder's, sorted. Raises what :class:`RemoteFile` does.

    An object whose name cannot be a path, with two slashes in a row for instance, is left out and
    logged.
    """
    with _translated(path):
        store = _store(path)
        # What was asked before may be old.
        store.invalidate_cache()
        names = [f"{path.parts[0]}//{name}" for name in store.find(as_typed(path))]
    for name in names:
        if as_typed(Path(name)) != name:
            logger.warning("%s: is left out for its name; give it another name", name)
    return sorted(Path(name) for name in names if as_typed(Path(name)) == name)


def _store(path: Path) -> "AbstractFileSystem":
    # Takes a second to load, which nobody with local files should wait for.
    import fsspec

    try:
        return fsspec.filesystem(
            path.parts[0].removesuffix(":"), use_listings_cache=False, config_kwargs=_CONNECTION
        )
    except ImportError as error:
        raise UnreadableVideoError(
            path, f"lies in a store that needs more packages ({error})",
            "pip install 'clipseek[s3]'",
        ) from error  # fmt: skip


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (UnreadableVideoError, UnreachableMediaError):
        raise
    except FileNotFoundError as error:
        place = as_typed(path)
        raise FileNotFoundError(error.errno, "there is no such object", place) from error
    except PermissionError as error:
        reason = f"the store refuses it: {error}"
        raise PermissionError(error.errno, reason, as_typed(path)) from error
    # Each store has errors of its own kinds for a network or a server that does not answer.
    except Exception as error:
        raise UnreachableMediaError(path, _one_line(error)) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
