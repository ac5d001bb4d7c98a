"""The map of a library: a point for each clip, coloured by discovered group, that plays."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from catalog.interface import ClipSummary
from pipeline.browsing import Holdings, find_clip
from pipeline.clip_map import MapPoint, group_of, map_of
from pipeline.library import Library
from search_ui.json_output import Json
from search_ui.page.clip_player import play
from search_ui.page.moments import Moment
from search_ui.page.opened import OpenedLibrary
from search_ui.printing import count, span_text
from search_ui.terminal import printable

HEIGHT = 560
POINT, CLICKED = 90, "clicked"
MOST_COLOURS = 10
"""More cannot be told apart; groups beyond are grey."""
GREY = "other groups"
MAP_KEY, PLAYED_KEY = "map of clips", "played from the map"


def show_map(shown: OpenedLibrary, holdings: Holdings) -> None:
    """Draw the map, and play the clip whose point was clicked."""
    with st.spinner("Drawing the map"):
        points = _points(shown.library, holdings)
    text = "Moments that are alike lie near each other. Click a point to play it."
    if len(points) < len(holdings.clips):
        text += f" These are {len(points)} of {count(len(holdings.clips), 'moment')}."
    st.caption(text)
    event = st.vega_lite_chart(
        spec=_spec(points),
        width="stretch",
        height=HEIGHT,
        key=MAP_KEY,
        on_select="rerun",
        selection_mode=CLICKED,
    )
    chosen = [str(found.get("clip_id", "")) for found in event.selection.get(CLICKED, [])]
    # A point stays clicked when the page is drawn again; it is played once.
    if chosen and st.session_state.get(PLAYED_KEY) != chosen:
        record = find_clip(shown.library.store, chosen[0])
        if record is not None:
            play(ClipSummary.of(record), lambda video_id: _moments(shown, video_id))
    st.session_state[PLAYED_KEY] = chosen


@lru_cache(2)
def _points(library: Library, holdings: Holdings) -> list[MapPoint]:
    return map_of(library.store, holdings.clips)


def _moments(shown: OpenedLibrary, video_id: str) -> list[Moment]:
    return [*map(Moment, shown.library.store.summaries_of([video_id]))]


def _spec(points: Sequence[MapPoint]) -> dict[str, Json]:
    sizes = Counter(group_of(point.clip) for point in points)
    coloured = [group for group, _ in sizes.most_common(MOST_COLOURS)]
    values: Json = [_value(point, coloured) for point in points]
    return {
        "data": {"values": values},
        "mark": {"type": "circle", "size": POINT, "opacity": 0.75, "cursor": "pointer"},
        "params": [
            {"name": CLICKED, "select": {"type": "point", "fields": ["clip_id"], "toggle": False}}
        ],
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": None},
            "y": {"field": "y", "type": "quantitative", "axis": None},
            "color": {
                "field": "group",
                "type": "nominal",
                "sort": [*map(printable, coloured)],
                "legend": {"title": None, "orient": "bottom", "columns": 2},
            },
            "tooltip": [
                {"field": "caption"},
                {"field": "video"},
                {"field": "at", "title": "at"},
                {"field": "group"},
            ],
        },
    }


def _value(point: MapPoint, coloured: Sequence[str]) -> dict[str, Json]:
    clip, group = point.clip, group_of(point.clip)
    return {
        "x": point.x,
        "y": point.y,
        "clip_id": clip.clip_id,
        "group": printable(group) if group in coloured else GREY,
        "caption": printable(clip.caption),
        "video": printable(clip.path.name),
        "at": span_text(clip.span),
    }
