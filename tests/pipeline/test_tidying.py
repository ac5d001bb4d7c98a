"""Jobs that are over: what is kept of them, and for how long."""

import os
from pathlib import Path

import pytest

from pipeline.jobs import KEPT_SECONDS, Job
from pipeline.library import Library
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot
from tests.pipeline.test_steps import LocalQueue, run, submitted


class TidyingQueue(LocalQueue):
    """Everything that is over is long over for whoever waits."""

    def require_workers(self) -> None:
        super().require_workers()
        for job in self.library.jobs.all():
            let_pass(job)
        self.library.jobs.tidy()


@pytest.fixture
def queue(library: LibraryAtHand) -> LocalQueue:
    return LocalQueue(library.open(FakeEncoder()))


def let_pass(job: Job) -> None:
    """Let the time pass for which it is shown how a job ended."""
    file = job.folder / "outcome.json"
    if file.exists():
        ended = file.stat().st_mtime - KEPT_SECONDS - 1
        os.utime(file, (ended, ended))


def kept(library: Library) -> list[str]:
    library.jobs.tidy()
    return [job.order().path.name for job in library.jobs.all()]


def test_what_is_ready_is_kept_for_a_while(queue: LocalQueue, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    waiting = submitted(queue, shoot(films / "b.mp4", "blue"))
    queue.steps.clear()
    run(queue, films / "a.mp4")
    assert sorted(kept(queue.library)) == ["a.mp4", "b.mp4"]
    for job in queue.library.jobs.all():
        let_pass(job)
    assert kept(queue.library) == ["b.mp4"]
    assert waiting.exists()
    assert [file.reason for file in run(queue, films / "a.mp4").skipped] == ["unchanged"]


def test_why_a_file_failed_is_kept_as_long_as_the_file(queue: LocalQueue, films: Path) -> None:
    (films / "a.mp4").write_bytes(b"no video at all" * 100)
    assert run(queue, films).failed
    for job in queue.library.jobs.all():
        let_pass(job)
    assert kept(queue.library) == ["a.mp4"]
    (films / "a.mp4").unlink()
    assert kept(queue.library) == []


def test_whoever_waits_for_many_hears_of_those_that_are_tidied_away(
    queue: LocalQueue, films: Path
) -> None:
    for name, colour in zip("abc", ("red", "green", "blue"), strict=True):
        shoot(films / f"{name}.mp4", colour)
    (films / "d.mp4").write_bytes((films / "a.mp4").read_bytes())
    report = run(TidyingQueue(queue.library), films)
    assert report.failed == []
    assert [video.path.name for video in report.indexed] == ["a.mp4", "b.mp4", "c.mp4"]
    assert [file.path.name for file in report.skipped] == ["d.mp4"]
    assert kept(queue.library) == []
