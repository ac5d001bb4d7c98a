"""Some mutated files and random queries at every change; `benchmarks.fuzz` runs thousands."""

from pathlib import Path

import pytest

from benchmarks.fuzz import fuzz
from benchmarks.fuzz_child import Bait
from tests.tiny_videos import plain, scenes, write_scenes, write_timed


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_scenes(folder / "a.mp4", ["red", "green"])
    for name in ("b.mkv", "c.avi", "d.ts", "e.flv", "f.mov"):
        pictures = list(scenes(["blue", "white"]))
        write_timed(folder / name, pictures, [100 * n for n in range(len(pictures))])
    write_timed(folder / "turned.mp4", [plain("red")] * 5, [*range(5)], turned=(90, True))
    return folder


@pytest.mark.parametrize(("kind", "count"), [("files", 60), ("queries", 200)])
def test_mutated_files_and_random_queries_do_no_harm(samples: Path, kind: str, count: int) -> None:
    outcome = fuzz(kind, count=count, seed="tests", samples=[samples])
    assert outcome.faults == []
    assert outcome.inputs == count
    # Neither all refused nor all harmless.
    assert 0 < outcome.used < count


def test_a_bait_tells_that_it_was_read(tmp_path: Path) -> None:
    bait = Bait(tmp_path / "bait.ts")
    assert not bait.was_taken()
    with bait.path.open("rb", buffering=0) as pipe:
        pipe.read(3)
    assert bait.was_taken()
    assert not bait.was_taken()
