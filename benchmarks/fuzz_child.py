"""The child process of `benchmarks.fuzz`: works through some inputs, telling which it is at.

    python -m benchmarks.fuzz_child files|queries SEED FIRST LAST FOLDER [SAMPLES ...]

Prints ``at N`` before each input, ``used`` after one that was not refused, and ``fault REASON`` for
what should not be. An input that takes too long ends the process with SIGALRM.
"""

import os
import random
import resource
import signal
import site
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path

from benchmarks.mutations import mutant, question, samples_in
from catalog.milvus import MilvusStore
from ingest.clip import ClipSpan
from ingest.cutting import cut
from ingest.errors import VideoError
from ingest.sampling import Sampling, read_clips
from ingest.sound import sound_during
from ingest.still import still_clip
from ingest.video import Video
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.moments import search_moments
from pipeline.query import QueryError
from pipeline.query_language import parse
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot

SECONDS_PER_INPUT = 30
MEMORY_BYTES = 4 << 30
CLIPS = 3
"""Of each film; what is wrong with it mostly shows early."""
UNTOUCHED = b"untouched"
PROGRAM = tuple(
    map(os.path.realpath, (sys.prefix, sys.base_prefix, *site.getsitepackages(), os.getcwd()))
)
"""Where this program's own files lie; they are read when they are first needed."""
SYSTEM = ("/dev/null", "/dev/urandom", "/proc/", "/sys/")
MOST_SHOWN = 1500

Trial = Callable[[random.Random], bool]
"""Runs one input; whether it was of use."""


class Watch:
    """Notes what Python opens outside the folder of the trial, and what it connects to."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[str] = []
        self.armed = False
        self._allowed = (os.path.realpath(folder), *PROGRAM, *SYSTEM)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.armed:
            return
        if event in {"subprocess.Popen", "os.exec", "os.system"}:
            self.seen.append(f"{event} {arguments[0]!r}")
        elif event == "open" and isinstance(arguments[0], str | bytes):
            name = os.path.realpath(os.fsdecode(arguments[0]))
            if not name.startswith(self._allowed):
                self.seen.append(f"opened {name}")


class Bait:
    """A pipe that the playlists name: whoever reads it empties it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        os.write(self._pipe, UNTOUCHED)

    def was_taken(self) -> bool:
        """Whether somebody read it since the last call."""
        left = b""
        with suppress(BlockingIOError):
            left = os.read(self._pipe, 100)
        os.write(self._pipe, UNTOUCHED)
        return left != UNTOUCHED


def look_at(path: Path) -> bool:
    """Do with a film all that ClipSeek does with one; whether it gave a clip."""
    clips = 0
    with suppress(VideoError), Video.open(path) as video:
        video.segments(60)
        for _ in islice(read_clips(video, Sampling()), CLIPS):
            clips += 1
        length = min(video.info.duration_seconds, 3600.0)
        for _ in video.frames_at([0.0, length / 2, length]):
            pass
        span = ClipSpan(0.3, 2.3)
        for _ in sound_during(path, span, origin_seconds=video.origin_seconds):
            pass
    with suppress(VideoError):
        still_clip(path, short_side=64)
    with suppress(VideoError):
        cut(path, ClipSpan(0.0, 1.0), path.with_name("cut.mp4"))
    return clips > 0


def film_trial(folder: Path, samples: Sequence[Path], stack: ExitStack) -> Trial:
    """What is done with input number N: a mutated file is read."""
    bait = Bait(folder / "bait.ts")
    known = samples_in(samples)

    def run(dice: random.Random) -> bool:
        suffix, content = mutant(dice, known, bait.path)
        path = folder / f"mutant{suffix}"
        path.write_bytes(content)
        is_film = look_at(path)
        path.unlink()
        if bait.was_taken():
            raise PermissionError("a file that another one names was read")
        return is_film

    return run


def query_trial(folder: Path, samples: Sequence[Path], stack: ExitStack) -> Trial:
    """What is done with input number N: a random query is asked."""
    shoot(folder / "films" / "a.mp4", "red", "green", "blue")
    shoot(folder / "films" / "b.mp4", "blue", "red")
    store = MilvusStore.open(folder / "catalog", space=COLOUR_SPACE)
    settings = LibraryAtHand(folder / "library").settings
    library = stack.enter_context(Library(settings, store, FakeEncoder))
    index_paths(library, [folder / "films"])

    def run(dice: random.Random) -> bool:
        try:
            asked = parse(question(dice))
            if asked.query is not None:
                search_moments(library, asked.query, where=asked.where)
            else:
                store.search(COLOURLESS, limit=5, where=asked.where)
        except QueryError as error:
            if "\n" in str(error):
                raise ValueError("the refusal has two lines") from error
            return False
        return True

    return run


COLOURLESS = FakeEncoder().embed_texts([""])[0]
TRIALS = {"files": film_trial, "queries": query_trial}


def main() -> None:
    """Work through the inputs."""
    kind, seed, first, last, folder, *samples = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    watch = Watch(Path(folder))
    with ExitStack() as stack:
        run = TRIALS[kind](Path(folder), [*map(Path, samples)], stack)
        for number in range(int(first), int(last)):
            print(f"at {number}", flush=True)
            signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_INPUT)
            watch.armed = True
            try:
                if run(random.Random(f"{seed} {kind} {number}")):
                    print("used", flush=True)
            except Exception:
                _tell(traceback.format_exc()[-MOST_SHOWN:])
            watch.armed = False
            for sight in watch.seen:
                _tell(sight)
            watch.seen.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _tell(fault: str) -> None:
    print("fault " + fault.strip().replace("\n", " | "), flush=True)


if __name__ == "__main__":
    main()
