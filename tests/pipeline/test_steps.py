"""The steps of a job, done one after the other without a broker, and done wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from catalog.memory import MemoryStore
from ingest.content import content_id
from pipeline.indexing import index_paths
from pipeline.jobs import Ending, Job, Order
from pipeline.library import Library
from pipeline.progress import Bound, State, job_status, overview, statuses
from pipeline.reports import IndexReport
from pipeline.steps import InterruptedWorkError, Workplace, encode_segment, open_video, send_due
from pipeline.storing import store_video
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import LibraryAtHand, files_under, shoot, state

SHOTS = ("red", "green", "blue", "red", "green", "blue", "red", "green")


@dataclass
class LocalQueue:
    """Keeps what is to be done until somebody does it, in this process."""

    library: Library
    steps: list[tuple[str, str, int]] = field(default_factory=list)
    stopping: bool = False

    @property
    def place(self) -> Workplace:
        return Workplace(self.library.jobs, self, "run", lambda: self.stopping)

    def open_video(self, video_id: str) -> None:
        self.steps.append(("open", video_id, 0))

    def encode_segment(self, video_id: str, number: int) -> None:
        self.steps.append(("encode", video_id, number))

    def store_video(self, video_id: str) -> None:
        self.steps.append(("store", video_id, 0))

    def require_workers(self) -> None:
        """Whoever waits does the work."""
        if self.steps:
            self.do(self.steps.pop(0))

    def do(self, step: tuple[str, str, int]) -> None:
        name, video_id, number = step
        settings = self.library.settings
        if name == "open":
            open_video(self.place, video_id, segment_seconds=settings.segment_seconds)
        elif name == "encode":
            encode_segment(self.place, video_id, number, cataloguer=lambda: self.library.cataloguer)
        else:
            store_video(self.place, video_id, library=self.library)

    def do_all(self) -> None:
        while self.steps:
            self.do(self.steps.pop(0))


@pytest.fixture
def queue(library: LibraryAtHand) -> LocalQueue:
    library.settings = library.settings.model_copy(update={"segment_seconds": 4.0})
    return LocalQueue(library.open(FakeEncoder()))


def submitted(queue: LocalQueue, path: Path) -> Job:
    status = path.stat()
    order = Order(content_id(path), path, status.st_size, status.st_mtime_ns)
    job = queue.library.jobs.submit(order)
    queue.open_video(job.video_id)
    return job


def run(queue: LocalQueue, *paths: Path) -> IndexReport:
    return index_paths(queue.library, paths, queue=queue)


def calm(queue: LocalQueue, films: Path, tmp_path: Path) -> object:
    other = LibraryAtHand(tmp_path / "calm")
    other.settings = queue.library.settings.model_copy(update={"library": tmp_path / "calm"})
    index_paths(other.open(FakeEncoder()), [films])
    return state(other.store)


def test_steps_and_one_process_come_to_the_same(
    queue: LocalQueue, films: Path, tmp_path: Path
) -> None:
    for name in "ab":
        shoot(films / f"{name}.mp4", *SHOTS, *(["blue"] if name == "b" else []))
    report = run(queue, films)
    queue.do_all()
    assert [video.path.name for video in report.indexed] == ["a.mp4", "b.mp4"]
    assert report.failed == []
    assert state(queue.library.store) == calm(queue, films, tmp_path)
    plan = queue.library.jobs.get(report.indexed[0].video_id).plan()
    assert plan is not None
    assert len(plan.segments) > 2
    thumbnails = files_under(queue.library.thumbnails)
    assert thumbnails == files_under(tmp_path / "calm" / "thumbnails")
    assert [file.reason for file in run(queue, films).skipped] == ["unchanged", "unchanged"]


def test_a_copy_is_recognised(queue: LocalQueue, films: Path) -> None:
    first = shoot(films / "a.mp4", *SHOTS)
    (films / "b.mp4").write_bytes(first.read_bytes())
    report = run(queue, films)
    assert [video.path for video in report.indexed] == [first]
    assert [file.reason for file in report.skipped] == [f"same content as {first}"]


def test_what_is_no_video_fails_with_its_reason(queue: LocalQueue, films: Path) -> None:
    (films / "a.mp4").write_bytes(b"no video at all" * 100)
    report = run(queue, films)
    (failed,) = report.failed
    assert str(films / "a.mp4") in failed.error
    assert queue.library.store.count_clips() == 0
    shoot(films / "a.mp4", "red")
    assert len(run(queue, films).indexed) == 1, "its failure is not held against the path"


def test_a_file_that_changes_meanwhile_is_refused(queue: LocalQueue, films: Path) -> None:
    path = shoot(films / "a.mp4", *SHOTS)
    job = submitted(queue, path)
    queue.do(queue.steps.pop(0))
    shoot(path, "red")
    queue.do_all()
    outcome = job.outcome()
    assert outcome is not None
    assert outcome.ending is Ending.FAILED
    assert "changed" in outcome.error
    assert queue.library.store.count_clips() == 0


def test_a_failed_video_gets_another_chance(queue: LocalQueue, films: Path) -> None:
    path = shoot(films / "a.mp4", *SHOTS)
    job = submitted(queue, path)
    job.refuse("some reason of before")
    queue.do_all()
    outcome = job.outcome()
    assert outcome is not None
    assert outcome.error == "some reason of before"
    assert len(run(queue, films).indexed) == 1


def test_a_removed_video_is_not_worked_on(queue: LocalQueue, films: Path) -> None:
    path = shoot(films / "a.mp4", *SHOTS)
    job = submitted(queue, path)
    queue.do(queue.steps.pop(0))
    queue.library.jobs.discard(job.video_id)
    queue.do_all()
    assert queue.library.store.count_clips() == 0
    assert list((queue.library.settings.library / "jobs").iterdir()) == []


def test_a_worker_that_is_stopped_leaves_the_segment(
    queue: LocalQueue, films: Path, tmp_path: Path
) -> None:
    job = submitted(queue, shoot(films / "a.mp4", *SHOTS))
    queue.do(queue.steps.pop(0))
    queue.stopping = True
    with pytest.raises(InterruptedWorkError):
        queue.do(queue.steps[0])
    status = job_status(job)
    assert status is not None
    assert status.state is State.PUT_OFF
    queue.stopping = False
    queue.do_all()
    assert state(queue.library.store) == calm(queue, films, tmp_path)


def test_what_another_encoder_made_is_made_again(
    queue: LocalQueue, films: Path, tmp_path: Path
) -> None:
    job = submitted(queue, shoot(films / "a.mp4", *SHOTS))
    queue.do(queue.steps.pop(0))
    while queue.steps[0][0] == "encode":
        queue.do(queue.steps.pop(0))
    foreign = job.clips_file(0)
    with np.load(foreign) as content:
        arrays = dict(content)
    text = arrays["text"].tobytes().replace(b"colour-00000000", b"colour-11111111")
    np.savez(foreign.with_suffix(".npz"), **arrays | {"text": np.frombuffer(text, np.uint8)})
    foreign.with_suffix(".npz").rename(foreign)
    queue.do_all()
    assert state(queue.library.store) == calm(queue, films, tmp_path)


class BusyStore(MemoryStore):
    """Something happens while it writes."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__(COLOUR_SPACE)
        self._meanwhile = [meanwhile]

    def flush(self) -> None:
        if self._meanwhile:
            self._meanwhile.pop()()


def test_a_segment_that_is_done_while_others_are_stored_is_not_forgotten(
    queue: LocalQueue, films: Path, tmp_path: Path
) -> None:
    submitted(queue, shoot(films / "a.mp4", *SHOTS))
    queue.do(queue.steps.pop(0))
    last = queue.steps.pop()
    busy = BusyStore(lambda: queue.do(last))
    queue.library = Library(queue.library.settings, busy, FakeEncoder)
    queue.do_all()
    assert state(queue.library.store) == calm(queue, films, tmp_path)


def doubled(queue: LocalQueue) -> None:
    if queue.steps:
        queue.do(queue.steps[0])


def reversed_order(queue: LocalQueue) -> None:
    queue.steps.reverse()


def lost(queue: LocalQueue) -> None:
    queue.steps.clear()
    for job in queue.library.jobs.all():
        if job.outcome() is None:
            send_due(queue.place, job)
    # Of what was sent again, only the last arrives.
    queue.steps = queue.steps[-1:]


@pytest.mark.parametrize("disturb", [doubled, reversed_order, lost])
def test_messages_doubled_disordered_or_lost_do_no_harm(
    queue: LocalQueue, films: Path, tmp_path: Path, disturb: Callable[[LocalQueue], None]
) -> None:
    job = submitted(queue, shoot(films / "a.mp4", *SHOTS))
    for _ in range(200):
        disturb(queue)
        if job.outcome() is not None:
            break
        queue.do(queue.steps.pop(0))
    assert state(queue.library.store) == calm(queue, films, tmp_path)


def test_progress_is_told(queue: LocalQueue, films: Path) -> None:
    job = submitted(queue, shoot(films / "a.mp4", *SHOTS))
    waiting = job_status(job)
    assert waiting is not None
    assert (waiting.state, waiting.clips_done, waiting.clips_total) == (State.WAITING, 0, None)
    queue.do(queue.steps.pop(0))
    queue.do(queue.steps.pop(0))
    running = job_status(job)
    assert running is not None
    assert running.state is State.RUNNING
    assert running.clips_done == 2
    assert running.clips_total == len(SHOTS)
    assert running.bound in (Bound.DECODE, Bound.ENCODE)
    assert 0 < running.seconds_done < running.seconds_total
    queue.do_all()
    done = job_status(job)
    assert done is not None
    assert replace(done, bound=None) == replace(
        running,
        state=State.READY,
        clips_done=len(SHOTS),
        clips_total=len(SHOTS),
        seconds_done=done.seconds_total,
        seconds_left=0.0,
        bound=None,
    )
    whole = overview(statuses(queue.library.jobs))
    assert (whole.videos, whole.videos_done, whole.failed) == (1, 1, 0)
    assert (whole.clips_done, whole.clips_total) == (len(SHOTS), len(SHOTS))
