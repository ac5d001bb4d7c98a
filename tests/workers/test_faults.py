"""Whatever dies, and whenever: every video ends as in an undisturbed run, or with its reason."""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ingest.content import content_id
from pipeline.progress import State, job_status
from pipeline.reports import IndexReport
from tests.pipeline.films import shoot
from tests.tiny_videos import write_scenes
from tests.workers.system import System, held, kill, undisturbed, wait_for

COLOURS = ("red", "green", "blue")
PERMUTATIONS = itertools.product(COLOURS, repeat=4)


@pytest.fixture
def colours() -> Iterator[str]:
    """Eight shots that no other test has, so that its video is new to the library."""
    return iter(["red", "blue", "green", "red", *next(PERMUTATIONS)])


def assert_all_there(system: System, folder: Path, tmp_path: Path) -> None:
    with system.opened() as library:
        assert held(library, [folder]) == undisturbed(system.settings, tmp_path, [folder])


def names(report: IndexReport) -> list[str]:
    assert report.failed == []
    return [video.path.name for video in report.indexed]


@pytest.mark.parametrize(
    "stage",
    ["open", "received", "decode", "encode", "write", "send", "store", "finish", "finished"],
)
def test_a_worker_killed_in_any_stage(
    system: System, films: Path, tmp_path: Path, colours: Iterator[str], stage: str
) -> None:
    shoot(films / "a.mp4", *colours)
    with system.gate(stage) as reached:
        report = system.index(films)
        kill(reached())
    assert names(report.result()) == ["a.mp4"]
    assert_all_there(system, films, tmp_path)


@pytest.mark.parametrize(("service", "stage"), [("broker", "encode"), ("catalog", "store")])
def test_a_server_killed_and_started_again(
    system: System,
    films: Path,
    tmp_path: Path,
    colours: Iterator[str],
    service: str,
    stage: str,
) -> None:
    shoot(films / "a.mp4", *colours)
    with system.gate(stage) as reached:
        report = system.index(films)
        reached()
        system.kill_service(service)
    assert names(report.result()) == ["a.mp4"]
    assert_all_there(system, films, tmp_path)


def test_a_full_disk_puts_off_what_it_hinders(
    system: System, films: Path, tmp_path: Path, colours: Iterator[str]
) -> None:
    path = shoot(films / "a.mp4", *colours)
    full = system.gates / "full"
    full.touch()
    report = system.index(films)
    with system.opened() as library:
        job = library.jobs.get(content_id(path))

        def trouble() -> str:
            status = job_status(job)
            return status.error if status is not None and status.state is State.PUT_OFF else ""

        wait_for(trouble, "the disk is found full")
        assert "No space left" in trouble()
    full.unlink()
    assert names(report.result()) == ["a.mp4"]
    assert_all_there(system, films, tmp_path)


def test_five_clients_with_the_same_video(
    system: System, films: Path, tmp_path: Path, colours: Iterator[str]
) -> None:
    shoot(films / "a.mp4", *colours)
    reports = [system.index(films) for _ in range(5)]
    for report in reports:
        result = report.result()
        assert result.failed == []
        assert len(result.indexed) + len(result.skipped) == 1
    assert_all_there(system, films, tmp_path)


def test_messages_delivered_twice(
    system: System, films: Path, tmp_path: Path, colours: Iterator[str]
) -> None:
    path = shoot(films / "a.mp4", *colours)
    video_id = content_id(path)
    with system.gate("encode") as reached:
        report = system.index(films)
        reached()
        with system.queue() as queue:
            for _ in range(2):
                queue.open_video(video_id)
                queue.encode_segment(video_id, 0)
                queue.store_video(video_id)
    assert names(report.result()) == ["a.mp4"]
    with system.queue() as queue:
        queue.encode_segment(video_id, 0)
        queue.store_video(video_id)
    assert_all_there(system, films, tmp_path)


def test_everything_killed_at_once(
    system: System, films: Path, tmp_path: Path, colours: Iterator[str]
) -> None:
    shot = list(colours)
    path = shoot(films / "a.mp4", *shot)
    shoot(films / "b.mp4", *shot[1:])
    shoot(films / "c.mp4", *shot[2:])
    with system.gate("store") as reached:
        report = system.index(films)
        reached()
        wait_for(lambda: len(list((system.library / "jobs").glob("*/order.json"))) >= 3, "orders")
        system.kill_everything()
    assert report.exception() is not None
    system.start()
    with system.opened() as library:
        job = library.jobs.get(content_id(path))
        wait_for(job.outcome, "the first video goes on")
    # Those that were ordered go on by themselves; whoever asks again waits for them.
    report = system.index(films)
    assert report.result().failed == []
    assert_all_there(system, films, tmp_path)


def test_a_poison_file_among_good_ones(system: System, films: Path, tmp_path: Path) -> None:
    lengths = (itertools.product(COLOURS, repeat=shots) for shots in itertools.count(1))
    good = {f"{number:02}.mp4": shots for number, shots in enumerate(first(50, lengths))}
    for name, shots in good.items():
        shoot(films / name, *shots)
    write_scenes(films / "25-bad.mp4", ["white"])
    done = system.run("index", films, "--json")
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    assert sorted(Path(video["path"]).name for video in document["indexed"]) == sorted(good)
    (failed,) = document["failed"]
    assert Path(failed["path"]).name == "25-bad.mp4"
    assert "the worker died 2 times" in failed["error"]
    (films / "25-bad.mp4").unlink()
    assert_all_there(system, films, tmp_path)


def first(count: int, series: Iterator[Iterable[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return list(itertools.islice(itertools.chain.from_iterable(series), count))


def test_a_poison_part_does_not_take_the_rest_along(
    system: System, films: Path, colours: Iterator[str]
) -> None:
    before, after = ["red", "green", "blue", "red"], list(colours)
    write_scenes(films / "a.mp4", [*before, "white", "white", *after])
    report = system.index(films).result()
    (failed,) = report.failed
    assert "parts were set aside" in failed.error
    assert "the worker died 2 times" in failed.error
    (video,) = report.indexed
    with system.opened() as library:
        clips = library.store.clips_of(video.video_id)
        assert len(clips) == video.clips
        starts = {clip.span.start_seconds for clip in clips}
        assert min(starts) < 2
        assert max(starts) > 2 * len(before) + 4
        assert 2 * len(before) not in {round(start) for start in starts}
        job = library.jobs.get(video.video_id)
        status = job_status(job)
        assert status is not None
        assert status.state is State.INCOMPLETE
