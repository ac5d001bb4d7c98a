"""Milvus filter expressions, made so that no value can be read as part of the expression.

Milvus also takes values apart from the expression, but Milvus Lite ignores those.
"""

from collections.abc import Iterable

from catalog.interface import ClipFilter

ALL_VIDEOS = "clip_count >= 0"
"""True of every video: Milvus lists without a limit only where there is an expression."""

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
"""The escapes that Milvus and Milvus Lite both read."""


def admitting(where: ClipFilter) -> str:
    """What selects the clips that `where` admits; empty where it does not restrict."""
    terms = []
    if where.categories:
        terms.append(f"array_contains_all(labels, {_list(where.categories)})")
    if where.video_ids:
        terms.append(of_videos(where.video_ids))
    return " and ".join(terms)


def of_videos(video_ids: Iterable[str]) -> str:
    """What selects the rows of these videos, in either collection."""
    return f"video_id in {_list(video_ids)}"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(_literal, values)) + "]"


def _literal(value: str) -> str:
    # What is not valid Unicode cannot be sent; with "?" instead it matches nothing.
    sendable = value.encode("utf-8", "replace").decode()
    return '"' + sendable.translate(ESCAPES) + '"'
