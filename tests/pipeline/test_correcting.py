"""Corrections: found at once, kept through everything, taken back whole."""

import json
from pathlib import Path

import numpy as np
import pytest

from catalog.interface import ClipFilter, ClipRecord
from encoder.interface import CategoryScore, EmbeddingSpace
from ingest.video import Video
from pipeline.correcting import Change, CorrectionError, correct, settle, undo
from pipeline.corrections import Correction, Corrections
from pipeline.groups import KIND, regroup
from pipeline.indexing import ignore_progress, index_paths, records_of
from pipeline.library import Library
from pipeline.query import Query, Text
from pipeline.reindexing import reindex
from pipeline.removal import remove
from pipeline.searching import search
from pipeline.shelf import Shelf
from tests.catalog_records import facts
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, clip_facts, shoot


@pytest.fixture
def opened(library: LibraryAtHand, films: Path) -> Library:
    """Two films of three shots."""
    shoot(films / "a.mp4", "red", "green", "red")
    shoot(films / "b.mp4", "green", "red", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    return opened


def all_clips(library: Library) -> list[ClipRecord]:
    store = library.store
    return [clip for video in store.videos() for clip in store.clips_of(video.video_id)]


def of(library: Library, clip_id: str) -> ClipRecord:
    (found,) = (clip for clip in all_clips(library) if clip.clip_id == clip_id)
    return found


def labels(record: ClipRecord) -> list[tuple[str, str]]:
    return [(c.kind, c.label) for c in record.description.categories if c.kind != KIND]


def test_new_words_find_the_moment_and_so_does_its_picture(opened: Library) -> None:
    clip_id = all_clips(opened)[2].clip_id
    assert search(opened, Query.of(Text("blue")), limit=1)[0].record.clip_id != clip_id
    before = of(opened, clip_id).description.embedding

    returned = correct(opened, clip_id, Change(caption="  a blue   ball "))

    assert facts(returned) == facts(of(opened, clip_id))
    assert returned.description.caption.text == "a blue ball"
    hit = search(opened, Query.of(Text("blue")), limit=1)[0]
    assert hit.record.clip_id == clip_id
    after = hit.record.description.embedding
    assert float(after @ before) > 0.75
    green = next(c for c in all_clips(opened) if ("colour", "green") in labels(c))
    assert float(after @ before) > float(green.description.embedding @ before)


def test_labels_are_added_under_the_kind_that_the_library_knows(opened: Library) -> None:
    clip_id = all_clips(opened)[0].clip_id

    correct(opened, clip_id, Change(add=("green", "my dog"), remove=("red",)))

    assert labels(of(opened, clip_id)) == [("colour", "green"), ("label", "my dog")]
    hits = search(opened, Query.of(Text("red")), limit=9, where=ClipFilter(categories=("my dog",)))
    assert [hit.record.clip_id for hit in hits] == [clip_id]


def test_corrections_add_up_and_are_taken_back_whole(opened: Library) -> None:
    clip_id = all_clips(opened)[0].clip_id
    before = facts(of(opened, clip_id))
    correct(opened, clip_id, Change(caption="blue"))
    once = of(opened, clip_id).description.embedding
    correct(opened, clip_id, Change(add=("my dog",)))
    correct(opened, clip_id, Change(caption="green"))
    correct(opened, clip_id, Change(caption="blue", remove=("my dog",), add=(
        CategoryScore("outside", "topic", 0.1),
    )))  # fmt: skip

    now = of(opened, clip_id)
    np.testing.assert_allclose(now.description.embedding, once, atol=1e-6)
    assert ("topic", "outside") in labels(now)
    assert ("label", "my dog") not in labels(now)

    undo(opened, clip_id)

    assert facts(of(opened, clip_id)) == before
    with pytest.raises(CorrectionError, match="nothing to undo"):
        undo(opened, clip_id)


def test_a_correction_outlives_the_catalog(opened: Library, films: Path) -> None:
    clip_id = all_clips(opened)[1].clip_id
    described = facts(of(opened, clip_id))
    correct(opened, clip_id, Change(caption="a blue ball", remove=("green",)))
    expected = clip_facts(opened.store, of(opened, clip_id).video_id)

    for video in opened.store.videos():
        opened.store.delete_video(video.video_id)
    index_paths(opened, [films])

    assert clip_facts(opened.store, of(opened, clip_id).video_id) == expected
    undo(opened, clip_id)
    assert facts(of(opened, clip_id)) == described


def test_clips_cut_otherwise_are_corrected_where_they_show_the_same(opened: Library) -> None:
    _, cut, _ = (clip for clip in all_clips(opened) if clip.path.name == "b.mp4")
    assert (cut.span.start_seconds, cut.span.end_seconds) == (2, 4)
    correct(opened, cut.clip_id, Change(caption="a blue ball"))
    settings = opened.settings.model_copy(update={"clip_max_seconds": 1.5})
    other = Library(settings, opened.store, FakeEncoder)

    with Video.open(cut.path) as video:
        clips = list(records_of(other, video, ignore_progress))

    # Two seconds of green in halves, four of red in thirds: only the first shares most with it.
    assert [clip.description.caption.text for clip in clips] == [
        "something green",
        "something green",
        "a blue ball",
        "something red",
        "something red",
    ]


def test_another_encoder_takes_corrections_over_even_those_made_meanwhile(
    opened: Library, library: LibraryAtHand
) -> None:
    first, second = (clip.clip_id for clip in all_clips(opened)[:2])
    correct(opened, first, Change(caption="a blue ball"))
    space = EmbeddingSpace("colour-11111111", 3)
    encoder = FakeEncoder(space)
    successor = Library(
        library.settings, opened.store.successor(space, encoder="b"), lambda: encoder
    )
    done: list[ClipRecord] = []

    def correct_in_the_end(progress: object) -> None:
        if progress.clips_done == 3 and not done:
            done.append(correct(opened, second, Change(caption="a red ball")))

    report = reindex(opened, successor, on_progress=correct_in_the_end)

    assert report.switched
    assert done
    assert opened.store.space == space
    captions = {clip.clip_id: clip.description.caption.text for clip in all_clips(opened)}
    assert (captions[first], captions[second]) == ("a blue ball", "a red ball")


def test_grouping_corrects_nothing_away(opened: Library) -> None:
    clip_id = all_clips(opened)[0].clip_id
    correct(opened, clip_id, Change(caption="blue", add=("my dog",)))

    regroup(opened)
    undo(opened, clip_id)

    kinds = [category.kind for category in of(opened, clip_id).description.categories]
    assert kinds.count(KIND) == 1
    assert of(opened, clip_id).description.caption.text == "something red"


def test_what_was_cut_short_is_settled(opened: Library) -> None:
    record = all_clips(opened)[0]
    correct(opened, record.clip_id, Change(caption="a blue ball", remove=("red",)))
    expected = facts(of(opened, record.clip_id))
    opened.store.upsert_clips([record])

    assert settle(opened) == 1
    assert facts(of(opened, record.clip_id)) == expected
    assert settle(opened) == 0


def test_a_shelf_shows_a_correction_at_once(opened: Library) -> None:
    clip_id, shelf = all_clips(opened)[0].clip_id, Shelf()

    def captions() -> set[str]:
        return {clip.caption for clip in shelf.look(opened).clips}

    assert captions() == {"something red", "something green"}
    correct(opened, clip_id, Change(caption="a blue ball"))
    assert captions() == {"something red", "something green", "a blue ball"}
    undo(opened, clip_id)
    assert captions() == {"something red", "something green"}


def test_removing_a_video_forgets_what_was_said_of_it(opened: Library) -> None:
    record = all_clips(opened)[0]
    correct(opened, record.clip_id, Change(caption="a blue ball"))

    remove(opened, [record.path])

    assert not list(opened.settings.library.rglob(f"{record.video_id}*"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (Change(), "nothing to correct"),
        (Change(caption="  "), "caption is empty"),
        (Change(caption="x" * 1001), "1000 are allowed"),
        (Change(caption="\udcff"), "no text"),
        (Change(add=("",)), "label is empty"),
        (Change(remove=("blue",)), "not in 'blue'; its categories: red"),
        (Change(add=("red",), remove=("red",)), "decide for one"),
    ],
)
def test_what_makes_no_sense_changes_nothing(opened: Library, change: Change, reason: str) -> None:
    record = all_clips(opened)[0]

    with pytest.raises(CorrectionError, match=reason):
        correct(opened, record.clip_id, change)

    assert facts(of(opened, record.clip_id)) == facts(record)
    assert not Corrections(opened.settings.library).of(record.video_id)


def test_a_clip_that_is_not_there_cannot_be_corrected(opened: Library) -> None:
    for absent in ("", "../../x:0", f"{all_clips(opened)[0].video_id}:1"):
        with pytest.raises(CorrectionError, match="no such moment"):
            correct(opened, absent, Change(caption="blue"))


def test_the_file_is_for_people_and_a_damaged_one_is_named(opened: Library, tmp_path: Path) -> None:
    record = all_clips(opened)[0]
    correct(opened, record.clip_id, Change(caption="Füße", add=("my dog",), remove=("red",)))
    path = opened.settings.library / "corrections" / f"{record.video_id}.json"

    (said,) = json.loads(path.read_text())

    assert said["caption"] == "Füße"
    assert said["added"] == [["label", "my dog"]]
    kept = Corrections(opened.settings.library).of(record.video_id)
    assert kept == (
        Correction(record.span, "Füße", (CategoryScore("my dog", "label", 1.0),), ("red",)),
    )
    path.write_text("{")
    with pytest.raises(OSError, match="is damaged"):
        correct(opened, record.clip_id, Change(caption="blue"))
