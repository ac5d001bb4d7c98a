"""From a sentence to the moments that it describes, and from a moment to others like it."""

from catalog.interface import ClipFilter, SearchHit, SpaceChangedError
from pipeline.browsing import find_clip
from pipeline.library import Library

MAX_QUERY_CHARACTERS = 1000

MOST_CHANGES = 3
"""So often in a row no library moves to another encoder."""


class QueryError(Exception):
    """The query cannot be answered; one line says why."""


def search(
    library: Library, text: str, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[SearchHit]:
    """The `limit` clips closest to `text`, best first.

    Raises :class:`QueryError` for an empty or over-long text and for a limit below 1, and
    ``CatalogError`` where the catalog cannot be searched.
    """
    query = text.strip()
    if not query:
        raise QueryError("the query is empty; say what happens in the video")
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryError(
            f"the query has {len(query)} characters, {MAX_QUERY_CHARACTERS} are allowed; "
            "say it in a sentence"
        )
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise QueryError("the query holds bytes that are no text; type it again") from error
    _require_limit(limit)
    for _ in range(MOST_CHANGES):
        store = library.store
        encoder = library.encoder
        if encoder.space != store.space:
            continue
        (embedding,) = encoder.embed_texts([query])
        try:
            return store.search(embedding, limit=limit, where=where)
        except SpaceChangedError:
            # The library was re-indexed since: the query needs the encoder of now.
            continue
    raise SpaceChangedError


def search_like(
    library: Library, clip_id: str, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[SearchHit]:
    """The `limit` clips most like one of the library, best first, without that one itself.

    Raises :class:`QueryError` where the library holds no such clip and for a limit below 1, and
    ``CatalogError`` where the catalog cannot be searched.
    """
    _require_limit(limit)
    for _ in range(MOST_CHANGES):
        store = library.store
        try:
            record = find_clip(store, clip_id)
            if record is None:
                raise QueryError(
                    "the clip to compare with is not in the library any more; search anew"
                )
            hits = store.search(record.description.embedding, limit=limit + 1, where=where)
        except SpaceChangedError:
            continue
        return [hit for hit in hits if hit.record.clip_id != clip_id][:limit]
    raise SpaceChangedError


def _require_limit(limit: int) -> None:
    if limit < 1:
        raise QueryError(f"the limit is {limit}; ask for at least 1 result")
