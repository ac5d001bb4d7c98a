"""Looking at a library without a query."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog.interface import ClipFilter, ClipSummary
from catalog.memory import MemoryStore
from pipeline.browsing import CLIPS_PER_REQUEST, LabelCount, find_clip
from pipeline.groups import regroup
from pipeline.indexing import index_paths
from pipeline.shelf import Shelf
from tests.catalog_records import SPACE, clip, direction, video
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


def test_labels_are_counted_among_what_a_filter_admits(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green", "red")
    shoot(films / "b.mp4", "blue", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])

    holdings = Shelf().look(opened)

    assert holdings.counts() == [
        LabelCount("colour", "red", 3),
        LabelCount("colour", "blue", 1),
        LabelCount("colour", "green", 1),
    ]
    red = ClipFilter(categories=("red",))
    assert holdings.counts(red) == [LabelCount("colour", "red", 3)]
    admitted = holdings.admitted(red)
    sure = [clip.probability_of("red") for clip in admitted]
    assert sure == sorted(sure, reverse=True)
    one_video = ClipFilter(video_ids=(admitted[0].video_id,), categories=("blue", "red"))
    assert holdings.admitted(one_video) == []


def test_a_shelf_follows_the_library(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    opened, shelf = library.open(FakeEncoder()), Shelf()
    index_paths(opened, [films])
    assert len(shelf.look(opened).clips) == 1

    shoot(films / "b.mp4", "blue", "green")
    index_paths(opened, [films])
    assert len(shelf.look(opened).clips) == 3

    video = next(v for v in opened.store.videos() if v.path.name == "a.mp4")
    opened.store.delete_video(video.video_id)
    assert {clip.path.name for clip in shelf.look(opened).clips} == {"b.mp4"}


def test_a_clip_is_found_by_its_id_only(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    clip = Shelf().look(opened).clips[1]

    found = find_clip(opened.store, clip.clip_id)

    assert found is not None
    assert found.span == clip.span
    for absent in ("", "nothing", f"{clip.video_id}:1", "../../etc:0"):
        assert find_clip(opened.store, absent) is None


class CountingStore(MemoryStore):
    """Knows of how many videos each request was."""

    def __init__(self) -> None:
        super().__init__(SPACE)
        self.requests: list[int] = []

    def summaries_of(self, video_ids: Sequence[str]) -> list[ClipSummary]:
        self.requests.append(len(video_ids))
        return super().summaries_of(video_ids)


def test_many_videos_are_read_with_few_requests(library: LibraryAtHand) -> None:
    store = library.store = CountingStore()
    for name in "abcde":
        store.upsert_clips([clip(name, 0, direction(1)), clip(name, 4, direction(1))])
        large = CLIPS_PER_REQUEST - 2 if name == "d" else 2
        store.upsert_video(replace(video(name, f"/films/{name}.mp4"), clip_count=large))
    opened, shelf = library.open(), Shelf()

    assert shelf.at_hand(opened) is None
    read = shelf.look(opened)

    assert store.requests == [3, 2]
    assert [clip.clip_id for clip in read.clips] == [
        f"{n}:{at}" for n in "abcde" for at in (0, 4000)
    ]
    assert shelf.at_hand(opened) is read
    store.delete_video("a")
    left = shelf.at_hand(opened)
    assert left is not None
    assert len(left.videos) == 4
    assert store.requests == [3, 2]


def test_labels_that_change_without_their_video_are_seen(
    library: LibraryAtHand, films: Path
) -> None:
    shoot(films / "a.mp4", "red", "red", "red", "blue", "blue", "blue")
    opened, shelf = library.open(FakeEncoder()), Shelf()
    index_paths(opened, [films])
    assert {found.kind for found in shelf.look(opened).counts()} == {"colour"}

    regroup(opened)

    assert {found.kind for found in shelf.look(opened).counts()} == {"colour", "group"}
