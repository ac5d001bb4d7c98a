"""Stands in for what takes long or cannot be timed: an encoder, and gates to stop a process at.

A gate is a file. A process that comes to a gate which is there says so and waits until it is
gone, so that a test can kill it at that very place.
"""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pipeline.assembly
import pipeline.steps
import search_ui.api_service
import search_ui.page_service
import search_ui.system_commands
import workers.local
import workers.lookout
import workers.service_process
import workers.tasks
from catalog.interface import ClipRecord
from catalog.taking_turns import StoreTakingTurns
from encoder.interface import ClipDescription
from ingest.clip import Clip, Segment
from ingest.video import Video
from pipeline.encoding import Cataloguer
from pipeline.jobs import Job
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from workers.queue import TaskQueue

LOOK_SECONDS = "TEST_LOOK_SECONDS"
"""Environment variable: how long the writer waits between its looks for dropped steps."""
GATES = "TEST_GATES"
"""Environment variable: the folder of the gates."""

DEADLY_BRIGHTNESS = 220
"""A clip as bright as this kills the process that describes it."""


def pass_gate(name: str) -> None:
    folder = Path(os.environ[GATES])
    gate = folder / name
    while gate.exists():
        (folder / f"{name}.{os.getpid()}.reached").touch()
        time.sleep(0.02)


class DangerousEncoder(FakeEncoder):
    """Dies of white clips, as a decoder might of a broken file."""

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        if any(clip.frames.mean() > DEADLY_BRIGHTNESS for clip in clips):
            os.kill(os.getpid(), signal.SIGKILL)
        pass_gate("encode")
        return super().describe(clips)


def install() -> None:
    """Put the fakes in place, in a process of a test."""
    pipeline.assembly.embedding_space = lambda *_, **__: COLOUR_SPACE
    pipeline.assembly.load_encoder = lambda *_, **__: DangerousEncoder()
    workers.local.WORKER_MODULE = "tests.workers.fake_worker"
    search_ui.page_service.MODULE = "tests.workers.fake_page"
    search_ui.api_service.MODULE = "tests.workers.fake_command"
    search_ui.system_commands.COMMAND_MODULE = "tests.workers.fake_command"
    workers.service_process.LONGEST_BACK_OFF_SECONDS = 0.2
    workers.lookout.LOOK_SECONDS = float(os.environ.get(LOOK_SECONDS, "60"))


def install_gates() -> None:
    """Let every step of a worker lead through a gate."""
    workers.tasks.encode_segment = _gated("received", workers.tasks.encode_segment)
    Cataloguer.records = _gated_records(Cataloguer.records)
    pipeline.steps.write_clips = _gated_write(pipeline.steps.write_clips)
    Job.record_plan = _gated("open", Job.record_plan)
    TaskQueue.store_video = _gated("send", TaskQueue.store_video)
    StoreTakingTurns.upsert_clips = _gated("store", StoreTakingTurns.upsert_clips)
    StoreTakingTurns.upsert_video = _gated("finish", StoreTakingTurns.upsert_video)
    Job.finish = _gated("finished", Job.finish)


def _gated(name: str, method: Callable) -> Callable:
    def gated(*arguments: object, **named: object) -> None:
        pass_gate(name)
        method(*arguments, **named)

    return gated


def _gated_records(method: Callable) -> Callable:
    def gated(self: Cataloguer, video: Video, segment: Segment) -> Iterator[ClipRecord]:
        pass_gate("decode")
        yield from method(self, video, segment)

    return gated


def _gated_write(write: Callable) -> Callable:
    def gated(path: Path, records: Sequence[ClipRecord], *, space: str) -> None:
        pass_gate("write")
        if (Path(os.environ[GATES]) / "full").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, records, space=space)

    return gated
