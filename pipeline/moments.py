"""Moments: what a search returns to a person, merged, judged, in order and page by page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from catalog.interface import ClipFilter
from pipeline.arranging import SORTED_DEPTH, arranged, is_told, paged
from pipeline.found import Found, FoundVideo, by_video
from pipeline.library import Library
from pipeline.merging import DEPTHS, merged
from pipeline.query import Query, QueryError, Sort
from pipeline.reasons import explained
from pipeline.relevance import judged
from pipeline.searching import ranked

_T = TypeVar("_T")

CLIPS_PER_MOMENT = 5
MOMENTS_PER_VIDEO = 3


def search_moments(
    library: Library,
    query: Query,
    *,
    limit: int = 10,
    where: ClipFilter = ClipFilter(),
    offset: int = 0,
    sort: Sort = Sort.RELEVANCE,
) -> list[Found]:
    """`limit` moments after the first `offset`: clips side by side are one, and copies are one.

    Pages hold each moment once; `pipeline.arranging` tells what they are in order of. Raises as
    ``searching.search`` does, and ``QueryError`` for an offset below 0.
    """
    page = _page(limit, offset)
    found, nearest = _enough(library, query, where, limit=page.stop, made=merged, sort=sort)
    found = found[: page.stop] if sort is Sort.RELEVANCE else found
    found = judged(library, query, found, nearest=nearest)
    return explained(query, paged(library, found, sort=sort, page=page))


def search_videos(
    library: Library,
    query: Query,
    *,
    limit: int = 10,
    where: ClipFilter = ClipFilter(),
    offset: int = 0,
    sort: Sort = Sort.RELEVANCE,
) -> list[FoundVideo]:
    """`limit` videos after the first `offset`, with up to three of the best moments of each.

    Raises as :func:`search_moments` does.
    """

    def videos(found: Sequence[Found]) -> list[FoundVideo]:
        groups = by_video(merged(found))
        return [FoundVideo(group.found[:MOMENTS_PER_VIDEO]) for group in groups]

    page = _page(limit, offset)
    groups, nearest = _enough(library, query, where, limit=page.stop, made=videos, sort=sort)
    groups = groups[: page.stop] if sort is Sort.RELEVANCE else groups
    found = judged(library, query, _moments_of(groups), nearest=nearest)
    if is_told(found):
        chosen = by_video(arranged(library, found, sort))[page]
    else:
        chosen = by_video(arranged(library, _moments_of(by_video(found)[page]), sort))
    return by_video(explained(query, _moments_of(chosen)))


def _page(limit: int, offset: int) -> slice:
    if limit < 1:
        raise QueryError(f"the limit is {limit}; ask for at least 1 result")
    if offset < 0:
        raise QueryError(f"the offset is {offset}; give how many results to pass over, 0 or more")
    return slice(offset, offset + limit)


def _enough(
    library: Library,
    query: Query,
    where: ClipFilter,
    *,
    limit: int,
    made: Callable[[Sequence[Found]], list[_T]],
    sort: Sort,
) -> tuple[list[_T], list[Found]]:
    """What is `made` of as many clips as it takes for `limit` of it, and all of those clips."""
    depths = DEPTHS if sort is Sort.RELEVANCE else (SORTED_DEPTH,)
    for depth in [d for d in depths if d >= CLIPS_PER_MOMENT * limit] or depths[-1:]:
        found = ranked(library, query, limit=depth, where=where)
        results = made(found)
        if len(results) >= limit or len(found) < depth:
            break
    return results, found


def _moments_of(videos: Sequence[FoundVideo]) -> list[Found]:
    return [one for video in videos for one in video.found]
