"""Mutated files and random queries: none may crash, hang, or have other files opened.

    python -m benchmarks.fuzz --files 2000 --queries 2000 --seed 1

Each input goes, in a child process, through all that ClipSeek does with a film: it is opened,
divided, cut into clips, sought in, heard, cut out, taken for a picture; or a query is read and
asked of a small library. What counts as a fault: an error that is not ClipSeek's own, a signal,
more than 30 s or 4 GiB, a file opened outside the trial's folder. A seed gives the same inputs.
Prints the faults; exit code 1 where there are any.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = Path("../shared/data")


@dataclass
class Outcome:
    """What came of the inputs of one kind."""

    inputs: int = 0
    used: int = 0
    """Those that were not refused: films that gave a clip, queries that were answered."""
    faults: list[str] = field(default_factory=list)


def fuzz(kind: str, *, count: int, seed: str, samples: Sequence[Path], first: int = 0) -> Outcome:
    """Send `count` inputs through child processes; one that dies is followed by another."""
    outcome, at = Outcome(), first
    while at < first + count:
        with tempfile.TemporaryDirectory() as folder:
            words = [kind, seed, str(at), str(first + count), folder, *map(str, samples)]
            child = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.fuzz_child", *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            reached = [*_followed(child, outcome, kind)]
        if not reached:
            raise SystemExit(f"the child cannot begin: {_death(child.returncode)}")
        outcome.inputs += len(reached)
        at = reached[-1] + 1
        if child.returncode:
            outcome.faults.append(f"{kind} {reached[-1]}: {_death(child.returncode)}")
    return outcome


def _followed(child: subprocess.Popen[str], outcome: Outcome, kind: str) -> Iterator[int]:
    """Yield the number of each input that the child comes to, until it ends."""
    number = 0
    assert child.stdout is not None
    for line in child.stdout:
        word, _, rest = line.strip().partition(" ")
        if word == "at":
            number = int(rest)
            yield number
        elif word == "used":
            outcome.used += 1
        elif word == "fault":
            outcome.faults.append(f"{kind} {number}: {rest}")
    child.wait()


def _death(code: int) -> str:
    if code == -signal.SIGALRM:
        return "took too long"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def main() -> int:
    """Run both kinds and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--samples", type=Path, nargs="*", help="folders of small films")
    arguments = parser.parse_args()
    samples = arguments.samples or [SAMPLES / "formats", SAMPLES / "footage"]
    faults = 0
    for kind, count in (("files", arguments.files), ("queries", arguments.queries)):
        began = time.monotonic()
        outcome = fuzz(
            kind, count=count, seed=arguments.seed, samples=samples, first=arguments.first
        )
        faults += len(outcome.faults)
        took = time.monotonic() - began
        print(f"{outcome.inputs} {kind}, {outcome.used} of use, ", end="")
        print(f"{len(outcome.faults)} faults, {took:.0f} s", flush=True)
        print("\n".join(outcome.faults), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
