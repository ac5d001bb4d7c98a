"""How probably results show what was asked for in words."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from encoder.interface import NEAREST, ClipDescription, JudgingEncoder
from pipeline.found import Found
from pipeline.library import Library
from pipeline.query import Query, Text


def judged(
    library: Library, query: Query, shown: Sequence[Found], *, nearest: Sequence[Found]
) -> list[Found]:
    """Some results, with the probability of the words that fit least, where there are words.

    `nearest` are the first results of all. Loads no encoder where there are no words. Where the
    library moved to another encoder since, nothing is said.
    """
    asked = [
        (number, part.example.words)
        for number, step in enumerate(query.steps)
        for part in step.wanted
        if isinstance(part.example, Text)
    ]
    if not (asked and shown):
        return list(shown)
    encoder = library.last_encoder
    if not (isinstance(encoder, JudgingEncoder) and _fits(encoder, shown[0])):
        return list(shown)
    among = library.about_clips()
    each = [
        encoder.relevance(
            words,
            _described(shown, step),
            nearest=[clip.caption for clip in _described(nearest[:NEAREST], step)],
            among=among,
        )
        for step, words in asked
    ]
    least: NDArray[np.float32] = np.min(each, axis=0)  # (N,)
    return [
        replace(one, probability=float(probability))
        for one, probability in zip(shown, least, strict=True)
    ]


def _fits(encoder: JudgingEncoder, found: Found) -> bool:
    return found.record.description.embedding.shape == (encoder.space.dimension,)


def _described(found: Sequence[Found], step: int) -> list[ClipDescription]:
    return [one.hits[step].record.description for one in found]
