"""How much memory indexing takes, of a minute of film and of two hours of it.

    python -m benchmarks.memory --minutes 1 120

Each length is indexed by the real command, all at once, into a library of its own; the films repeat
the same minute, 480 x 270 at 5 frames a second. Clips are twice as long as by default and show the
encoder as many frames: two hours would take twice as long else. Writes memory.json and memory.svg,
and prints a Markdown table of the greatest resident size; exit code 1 where a limit is not kept.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import FOLDER, draw_bars, machine, write_json
from benchmarks.footage import Format, film
from search_ui.demo_footage import prepare_footage

FORMAT = Format(480, 270, rate=5)
SETTINGS = {
    "CLIPSEEK_FRAMES_PER_SECOND": "0.5",
    "CLIPSEEK_CLIP_MIN_SECONDS": "2",
    "CLIPSEEK_CLIP_MAX_SECONDS": "16",
}
FACTOR = 1.2
"""What the longest film may take of what the shortest takes."""
MOST_MEGABYTES = 1500


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory")
    parser.add_argument("--minutes", type=int, nargs="+", default=[1, 120])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        prepare_footage(Path(place) / "footage")
        started = {minutes: start(minutes, Path(place)) for minutes in arguments.minutes}
        try:
            peaks = {minutes: peak_megabytes(process) for minutes, process in started.items()}
        finally:
            stop(started.values())
    ratio = peaks[max(peaks)] / peaks[min(peaks)]
    write_json(
        arguments.folder / "memory.json",
        {"machine": machine(), "peak_megabytes": peaks, "longest_to_shortest": round(ratio, 3)},
    )
    draw_bars(
        arguments.folder / "memory.svg",
        {f"{minutes} min": peak for minutes, peak in peaks.items()},
        title="Memory that indexing a film takes",
        along="greatest resident size, MB",
    )
    print("| minutes of film | greatest resident size, MB |\n|---|---|")
    for minutes, peak in peaks.items():
        print(f"| {minutes} | {peak:.0f} |")
    print(f"\nthe longest to the shortest: {ratio:.2f}")
    sys.exit(0 if ratio <= FACTOR and max(peaks.values()) < MOST_MEGABYTES else 1)


def start(minutes: int, place: Path) -> subprocess.Popen[bytes]:
    """Begin `clipseek index` on a film of a length."""
    path = film(place / "footage", place / f"{minutes}.mp4", seconds=60 * minutes, form=FORMAT)
    return subprocess.Popen(
        [sys.executable, "-m", "search_ui.command_line", "index", str(path)],
        env=os.environ | SETTINGS | {"CLIPSEEK_LIBRARY": str(place / f"library-{minutes}")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def stop(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """End those that still run."""
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def peak_megabytes(process: subprocess.Popen[bytes]) -> float:
    """The greatest resident size of a process until it ended."""
    # Of this child alone; RUSAGE_CHILDREN has the greatest of all so far.
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit("indexing failed")
    return used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
