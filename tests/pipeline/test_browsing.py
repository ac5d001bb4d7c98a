"""Looking at a library without a query."""

from pathlib import Path

from catalog.interface import ClipFilter
from pipeline.browsing import LabelCount, find_clip
from pipeline.groups import regroup
from pipeline.indexing import index_paths
from pipeline.shelf import READ_AT_ONCE, Shelf
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


def test_what_takes_long_to_read_is_not_at_hand(library: LibraryAtHand, films: Path) -> None:
    for number in range(READ_AT_ONCE + 1):
        colours = ["red", "green", "blue"]
        shoot(films / f"{number}.mp4", *(colours[number // 3**place % 3] for place in range(2)))
    opened, shelf = library.open(FakeEncoder()), Shelf()
    index_paths(opened, [films])

    assert shelf.at_hand(opened) is None
    read = shelf.look(opened)
    assert shelf.at_hand(opened) is read
    opened.store.delete_video(opened.store.videos()[0].video_id)
    left = shelf.at_hand(opened)
    assert left is not None
    assert len(left.videos) == READ_AT_ONCE


def test_labels_that_change_without_their_video_are_seen(
    library: LibraryAtHand, films: Path
) -> None:
    shoot(films / "a.mp4", "red", "red", "red", "blue", "blue", "blue")
    opened, shelf = library.open(FakeEncoder()), Shelf()
    index_paths(opened, [films])
    assert {found.kind for found in shelf.look(opened).counts()} == {"colour"}

    regroup(opened)

    assert {found.kind for found in shelf.look(opened).counts()} == {"colour", "group"}
