"""The conditions that a query in words may hold, and what each adds to a filter."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from catalog.interface import ClipFilter, LabelCondition
from pipeline.dates import day
from pipeline.query import QueryError

_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """What stands after a condition's colon."""

    value: str
    least: str | None
    """What stands after ``>``; None where there is none."""


def _labelled(where: ClipFilter, condition: Condition, *, kind: str) -> ClipFilter:
    least = 0.0 if condition.least is None else _number(condition.least)
    if least > 1:
        raise QueryError(f"the probability is {condition.least}; it is at most 1")
    label = LabelCondition(_given(condition), kind, least)
    return replace(where, labels=(*where.labels, label))


def _in(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, places=(*where.places, _alone(condition)))


def _after(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, after=day(_alone(condition)))


def _before(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, before=day(_alone(condition)))


def _longer(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, least_seconds=_number(_alone(condition)))


def _shorter(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, most_seconds=_number(_alone(condition)))


def _height(where: ClipFilter, condition: Condition) -> ClipFilter:
    return replace(where, least_height=_number(_alone(condition)))


CONDITIONS: Mapping[str, Callable[[ClipFilter, Condition], ClipFilter]] = {
    "category": partial(_labelled, kind=""),
    "topic": partial(_labelled, kind="topic"),
    "action": partial(_labelled, kind="action"),
    "camera": partial(_labelled, kind="camera"),
    "label": partial(_labelled, kind="label"),
    "group": partial(_labelled, kind="group"),
    "in": _in,
    "after": _after,
    "before": _before,
    "longer": _longer,
    "shorter": _shorter,
    "height": _height,
}
"""By the word before the colon. `longer` and `shorter` are seconds of the whole video, `height` is
the least number of pixels from top to bottom."""


def _alone(condition: Condition) -> str:
    if condition.least is not None:
        raise QueryError("'>' has a meaning after categories only; put the whole in quotes")
    return _given(condition)


def _given(condition: Condition) -> str:
    if not condition.value.strip():
        raise QueryError("say what it is after the colon")
    return condition.value


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise QueryError(f"{text[:40]!r} is not a number; write it like 30 or 0.5")
    return float(text)
