"""Moments as tables for spreadsheets and programs: CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence

from catalog.interface import ClipSummary
from ingest.location import as_typed

COLUMNS = (
    "clip_id", "video_id", "path", "start_seconds", "end_seconds", "caption", "categories",
)  # fmt: skip
BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""


def csv_text(clips: Sequence[ClipSummary]) -> str:
    """One row for each moment; its labels in one cell, with semicolons between."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for clip in clips:
        labels = "; ".join(category.label for category in clip.categories)
        writer.writerow([*_facts(clip), labels])
    return BYTE_ORDER_MARK + table.getvalue()


def json_text(clips: Sequence[ClipSummary]) -> str:
    """A list with one object for each moment, with the keys of the search command's results."""
    document = [
        {
            **dict(zip(COLUMNS, _facts(clip), strict=False)),
            "categories": [
                {"label": c.label, "kind": c.kind, "probability": c.probability}
                for c in clip.categories
            ],
        }
        for clip in clips
    ]
    return json.dumps(document, indent=2)


def _facts(clip: ClipSummary) -> tuple[str | float, ...]:
    span = clip.span
    return (
        clip.clip_id, clip.video_id, as_typed(clip.path), span.start_seconds, span.end_seconds,
        clip.caption,
    )  # fmt: skip
