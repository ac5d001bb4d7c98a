"""What a file is, told from its bytes alone."""

import hashlib
from pathlib import Path

from ingest.container import check_file, open_binary
from ingest.errors import UnreachableMediaError, UnreadableVideoError

ID_BYTES = 16
"""128 bits: no two files of any library will share an id by chance."""

READ_BYTES = 1 << 20
"""Read in pieces, so that the size of the file does not matter to memory."""


def identify(path: Path) -> str:
    """Return the `content_id` of a media file, without opening it as one.

    Raises ``VideoError`` where it is not a file with something in it, or cannot be read, and
    ``UnreachableMediaError`` where its store does not answer.
    """
    check_file(path)
    return content_id(path)


def content_id(path: Path) -> str:
    """Return 32 hexadecimal digits that name the file's content (BLAKE2b, RFC 7693).

    The same bytes have the same id wherever they lie. Raises ``UnreadableVideoError`` where the
    file cannot be read, and ``UnreachableMediaError`` where its store does not answer.
    """
    digest = hashlib.blake2b(digest_size=ID_BYTES)
    try:
        with open_binary(path) as file:
            while piece := file.read(READ_BYTES):
                digest.update(piece)
    except UnreachableMediaError:
        raise
    except OSError as error:
        raise UnreadableVideoError(
            path,
            f"cannot be read ({error.strerror or error})",
            "check that it is a file that exists and that you may read",
        ) from error
    return digest.hexdigest()
