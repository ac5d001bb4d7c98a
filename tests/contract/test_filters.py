"""Filters mean the same to every store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from catalog.interface import ClipFilter, ClipRecord, ClipStore, LabelCondition, VideoRecord
from catalog.memory import MemoryStore
from catalog.milvus import MilvusStore
from encoder.interface import CategoryScore
from tests.catalog_records import SPACE, clip, direction, video

LABELS = ("cat", "dog", "zoom in", 'say "hi"')
KINDS = ("topic", "camera")
PLACES = ("/films/Holiday/a.mp4", "/films/b_%.mp4", "/films/naïve/猫.mp4", "s3:/bucket/c.mp4")
HEIGHTS = (0, 480, 719, 720, 4320)
"""Of pictures; the first of these is not known."""
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
FILTERS = 500


def days(number: float) -> datetime:
    return BEGAN + timedelta(days=float(number))


def videos() -> list[VideoRecord]:
    """Twelve videos of as many days, the last of which has no record."""
    return [
        replace(
            video(f"v{number}", PLACES[number % len(PLACES)]),
            modified_ns=int(days(number).timestamp()) * 10**9,
            duration_seconds=10.0 * number,
            width=HEIGHTS[number % len(HEIGHTS)] * 16 // 9,
            height=HEIGHTS[number % len(HEIGHTS)],
        )
        for number in range(11)
    ]


def clips(random: np.random.Generator) -> list[ClipRecord]:
    return [
        filed(clip(f"v{number % 12}", number, direction(*random.standard_normal(8))), random)
        for number in range(60)
    ]


def filed(record: ClipRecord, random: np.random.Generator) -> ClipRecord:
    """The clip under some labels, a label of two kinds among them."""
    scores = [
        CategoryScore(
            str(label), str(random.choice(KINDS)), float(random.choice([0.25, 0.5, 0.75]))
        )
        for label in random.choice(LABELS, random.integers(0, 6))
    ]
    return replace(record, description=replace(record.description, categories=tuple(scores)))


def random_filter(random: np.random.Generator) -> ClipFilter:
    def some(values: tuple[str, ...], most: int = 2) -> tuple[str, ...]:
        return tuple(map(str, random.choice(values, random.integers(0, most + 1))))

    def seldom() -> bool:
        return bool(random.random() < 0.25)

    probabilities = [0.0, 0.25, 0.3, 0.5, 1e-7, 1.0]
    return ClipFilter(
        categories=some(LABELS) if seldom() else (),
        video_ids=some(tuple(f"v{n}" for n in range(14)), 6) if seldom() else (),
        labels=tuple(
            LabelCondition(
                label, str(str(random.choice(["", *KINDS]))), float(random.choice(probabilities))
            )
            for label in some((*LABELS, "no such"))
        ),
        places=some(("holiday", "/FILMS", "_%", "猫", "S3://bucket", "c.mp4")) if seldom() else (),
        after=days(random.integers(0, 12)) if seldom() else None,
        before=days(random.integers(0, 12)) if seldom() else None,
        least_seconds=float(random.choice([10, 35])) if seldom() else 0.0,
        most_seconds=float(random.choice([60, 90])) if seldom() else np.inf,
        least_height=float(random.choice([1, 480, 720, 5000])) if seldom() else 0.0,
    )


def meets(where: ClipFilter, record: ClipRecord, known: dict[str, VideoRecord]) -> bool:
    """What a filter says, looked at clip by clip."""
    scores = record.description.categories
    if not set(where.categories) <= {score.label for score in scores}:
        return False
    for wanted in where.labels:
        kinds = [wanted.kind] if wanted.kind else KINDS
        least = wanted.least_probability
        if not any(
            s.label == wanted.label and s.kind in kinds and s.probability >= least for s in scores
        ):
            return False
    if where.video_ids and record.video_id not in where.video_ids:
        return False
    if replace(where, categories=(), labels=(), video_ids=()) == ClipFilter():
        return True
    if record.video_id not in known:
        return False
    of = known[record.video_id]
    path = str(of.path).replace("s3:/", "s3://").lower()
    changed = datetime.fromtimestamp(of.modified_ns / 1e9, UTC)
    return (
        (not where.places or any(place.lower() in path for place in where.places))
        and (where.after is None or changed >= where.after)
        and (where.before is None or changed < where.before)
        and where.least_seconds <= of.duration_seconds <= where.most_seconds
        and (where.least_height == 0 or of.height >= where.least_height)
    )


@pytest.fixture(scope="module")
def records() -> list[ClipRecord]:
    return clips(np.random.default_rng(6))


@pytest.fixture(scope="module", params=["memory", "milvus"])
def store(
    request: pytest.FixtureRequest,
    records: list[ClipRecord],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ClipStore]:
    opened: ClipStore
    if request.param == "memory":
        opened = MemoryStore(SPACE)
    else:
        opened = MilvusStore.open(tmp_path_factory.mktemp("catalog"), space=SPACE)
    opened.upsert_clips(records)
    for known in videos():
        opened.upsert_video(known)
    yield opened
    opened.close()


def test_random_filters_admit_what_they_say(store: ClipStore, records: list[ClipRecord]) -> None:
    random = np.random.default_rng(7)
    known = {v.video_id: v for v in videos()}
    sizes = set()
    for _ in range(FILTERS):
        where = random_filter(random)
        hits = store.search(direction(1), limit=len(records), where=where)
        expected = {record.clip_id for record in records if meets(where, record, known)}
        assert {hit.record.clip_id for hit in hits} == expected, where
        sizes.add(len(expected))
    assert len(sizes) > 15


def test_a_condition_on_a_label_is_met_by_one_label_whole(store: ClipStore) -> None:
    # The right label of the wrong kind, and the right kind of another label, make no match.
    made = clip("w", 0, direction(1))
    scores = (CategoryScore("owl", "topic", 0.9), CategoryScore("fox", "camera", 0.2))
    store.upsert_clips([replace(made, description=replace(made.description, categories=scores))])

    def found(*condition: object) -> int:
        where = ClipFilter(labels=(LabelCondition(*condition),))
        return len(store.search(direction(1), limit=9, where=where))

    assert found("owl", "topic", 0.9) == found("fox", "camera", 0.2) == found("owl") == 1
    assert found("owl", "camera") == found("fox", "", 0.5) == found("owl", "topic", 0.95) == 0
    store.delete_video("w")


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_no_label_is_surer_than_certain(probability: float) -> None:
    with pytest.raises(ValueError, match=r"within \[0, 1\]"):
        LabelCondition("cat", least_probability=probability)
