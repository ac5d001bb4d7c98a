"""From a sentence to the moments that it describes."""

from catalog.interface import ClipFilter, SearchHit, SpaceChangedError
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
    if limit < 1:
        raise QueryError(f"the limit is {limit}; ask for at least 1 result")
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
