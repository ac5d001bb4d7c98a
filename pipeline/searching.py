"""From a sentence to the moments that it describes."""

from catalog.interface import ClipFilter, SearchHit
from pipeline.library import Library

MAX_QUERY_CHARACTERS = 1000


class QueryError(Exception):
    """The query cannot be answered; one line says why."""


def search(
    library: Library, text: str, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[SearchHit]:
    """The `limit` clips closest to `text`, best first.

    Raises :class:`QueryError` for an empty or over-long text and for a limit below 1, and
    ``CatalogError`` where the catalog cannot be searched.
    """
    raise NotImplementedError
