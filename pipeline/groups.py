"""Discovered groups: clips of a library that are alike, named by what their captions share.

Embeddings are clustered by k-means. The number of groups is the one with the best mean silhouette
(Rousseeuw 1987). A name is made of the words that a group's captions have more often than those of
other groups, by tf-idf with each group as one document (Grootendorst 2022).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipRecord
from encoder.interface import CategoryScore
from encoder.vocabulary import split_words
from pipeline.correcting import settle
from pipeline.corrections import GROUP
from pipeline.library import Library
from pipeline.shelf import mark_labelled
from pipeline.wording import SMALL_WORDS

KIND = GROUP
COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32)
"""How many groups are tried; more would not be read."""
LEAST_CLIPS = 2
CLIPS_PER_GROUP = 3
"""No more groups are tried than give each so many clips on average."""
_SILHOUETTE_SAMPLE = 2000  # its time grows with the square
_NAME_WORDS = 3


@dataclass(frozen=True)
class Group:
    """Some clips that are alike."""

    name: str
    """The label under which search finds them."""
    clips: tuple[ClipRecord, ...]
    """The most typical first."""


class GroupingError(Exception):
    """The library cannot be grouped; the message says what is missing."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """What k-means found."""

    of: NDArray[np.int64]
    """``(N,)`` the cluster of each clip."""
    certainty: NDArray[np.float64]
    """``(N,)`` half where another cluster's middle is as near, one at the middle of its own."""


def regroup(library: Library) -> list[Group]:
    """Find the groups of `library`, largest first, and label its clips with them.

    Labels of an earlier grouping are replaced. The same clips give the same groups. Raises
    :class:`GroupingError` where there are too few clips, and ``CatalogError`` where the catalog
    cannot be read or written.
    """
    store = library.store
    records = [record for video in store.videos() for record in store.clips_of(video.video_id)]
    least = COUNTS[0] * CLIPS_PER_GROUP
    if len(records) < least:
        raise GroupingError(
            f"the library holds {len(records)} clips, and groups need at least {least}; "
            "index more videos first"
        )
    clusters = cluster(np.stack([record.description.embedding for record in records]))
    members = [np.flatnonzero(clusters.of == number) for number in np.unique(clusters.of)]
    members = sorted((m for m in members if len(m) >= LEAST_CLIPS), key=len, reverse=True)
    names = group_names([[_caption(records[i]) for i in group] for group in members])
    filed = [_filed(record) for record in records]
    for name, group in zip(names, members, strict=True):
        for i in group:
            score = CategoryScore(name, KIND, float(clusters.certainty[i]))
            filed[i] = _filed(records[i], score)
    store.upsert_clips(filed)
    store.flush()
    # Grouping takes a while, in which somebody may have corrected a clip.
    settle(library)
    mark_labelled(library.settings.library)
    return [
        Group(name, tuple(filed[i] for i in group[np.argsort(-clusters.certainty[group])]))
        for name, group in zip(names, members, strict=True)
    ]


def cluster(vectors: NDArray[np.float32]) -> Clusters:
    """Cluster ``(N, D)`` unit vectors into the number of groups that separates them best."""
    # Takes a second to load, which commands that only show groups need not wait for.
    from sklearn.cluster import KMeans

    tried = [
        KMeans(count, n_init=4, random_state=0).fit(vectors)
        for count in COUNTS
        if count * CLIPS_PER_GROUP <= len(vectors)
    ]
    best = max(tried, key=lambda found: _separation(vectors, found.labels_))
    distances = np.asarray(best.transform(vectors), np.float64)  # (N, K)
    own, next_best = np.sort(distances, axis=1)[:, :2].T  # (N,) each
    certainty = next_best / np.maximum(own + next_best, 1e-12)
    return Clusters(np.asarray(best.labels_, np.int64), certainty)


def _separation(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    if len(np.unique(labels)) < COUNTS[0]:  # all vectors are the same
        return -1.0
    from sklearn.metrics import silhouette_score

    sample = min(len(vectors), _SILHOUETTE_SAMPLE)
    return float(silhouette_score(vectors, labels, sample_size=sample, random_state=0))


def group_names(captions: Sequence[Sequence[str]]) -> list[str]:
    """A name of up to three words for each group of captions; no two names are the same."""
    counts = [Counter(_telling_words(group)) for group in captions]
    total: Counter[str] = sum(counts, Counter())
    usual = total.total() / max(1, len(counts))  # words of a group
    names: list[str] = []
    for number, own in enumerate(counts, start=1):
        weights = {word: n * np.log(1 + usual / total[word]) for word, n in own.items()}
        best = sorted(weights, key=lambda word: (-weights[word], word))[:_NAME_WORDS]
        name = " ".join(best) or "group"
        names.append(f"{name} {number}" if name in names else name)
    return names


def _telling_words(captions: Sequence[str]) -> list[str]:
    """Each caption's words once: what is said twice is not more typical."""
    return [
        word for caption in captions for word in sorted(set(split_words(caption)) - SMALL_WORDS)
    ]


def _caption(record: ClipRecord) -> str:
    return record.description.caption.text


def _filed(record: ClipRecord, *scores: CategoryScore) -> ClipRecord:
    """The clip under these groups in place of those that it was in before."""
    others = [score for score in record.description.categories if score.kind != KIND]
    every = sorted([*others, *scores], key=lambda score: -score.probability)
    return replace(record, description=replace(record.description, categories=tuple(every)))
