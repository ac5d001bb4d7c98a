"""The order of results: by relevance, or what matches by its file's date or its place in time."""

from collections.abc import Sequence

from pipeline.found import Found, by_video
from pipeline.library import Library
from pipeline.query import Sort

SORTED_DEPTH = 4000
"""So many of the nearest clips are looked through where the order is not that of relevance. The
number is fixed, so that every page arranges the same results."""


def paged(library: Library, found: Sequence[Found], *, sort: Sort, page: slice) -> list[Found]:
    """A page of results that are given best first.

    Those that match are arranged, and the others come after them as they are. Where nothing tells
    what matches, each page of the best is arranged by itself.
    """
    if not is_told(found):
        return arranged(library, found[page], sort)
    return arranged(library, found, sort)[page]


def arranged(library: Library, found: Sequence[Found], sort: Sort) -> list[Found]:
    """Results, given best first, of which those that match come first, in the order of `sort`.

    Where nothing tells what matches, all are put into this order.
    """
    if sort is Sort.RELEVANCE:
        return list(found)
    ranks = {video.record.video_id: rank for rank, video in enumerate(by_video(found))}
    changed = {video.video_id: video.modified_ns for video in library.store.videos()}
    told = is_told(found)

    def place(one: Found) -> tuple[int, int, float]:
        video_id = one.record.video_id
        age = -changed.get(video_id, 0) if sort is Sort.DATE else 0
        return age, ranks[video_id], one.span.start_seconds

    matching = [one for one in found if one.matches or not told]
    return sorted(matching, key=place) + [one for one in found if told and not one.matches]


def is_told(found: Sequence[Found]) -> bool:
    """Whether it is known of these which match."""
    return any(one.matches is not None for one in found)
