"""A clip as a person corrected it: caption, categories, and where it lies in the joint space."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipRecord
from encoder.interface import Caption, CategoryScore, ClipDescription, ClipEncoder
from pipeline.corrections import GROUP, SURE, Correction, Corrections, correction_of

Reword = Callable[[NDArray[np.float32], str], NDArray[np.float32]]
"""Moves a clip's embedding, ``(D,)``, to where it belongs with a caption."""


@dataclass(frozen=True)
class Corrector:
    """Lets what people said stand above what an encoder says."""

    corrections: Corrections
    encoder: ClipEncoder

    def after_describing(self, record: ClipRecord) -> ClipRecord:
        """A clip that was just described, corrected where somebody corrected that moment."""
        correction = correction_of(record.span, self.corrections.of(record.video_id))
        if correction is None:
            return record
        with self.corrections.turn():
            self.corrections.keep_described(self.encoder.space, record)
        return corrected(record, correction, reword=self.encoder.reword)


def corrected(described: ClipRecord, correction: Correction, *, reword: Reword) -> ClipRecord:
    """What becomes of what an encoder said of a clip; `reword` is asked for captions alone."""
    said = described.description
    caption, embedding = said.caption, said.embedding
    if correction.caption is not None:
        caption = Caption(correction.caption, SURE)
        embedding = reword(embedding, correction.caption)
    categories = _categories(said.categories, correction)
    return replace(described, description=ClipDescription(embedding, caption, categories))


def carries(record: ClipRecord, correction: Correction) -> bool:
    """Whether a clip is as the correction wants it."""
    said = record.description
    return (
        correction.caption in (None, said.caption.text)
        and set(correction.added) <= set(said.categories)
        and not set(correction.removed) & labels_to_correct(said.categories)
    )


def labels_to_correct(categories: Iterable[CategoryScore]) -> set[str]:
    """The labels that a person may take away: groups are found anew each time."""
    return {category.label for category in categories if category.kind != GROUP}


def _categories(
    described: tuple[CategoryScore, ...], correction: Correction
) -> tuple[CategoryScore, ...]:
    settled = {*correction.removed, *(category.label for category in correction.added)}
    left = [c for c in described if c.label not in settled or c.kind == GROUP]
    return tuple(sorted([*correction.added, *left], key=lambda c: -c.probability))
