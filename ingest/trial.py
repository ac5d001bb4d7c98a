"""New files meet the decoder in a child process first, which may fail without harm."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import (
    CorruptVideoError,
    NoVideoStreamError,
    UnreadableVideoError,
    UnsafeMediaError,
    VideoError,
)

REFUSED, OUT_OF_MEMORY = 3, 4
"""Exit codes of the child."""

ADVICE = "leave it out, or convert it on a machine that you can spare"

_KINDS = {
    kind.__name__: kind
    for kind in (CorruptVideoError, NoVideoStreamError, UnreadableVideoError, UnsafeMediaError)
}


@dataclass(frozen=True)
class Bounds:
    """What the child may use up."""

    memory_bytes: int = 4 << 30
    """Of addresses, on Linux. Sixteen pictures of 16,000 x 8,000 pixels fit."""
    cpu_seconds: int = 20
    """A whole number. Sound files take a third of a second."""
    patience_seconds: float = 120.0
    """Until the child is ended whatever it waits for; stores may be slow."""


USUAL = Bounds()


def try_out(path: Path, *, bounds: Bounds = USUAL) -> None:
    """Have a child process open a video and decode its first frames.

    Raises the ``VideoError`` that opening it raises, and ``UnsafeMediaError`` where the child dies
    of it or reaches its bounds. A store that does not answer is passed over in silence: whoever
    opens the file meets it again.
    """
    command = [sys.executable, "-P", "-m", "ingest.trial_child", str(path)]
    limits = [str(bounds.memory_bytes), str(bounds.cpu_seconds)]
    try:
        child = subprocess.run(
            [*command, *limits],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=bounds.patience_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        problem = f"shows no frame within {bounds.patience_seconds:g} s"
        raise UnsafeMediaError(path, problem, ADVICE) from error
    if child.returncode == REFUSED:
        raise _refusal(path, child.stdout)
    if child.returncode:
        raise UnsafeMediaError(path, _death(child.returncode, child.stderr, bounds), ADVICE)


def _environment() -> dict[str, str]:
    """The environment of here, with the packages that run here, and no threads for arithmetic."""
    here = str(Path(__file__).parents[1])
    searched = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(searched), "OPENBLAS_NUM_THREADS": "1"}


def _refusal(path: Path, answer: bytes) -> VideoError:
    said = json.loads(answer)
    return _KINDS[said["kind"]](path, said["problem"], said["advice"])


def _death(code: int, complaint: bytes, bounds: Bounds) -> str:
    if code == OUT_OF_MEMORY:
        return f"takes more than {bounds.memory_bytes / 1e9:.1f} GB of memory to decode"
    if code == -signal.SIGXCPU:
        return f"takes more than {bounds.cpu_seconds} s to decode a few frames"
    if code < 0:
        return f"makes the decoder crash ({signal.Signals(-code).name})"
    last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    return f"makes the decoder fail ({last})"
