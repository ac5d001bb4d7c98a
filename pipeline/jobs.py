"""Videos that workers index, as files: what was ordered, how far it came, how it ended.

What is on disk here is the truth. Messages to workers only say where to look, so one that is
lost, late or doubled does no harm. ``<library>/jobs/<video_id>/`` holds

- ``order.json``: which file, as it was when it was ordered;
- ``plan.json``: its segments, once the file was opened;
- ``refused``: why the video cannot be indexed at all;
- ``<n>.clips``: the records of segment n, and ``<n>.stored``, once the catalog has them;
- ``<n>.failed``: why segment n was set aside;
- ``<n>.repeated``: segment n was described by an encoder that is not used any more;
- ``<n>.progress``: how far segment n is;
- ``<step>.lease``: who works on a step;
- ``begun``: what the catalog held of the video before is gone;
- ``outcome.json``: how it ended.
"""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from ingest.clip import Segment
from pipeline.durable import sync_folder, write_durably
from pipeline.encoding import Pace
from pipeline.leases import wait_until_free
from pipeline.places import is_gone

OPEN, STORE = "open", "store"
"""Steps that a job has once; the others are the numbers of its segments."""


SURELY_LEFT_SECONDS = 3600.0
"""Nobody takes so long to make or delete a job."""

KEPT_SECONDS = 3600.0
"""For so long it is shown how a job ended well."""


@dataclass(frozen=True)
class Order:
    """One file to index, as it was when it was ordered."""

    video_id: str
    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Plan:
    """How a video is divided."""

    duration_seconds: float
    """0 where the container does not say."""
    segments: tuple[Segment, ...]
    width: int = 0
    """Of the picture as displayed, pixels; 0 in plans from before this was noted."""
    height: int = 0


@dataclass(frozen=True)
class SegmentProgress:
    """How far one segment is."""

    clips: int
    seconds: float
    """Of its footage, done."""
    pace: Pace


class Ending(StrEnum):
    """How a job ended."""

    READY = "ready"
    INCOMPLETE = "incomplete"
    """Searchable, but for some segments that were set aside."""
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of a video."""

    ending: Ending
    clips: int
    seconds: float
    """Duration of the video."""
    error: str = ""


class Job:
    """The files of one video's job. All methods may be called by any process at any time.

    Methods that write raise ``FileNotFoundError`` where the job was discarded.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.video_id = folder.name

    def exists(self) -> bool:
        return (self.folder / "order.json").exists()

    def order(self) -> Order:
        """Raises ``FileNotFoundError`` where the job was discarded."""
        fields = json.loads((self.folder / "order.json").read_bytes())
        return Order(**fields | {"path": Path(fields["path"])})

    def plan(self) -> Plan | None:
        """None before the file was opened."""
        fields = self._read("plan.json")
        if fields is None:
            return None
        noted = json.loads(fields)
        segments = tuple(Segment(**segment) for segment in noted["segments"])
        return Plan(**noted | {"segments": segments})

    def record_plan(self, plan: Plan) -> None:
        write_durably(self.folder / "plan.json", json.dumps(asdict(plan)).encode())

    def refusal(self) -> str | None:
        """Why the video cannot be indexed at all; None as long as nothing speaks against it."""
        reason = self._read("refused")
        return None if reason is None else reason.decode()

    def refuse(self, reason: str) -> None:
        write_durably(self.folder / "refused", reason.encode("utf-8", "backslashreplace"))

    def clips_file(self, number: int) -> Path:
        """Where the records of a segment lie, once it is done."""
        return self.folder / f"{number}.clips"

    def set_aside(self, number: int, reason: str) -> None:
        write_durably(self.folder / f"{number}.failed", reason.encode("utf-8", "backslashreplace"))

    def why_set_aside(self, number: int) -> str | None:
        """None where the segment was not."""
        reason = self._read(f"{number}.failed")
        return None if reason is None else reason.decode()

    def is_settled(self, number: int) -> bool:
        """True when no more work is to be done on a segment."""
        return self.clips_file(number).exists() or (self.folder / f"{number}.failed").exists()

    def is_stored(self, number: int) -> bool:
        return (self.folder / f"{number}.stored").exists()

    def mark_stored(self, number: int) -> None:
        write_durably(self.folder / f"{number}.stored", b"")

    def drop_clips(self, number: int) -> None:
        """Have a segment described anew, and stored anew."""
        (self.folder / f"{number}.stored").unlink(missing_ok=True)
        self.clips_file(number).unlink(missing_ok=True)

    def is_repeated(self, number: int) -> bool:
        """True where a segment had to be described again, by the encoder of now."""
        return (self.folder / f"{number}.repeated").exists()

    def mark_repeated(self, number: int) -> None:
        write_durably(self.folder / f"{number}.repeated", b"")

    def is_begun(self) -> bool:
        return (self.folder / "begun").exists()

    def mark_begun(self) -> None:
        write_durably(self.folder / "begun", b"")

    def note_progress(self, number: int, progress: SegmentProgress) -> None:
        """Not made safe: it only tells how far things are."""
        target = self.folder / f"{number}.progress"
        unfinished = target.with_suffix(".progressing")
        unfinished.write_text(json.dumps(asdict(progress)))
        unfinished.replace(target)

    def progress(self, number: int) -> SegmentProgress:
        content = self._read(f"{number}.progress")
        if content is None:
            return SegmentProgress(0, 0.0, Pace())
        fields = json.loads(content)
        return SegmentProgress(**fields | {"pace": Pace(**fields["pace"])})

    def lease(self, step: str) -> Path:
        """Where the lease of a step lies."""
        return self.folder / f"{step}.lease"

    def outcome(self) -> Outcome | None:
        """None while the job is not done."""
        content = self._read("outcome.json")
        if content is None:
            return None
        fields = json.loads(content)
        return Outcome(**fields | {"ending": Ending(fields["ending"])})

    def finish(self, outcome: Outcome) -> None:
        """Record how the job ended, and then drop what only its way there needed."""
        write_durably(self.folder / "outcome.json", json.dumps(asdict(outcome)).encode())
        for path in self.folder.glob("*.clips"):
            path.unlink(missing_ok=True)

    def is_over_for(self, seconds: float) -> bool:
        """True where the job ended at least so long ago."""
        try:
            ended = (self.folder / "outcome.json").stat().st_mtime
        except FileNotFoundError:
            return False
        return time.time() - ended >= seconds

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None


class Jobs:
    """All jobs of a library."""

    def __init__(self, library: Path) -> None:
        self._folder = library / "jobs"

    def get(self, video_id: str) -> Job:
        """The job of a video, which need not exist."""
        return Job(self._folder / video_id)

    def all(self) -> Iterator[Job]:
        """Every job, finished or not, by video id."""
        if self._folder.is_dir():
            for folder in sorted(self._folder.iterdir()):
                if not folder.name.startswith("."):
                    yield Job(folder)

    def submit(self, order: Order) -> Job:
        """Order a video, unless that has been done; one that failed before gets another chance.

        However many do so at once, there is one job. Raises ``OSError`` where the library cannot
        be written.
        """
        job = self.get(order.video_id)
        outcome = job.outcome()
        if outcome is not None and outcome.ending is not Ending.READY:
            self.discard(order.video_id)
        self._folder.mkdir(parents=True, exist_ok=True)
        new = self._folder / f".new-{uuid4().hex}"
        new.mkdir()
        try:
            fields = asdict(order) | {"path": str(order.path)}
            write_durably(new / "order.json", json.dumps(fields).encode())
            new.rename(job.folder)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            if not job.exists():
                raise
        sync_folder(self._folder)
        return job

    def discard(self, video_id: str) -> None:
        """Take a job away; when this returns, nobody writes to the catalog because of it."""
        gone = Job(self._folder / f".gone-{uuid4().hex}")
        try:
            self.get(video_id).folder.rename(gone.folder)
        except FileNotFoundError:
            return
        wait_until_free(gone.lease(STORE))
        shutil.rmtree(gone.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what a power cut left half made or half deleted, and what nobody needs any more.

        Of a video that is ready the catalog says all. Why another failed stands here alone, until
        its file is gone as well.
        """
        for folder in self._folder.glob(".*"):
            if time.time() - folder.stat().st_mtime > SURELY_LEFT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        for job in self.all():
            if job.is_over_for(KEPT_SECONDS) and _is_needless(job):
                self.discard(job.video_id)


def _is_needless(job: Job) -> bool:
    outcome = job.outcome()
    try:
        return outcome is not None and (outcome.ending is Ending.READY or is_gone(job.order().path))
    except FileNotFoundError:
        return False  # it was discarded meanwhile
