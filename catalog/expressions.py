"""Milvus filter expressions, made so that no value can be read as part of the expression.

Milvus also takes values apart from the expression, but Milvus Lite ignores those.
"""

from collections.abc import Iterable

from catalog.conditions import LABELS_LOOKED_AT
from catalog.interface import ClipFilter, LabelCondition

ALL_VIDEOS = "clip_count >= 0"
"""True of every video: Milvus lists without a limit only where there is an expression."""

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
"""The escapes that Milvus and Milvus Lite both read."""


def admitting(where: ClipFilter) -> str:
    """What selects the clips that `where`, a filter of clips only, admits; empty for all."""
    # Milvus Lite takes a quarter longer for "array_contains_all", even of one label.
    terms = [f"array_contains(labels, {_literal(label)})" for label in where.categories]
    terms += [_carrying(condition) for condition in where.labels]
    if where.video_ids:
        terms.append(of_videos(where.video_ids))
    return " and ".join(terms)


def of_videos(video_ids: Iterable[str]) -> str:
    """What selects the rows of these videos, in either collection."""
    return f"video_id in {_list(video_ids)}"


def of_clips(clip_ids: Iterable[str]) -> str:
    """What selects the rows of these clips."""
    return f"clip_id in {_list(clip_ids)}"


def _carrying(condition: LabelCondition) -> str:
    """True of clips with the label: labels, kinds and probabilities lie in arrays side by side."""
    label = _literal(condition.label)
    places = []
    for place in range(LABELS_LOOKED_AT):
        parts = [f"labels[{place}] == {label}"]
        if condition.kind:
            parts.append(f"kinds[{place}] == {_literal(condition.kind)}")
        if condition.least_probability > 0:
            parts.append(f"probabilities[{place}] >= {condition.least_probability!r}")
        places.append(f"({' and '.join(parts)})")
    return f"(array_contains(labels, {label}) and ({' or '.join(places)}))"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(_literal, values)) + "]"


def _literal(value: str) -> str:
    # What is not valid Unicode cannot be sent; with "?" instead it matches nothing.
    sendable = value.encode("utf-8", "replace").decode()
    return '"' + sendable.translate(ESCAPES) + '"'
