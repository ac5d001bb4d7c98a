"""Has the C library keep memory that was freed, and Python not look through all that is loaded."""

import ctypes
import gc
import sys

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
"""Numbers of ``mallopt``'s parameters, from glibc's ``malloc.h``."""
KEPT_BYTES = 1 << 30
HEAP_BYTES = 1 << 26
"""Size of the heap of a thread; with so much of it kept free, an empty one is kept too."""


def keep_freed_memory() -> None:
    """Do not give freed blocks of up to 1 GiB back to the system; without glibc, do nothing.

    Networks on a CPU allocate and free the same large blocks for each batch, as decoding does for
    each picture. Each time glibc gives them back, and the system fills them with zeros page by
    page when they are asked for again: a fifth of the processor time of describing clips.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(MMAP_THRESHOLD, KEPT_BYTES)
        library.mallopt(TRIM_THRESHOLD, KEPT_BYTES)
        library.mallopt(TOP_PAD, HEAP_BYTES)


def leave_out_of_collection() -> None:
    """Never look for cycles among the objects that there are now; call it when a model is loaded.

    There are half a million then, nearly all of libraries, and to go through them takes a quarter
    of a second. Milvus Lite makes so many objects for a condition on labels that every fourth
    search waited for that.
    """
    gc.freeze()
