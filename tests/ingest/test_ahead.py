import threading
from collections.abc import Iterator

import pytest

from ingest.ahead import read_ahead


def test_everything_comes_in_order() -> None:
    assert list(read_ahead(iter(range(100)), depth=3)) == list(range(100))


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("lost")

    results = read_ahead(items(), depth=5)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(LookupError, match="lost"):
        next(results)


def test_it_is_never_further_ahead_than_told() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    for number in read_ahead(items(), depth=4):
        # What waits, the one in hand, and the one that waits for room.
        assert len(made) <= number + 1 + 4 + 1


def test_closing_ends_the_thread() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    items = endless()
    results = read_ahead(items, depth=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not any(thread.name == "read-ahead" for thread in threading.enumerate())
    items.close()  # type: ignore[attr-defined]
    assert ended.is_set()
