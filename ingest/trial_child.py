"""The child process of `ingest.trial`: decodes the beginning of one file under limits.

    python -m ingest.trial_child FILE MEMORY_BYTES CPU_SECONDS

The exit code says how it went; where the file is refused, the reason stands in JSON on the
standard output.
"""

import json
import os
import resource
import sys
from itertools import islice
from pathlib import Path

from ingest.errors import UnreachableMediaError, VideoError
from ingest.trial import OUT_OF_MEMORY, REFUSED
from ingest.video import Video

FRAMES = 8
SHORT_SIDE = 256


def main() -> int:
    """Try one file out."""
    path, memory_bytes, cpu_seconds = sys.argv[1:]
    _confine(int(memory_bytes), int(cpu_seconds))
    try:
        _decode(Path(path))
    except VideoError as error:
        refusal = {
            "kind": type(error).__name__, "problem": error.problem, "advice": error.advice,
        }  # fmt: skip
        sys.stdout.write(json.dumps(refusal))
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except UnreachableMediaError:
        return 0
    return 0


def _confine(memory_bytes: int, cpu_seconds: int) -> None:
    _at_most(resource.RLIMIT_CPU, cpu_seconds)
    _at_most(resource.RLIMIT_FSIZE, 0)
    _at_most(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        # Elsewhere the system does not keep such a limit.
        _at_most(resource.RLIMIT_AS, memory_bytes)
        # On one core FFmpeg starts no threads, each of which would hold pictures of its own.
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})


def _at_most(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, hard))


def _decode(path: Path) -> None:
    # Without its id, so that only as much is read as the decoder asks for.
    with Video.open(path, video_id="") as video:
        for frame in islice(video.frames(), FRAMES):
            frame.small_bgr()
            frame.rgb(short_side=SHORT_SIDE)


if __name__ == "__main__":
    sys.exit(main())
