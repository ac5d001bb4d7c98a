"""How many clips a store holds, counted no more often than it is worth."""

import time

from catalog.interface import ClipStore

KEPT_FOR = 100
"""A count holds so many times as long as it took: Milvus Lite looks at every clip for it."""


class ClipCount:
    """Counts the clips of one store at a time; lags behind by some seconds where there are many."""

    def __init__(self) -> None:
        self._store: ClipStore | None = None
        self._clips = 0
        self._holds_until = 0.0

    def of(self, store: ClipStore) -> int:
        """About how many clips it holds, or what took its place.

        Raises ``CatalogError`` where it cannot be asked.
        """
        began = time.monotonic()
        if store is not self._store or began >= self._holds_until:
            self._clips = store.latest().count_clips()
            self._store = store
            ended = time.monotonic()
            self._holds_until = ended + KEPT_FOR * (ended - began)
        return self._clips
