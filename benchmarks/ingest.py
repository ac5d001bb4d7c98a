"""How quickly a film is indexed, against the least that can take.

    python -m benchmarks.ingest --footage DIR --minutes 10 --repeats 2

The film is 1280 x 720, H.264, made of the footage again and again, by default of the footage of
`clipseek demo`. The stages of `benchmarks.ingest_stages` take turns, each with one thread; the
script and its like run once. Decoding and describing overlap, so no index can be quicker than the
slower of the two. Writes ingest.json and ingest.svg, and prints Markdown tables; exit code 1 where
a limit is not kept.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import FOLDER, draw_bars, machine, write_json
from benchmarks.footage import HD, film
from benchmarks.ingest_stages import DECODED_SECONDS, SCRIPT_SECONDS
from search_ui.demo_footage import prepare_footage

PARTS = ("decode", "describe", "index")
COMPARED = ("script", "sampled")
LEAST, SCRIPT, SAMPLED = "index / slower of decode, describe", "script / index", "sampled / index"
MOST_OF_LEAST, LEAST_GAIN = 1.15, 4.0
"""What indexing may take of the least, and the script of indexing at least."""


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest")
    parser.add_argument("--footage", type=Path, help="a folder of films")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for the figures")
    arguments = parser.parse_args()
    seconds = 60 * arguments.minutes
    with tempfile.TemporaryDirectory() as place:
        footage = arguments.footage or _sample(Path(place) / "footage")
        path = film(footage, Path(place) / "film.mp4", seconds=seconds, form=HD)
        beginning = {stage: _seconds(stage, path) / SCRIPT_SECONDS for stage in COMPARED}
        lengths = dict.fromkeys(PARTS, seconds) | {"decode": min(seconds, DECODED_SECONDS)}
        rounds = [
            {stage: _seconds(stage, path) / length for stage, length in lengths.items()}
            for _ in range(arguments.repeats)
        ]
    ratios = {
        LEAST: [took["index"] / max(took["decode"], took["describe"]) for took in rounds],
        SCRIPT: [beginning["script"] / took["index"] for took in rounds],
        SAMPLED: [beginning["sampled"] / took["index"] for took in rounds],
    }
    stages = {stage: [took[stage] for took in rounds] for stage in PARTS}
    stages |= {stage: [took] for stage, took in beginning.items()}
    _report(stages, ratios, arguments.folder)
    kept = (
        statistics.median(ratios[LEAST]) <= MOST_OF_LEAST
        and statistics.median(ratios[SCRIPT]) >= LEAST_GAIN
    )
    sys.exit(0 if kept else 1)


def _sample(folder: Path) -> Path:
    prepare_footage(folder)
    return folder


def _seconds(stage: str, film: Path) -> float:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest_stages", stage, str(film)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(run.stdout.split()[-1])


def _report(stages: dict[str, list[float]], ratios: dict[str, list[float]], folder: Path) -> None:
    milliseconds = {stage: [1000 * took for took in every] for stage, every in stages.items()}
    write_json(
        folder / "ingest.json",
        {"machine": machine(), "ms_for_a_second_of_film": milliseconds, "ratios": ratios},
    )
    draw_bars(
        folder / "ingest.svg",
        {stage: statistics.median(taken) for stage, taken in milliseconds.items()},
        title="Indexing a film of 720p, its parts, and what people write first",
        along="ms for a second of film, one thread; less is better",
    )
    print("| stage | ms for a second of film, median | all |\n|---|---|---|")
    for stage, taken in milliseconds.items():
        print(_row(stage, taken, digits=0))
    print("\n| ratio | median | all |\n|---|---|---|")
    for name, values in ratios.items():
        print(_row(name, values, digits=2))


def _row(name: str, values: list[float], *, digits: int) -> str:
    every = ", ".join(f"{value:.{digits}f}" for value in values)
    return f"| {name} | {statistics.median(values):.{digits}f} | {every} |"


if __name__ == "__main__":
    main()
