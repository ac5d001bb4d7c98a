"""Runs an iterator a bounded way ahead of whoever uses its results."""

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PATIENCE_SECONDS = 0.1
"""How long the thread waits for room before it looks whether anybody still wants more."""


@dataclass(frozen=True)
class _Ended:
    error: BaseException | None


class _Ahead(Generic[Item]):
    def __init__(self, items: Iterator[Item], depth: int) -> None:
        self._items = items
        self._queue: queue.Queue[Item | _Ended] = queue.Queue(maxsize=depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)

    def results(self) -> Generator[Item]:
        self._thread.start()
        try:
            while not isinstance(item := self._queue.get(), _Ended):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            self._stopped.set()
            self._thread.join()

    def _run(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    return
        # Whatever goes wrong is raised where the results are used.
        except BaseException as error:
            self._put(_Ended(error))
        else:
            self._put(_Ended(None))

    def _put(self, item: Item | _Ended) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=PATIENCE_SECONDS)
            except queue.Full:
                continue
            return True
        return False


def read_ahead(items: Iterator[Item], *, depth: int) -> Generator[Item]:
    """Yield `items` in order, made in a thread that is at most `depth` items ahead.

    An error in making them is raised after the items before it. Closing this generator ends the
    thread.
    """
    return _Ahead(items, depth).results()
