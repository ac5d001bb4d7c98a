"""What a filter's conditions mean, for every store alike."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from catalog.interface import ClipFilter, LabelCondition, VideoRecord
from encoder.interface import CategoryScore
from ingest.location import as_typed

logger = logging.getLogger(__name__)

LABELS_LOOKED_AT = 16
"""A condition on a label looks at so many of a clip's labels, the most probable."""


def on_clips_only(
    where: ClipFilter, videos: Callable[[], Sequence[VideoRecord]]
) -> ClipFilter | None:
    """A filter that admits the same clips, but names the videos instead of asking for facts.

    None where no video meets the conditions. `videos` lists all and is called only if there are
    conditions on them. Clips of videos that are not completely indexed meet none.
    """
    if where == _clip_part(where):
        return where
    known = videos()
    if where.least_height > 0 and (lacking := sum(not video.height for video in known)):
        logger.warning(
            "%d videos are left out, as the height of their picture is not known; "
            "index them again, which notes it without decoding them", lacking,
        )  # fmt: skip
    meeting = {video.video_id for video in known if _is_met(where, video)}
    ids = tuple(sorted(meeting.intersection(where.video_ids) if where.video_ids else meeting))
    return replace(_clip_part(where), video_ids=ids) if ids else None


def admits(where: ClipFilter, video_id: str, categories: Sequence[CategoryScore]) -> bool:
    """Whether a clip of a video, filed under `categories`, meets a filter of clips only."""
    labels = {category.label for category in categories}
    return (
        labels.issuperset(where.categories)
        and all(_carries(condition, categories) for condition in where.labels)
        and (not where.video_ids or video_id in where.video_ids)
    )


def _carries(condition: LabelCondition, categories: Sequence[CategoryScore]) -> bool:
    return any(
        category.label == condition.label
        and condition.kind in ("", category.kind)
        and category.probability >= condition.least_probability
        for category in categories[:LABELS_LOOKED_AT]
    )


def _clip_part(where: ClipFilter) -> ClipFilter:
    return ClipFilter(where.categories, where.video_ids, where.labels)


def _is_met(where: ClipFilter, video: VideoRecord) -> bool:
    path = as_typed(video.path).casefold()
    return (
        (not where.places or any(place.casefold() in path for place in where.places))
        and _nanoseconds(where.after, default=video.modified_ns) <= video.modified_ns
        and (where.before is None or video.modified_ns < _nanoseconds(where.before, default=0))
        and where.least_seconds <= video.duration_seconds <= where.most_seconds
        and where.least_height <= video.height
    )


def _nanoseconds(moment: datetime | None, *, default: int) -> int:
    # A float holds the seconds of these centuries to a microsecond, no finer.
    return default if moment is None else round(moment.timestamp() * 1e6) * 1000
