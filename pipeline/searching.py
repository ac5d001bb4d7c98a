"""From a query to the moments that answer it best."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipFilter, ClipStore, SearchHit, SpaceChangedError
from encoder.interface import NEAREST
from pipeline.arranging import SORTED_DEPTH, paged
from pipeline.examples import step_vectors
from pipeline.found import Found
from pipeline.library import Library
from pipeline.query import LibraryClip, Query, QueryError, Sort
from pipeline.reasons import explained
from pipeline.relevance import judged
from pipeline.sequences import sequences

MOST_CHANGES = 3
"""So often in a row no library moves to another encoder."""
SEQUENCE_DEPTH = 2000
"""A clip that is not among so many best of a step is in no sequence."""


def search(
    library: Library,
    query: Query,
    *,
    limit: int = 10,
    where: ClipFilter = ClipFilter(),
    sort: Sort = Sort.RELEVANCE,
) -> list[Found]:
    """The first `limit` clips that answer `query`, best first, with how probable they are.

    In another order it is all that match of which the first are returned. Raises as `ranked` does.
    """
    enough = max(limit, NEAREST) if sort is Sort.RELEVANCE else SORTED_DEPTH
    # Of a limit that is none, `ranked` says so.
    found = ranked(library, query, limit=enough if limit > 0 else limit, where=where)
    shown = found[:limit] if sort is Sort.RELEVANCE else found
    shown = judged(library, query, shown, nearest=found[:NEAREST])
    return explained(query, paged(library, shown, sort=sort, page=slice(limit)))


def ranked(
    library: Library, query: Query, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[Found]:
    """The `limit` moments that answer `query` best, best first.

    Clips that a query of one step names as examples are left out. Where a query has several steps,
    `where` must admit the clip of each. Raises ``QueryError`` where the query cannot be answered
    and for a limit below 1, ``VideoError`` where a file in it cannot be used, and ``CatalogError``
    where the catalog cannot be searched.
    """
    if limit < 1:
        raise QueryError(f"the limit is {limit}; ask for at least 1 result")
    for _ in range(MOST_CHANGES):
        store = library.store
        try:
            vectors = step_vectors(library, store, query)
            if len(vectors) > 1:
                return _in_order(store, query, vectors, where)[:limit]
            return _closest(store, query, vectors[0], limit=limit, where=where)
        except SpaceChangedError:
            # The library was re-indexed since: the query needs the encoder of now.
            continue
    raise SpaceChangedError


def _closest(
    store: ClipStore,
    query: Query,
    vector: NDArray[np.float32],
    *,
    limit: int,
    where: ClipFilter,
) -> list[Found]:
    named = {e.clip_id for e in query.examples() if isinstance(e, LibraryClip)}
    hits = store.search(vector, limit=limit + len(named), where=where)
    return [Found((hit,)) for hit in hits if hit.record.clip_id not in named][:limit]


def _in_order(
    store: ClipStore, query: Query, vectors: Sequence[NDArray[np.float32]], where: ClipFilter
) -> list[Found]:
    steps: list[list[SearchHit]] = [
        store.search(vector, limit=SEQUENCE_DEPTH, where=where) for vector in vectors
    ]
    return sequences(steps, within_seconds=query.within_seconds)
