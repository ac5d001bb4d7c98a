"""Streams cut into pieces, so that memory does not grow with their length."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one maybe shorter, reading no further ahead."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
