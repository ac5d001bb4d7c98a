"""How quickly a film is indexed, against the least that can take.

    python -m benchmarks.ingest --footage DIR --minutes 10 --repeats 3

The film is 1280 x 720, H.264, made of the footage again and again. The stages of
`benchmarks.ingest_stages` take turns, each with one thread. Decoding and describing overlap, so
no index can be quicker than the slower of the two. Prints Markdown tables; --json and --picture
name files for the figures. Nothing else should run meanwhile.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.footage import film
from benchmarks.ingest_stages import SCRIPT_SECONDS, STAGES

ON_A_MINUTE = ("script", "sampled")


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest")
    parser.add_argument("--footage", type=Path, required=True, help="a folder of films")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    seconds = 60 * arguments.minutes
    lengths = {stage: SCRIPT_SECONDS if stage in ON_A_MINUTE else seconds for stage in STAGES}
    with tempfile.TemporaryDirectory() as place:
        path = film(
            arguments.footage, Path(place) / "film.mp4", seconds=seconds, width=1280, height=720
        )
        rounds = [
            {stage: _seconds(stage, path) / length for stage, length in lengths.items()}
            for _ in range(arguments.repeats)
        ]
    ratios = _ratios(rounds)
    _print(rounds, ratios)
    if arguments.json:
        figures = {"seconds_per_second_of_film": rounds, "ratios": ratios}
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


def _seconds(stage: str, film: Path) -> float:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest_stages", stage, str(film)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(run.stdout.split()[-1])


def _ratios(rounds: list[dict[str, float]]) -> dict[str, list[float]]:
    return {
        "index / the slower of decode and describe": [
            took["index"] / max(took["decode"], took["describe"]) for took in rounds
        ],
        "script / index": [took["script"] / took["index"] for took in rounds],
        "sampled / index": [took["sampled"] / took["index"] for took in rounds],
    }


def _print(rounds: list[dict[str, float]], ratios: dict[str, list[float]]) -> None:
    print("| stage | ms for a second of film, median | all |\n|---|---|---|")
    for stage in rounds[0]:
        print(_row(stage, [1000 * took[stage] for took in rounds], digits=0))
    print("\n| ratio | median | all |\n|---|---|---|")
    for name, values in ratios.items():
        print(_row(name, values, digits=2))


def _row(name: str, values: list[float], *, digits: int) -> str:
    every = ", ".join(f"{value:.{digits}f}" for value in values)
    return f"| {name} | {statistics.median(values):.{digits}f} | {every} |"


if __name__ == "__main__":
    main()
