"""What the curve of `encoder.relevance` goes by, search by search, and its fit by regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from catalog.interface import ClipRecord
from encoder.hubness import plain
from encoder.interface import NEAREST, ClipEncoder
from encoder.relevance import caption_likeness
from encoder.text import SentenceEncoder

FREE = 1e4
"""Four numbers fitted on thousands of searches: nothing need hold them back."""

SHOWN_SHARE = 0.6
"""Of searches: people mostly ask for what is there. On the sample footage, which is unlike the
photographs, half would call too much of what is there no match."""


@dataclass(frozen=True, eq=False)
class Search:
    """A query, the clips that are searched, and whether one of them shows what it says."""

    kind: str
    query: str
    clips: Sequence[ClipRecord]
    matches: bool


def fit(encoder: ClipEncoder, searches: Sequence[Search]) -> str:
    """The constants of `encoder/relevance.py`; each kind of search counts alike on its side."""
    inputs = figures(encoder, searches)
    truth = np.array([search.matches for search in searches])
    _, kinds, sizes = np.unique(
        [search.kind for search in searches], return_inverse=True, return_counts=True
    )
    weights = 1 / sizes[kinds]
    for side, share in ((True, SHOWN_SHARE), (False, 1 - SHOWN_SHARE)):
        weights[truth == side] *= share * len(truth) / weights[truth == side].sum()
    curve = LogisticRegression(C=FREE).fit(inputs, truth, sample_weight=weights)
    values = (*curve.coef_[0], *curve.intercept_)
    names = ("_SIMILARITY", "_CAPTIONS", "_LOG_CLIPS", "_OFFSET")
    return "\n".join(f"{name} = {value:.2f}" for name, value in zip(names, values, strict=True))


def figures(encoder: ClipEncoder, searches: Sequence[Search]) -> NDArray[np.float64]:
    """``(S, 3)`` similarity of the first hit, likeness of the first captions, logarithm of the
    clips.
    """
    queries = sorted({search.query for search in searches})
    captions = {clip.description.caption.text for search in searches for clip in search.clips}
    texts = sorted({*queries, *captions})
    said_by = dict(zip(texts, SentenceEncoder().rare_words(texts).numpy(), strict=True))
    asked = dict(zip(queries, encoder.embed_texts(queries), strict=True))
    rows = []
    for search in searches:
        vectors = np.stack([clip.description.embedding for clip in search.clips])  # (N, D)
        first = np.argsort(-(vectors @ asked[search.query]))[:NEAREST]
        said = [search.clips[n].description.caption.text for n in first]
        words = np.stack([said_by[text] for text in (search.query, *said)])
        similarity = float(plain(vectors[first[0]]) @ plain(asked[search.query]))
        rows.append((similarity, caption_likeness(words), np.log(len(search.clips))))
    return np.array(rows)
