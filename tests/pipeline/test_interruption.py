"""A run that is killed half-way is made good by the next one."""

from pathlib import Path

from catalog.milvus import MilvusStore
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.settings import Settings
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import files_under, shoot, state
from tests.pipeline.half_way import kill_half_way, start

INDEX_UNTIL_KILLED = """
import sys
from pathlib import Path
from pipeline import indexing
from tests.pipeline.test_interruption import open_at

indexing.CLIPS_PER_WRITE = 2

def stop_in_the_second_video(progress):
    if progress.path.name == "b.mp4" and progress.clips_done == 5:
        print("half-way", flush=True)
        sys.stdin.read()

library = open_at(Path(sys.argv[1]))
indexing.index_paths(library, [Path(sys.argv[2])], on_progress=stop_in_the_second_video)
"""


def open_at(folder: Path) -> Library:
    settings = Settings(library=folder, clip_max_seconds=2, clip_min_seconds=0.5)
    store = MilvusStore.open(folder / "catalog", space=COLOUR_SPACE)
    return Library(settings, store, FakeEncoder)


def test_a_killed_run_and_another_end_like_an_undisturbed_one(tmp_path: Path) -> None:
    films = tmp_path / "films"
    for name, colours in (("a", "red"), ("b", "red green blue red green blue"), ("c", "green")):
        shoot(films / f"{name}.mp4", *colours.split())
    child = start(INDEX_UNTIL_KILLED, tmp_path / "killed", films)
    kill_half_way(child)

    with open_at(tmp_path / "killed") as killed, open_at(tmp_path / "calm") as calm:
        assert [video.path.name for video in killed.store.videos()] == ["a.mp4"]
        assert killed.store.count_clips() == 1 + 4, "two writes of the second video"
        report = index_paths(killed, [films])
        assert [video.path.name for video in report.indexed] == ["b.mp4", "c.mp4"]
        assert [file.path.name for file in report.skipped] == ["a.mp4"]
        index_paths(calm, [films])
        assert state(killed.store) == state(calm.store)
        assert killed.store.count_clips() == 8
        assert files_under(killed.thumbnails) == files_under(calm.thumbnails)
