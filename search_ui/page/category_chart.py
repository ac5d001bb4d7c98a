"""How the categories of a film change over its time, as a picture."""

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from catalog.interface import ClipSummary
from search_ui.json_output import Json
from search_ui.printing import clock
from search_ui.terminal import printable

MOST_LABELS = 12
ROW_PIXELS = 22
SURE, NOW = "#0f9c8f", "#e11d48"
"""Seen on light and on dark paper."""
MINUTES = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02d')"


def show_chart(clips: Sequence[ClipSummary], *, chosen: ClipSummary) -> None:
    """Draw a row for each of the most frequent labels, fuller where they are surer.

    A line stands where `chosen` begins.
    """
    labels = main_labels(clips)
    if not labels:
        st.caption("No moment of this video is in a category.")
        return
    bars: Json = [
        {
            "label": printable(category.label),
            "start": clip.span.start_seconds,
            "end": clip.span.end_seconds,
            "probability": category.probability,
            "at": clock(int(clip.span.start_seconds)),
            "caption": printable(clip.caption),
        }
        for clip in clips
        for category in clip.categories
        if category.label in labels
    ]
    st.vega_lite_chart(
        spec={
            "height": ROW_PIXELS * len(labels) + 30,
            "layer": [
                {"data": {"values": bars}, **_rows(labels)},
                {
                    "data": {"values": [{"start": chosen.span.start_seconds}]},
                    "mark": {"type": "rule", "color": NOW, "strokeWidth": 2},
                    "encoding": {"x": {"field": "start", "type": "quantitative"}},
                },
            ],
        },
        width="stretch",
    )


def main_labels(clips: Sequence[ClipSummary]) -> list[str]:
    """The labels that fill most of the film's time, the first the most."""
    weights: defaultdict[str, float] = defaultdict(float)
    for clip in clips:
        for category in clip.categories:
            weights[category.label] += category.probability * clip.span.length_seconds
    return sorted(weights, key=lambda label: (-weights[label], label))[:MOST_LABELS]


def _rows(labels: Sequence[str]) -> dict[str, Json]:
    return {
        "mark": {"type": "rect", "color": SURE},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "title": None,
                "axis": {"labelExpr": MINUTES},
                "scale": {"nice": False},
            },
            "x2": {"field": "end"},
            "y": {
                "field": "label",
                "type": "nominal",
                "title": None,
                "sort": [*map(printable, labels)],
            },
            "opacity": {
                "field": "probability",
                "type": "quantitative",
                "legend": None,
                "scale": {"domain": [0, 1], "range": [0.05, 1]},
            },
            "tooltip": [
                {"field": "at", "title": "at"},
                {"field": "label"},
                {"field": "probability", "type": "quantitative", "format": ".0%"},
                {"field": "caption"},
            ],
        },
    }
