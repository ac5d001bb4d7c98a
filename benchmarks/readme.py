"""Puts the figures that `make bench` left in docs/benchmarks into the README.

    python -m benchmarks.readme

What stands between two marks there is replaced; what was not measured is left out.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import FOLDER

README = FOLDER.parents[1] / "README.md"
BEGIN, END = "<!-- speed, written by make bench -->", "<!-- end of speed -->"

Figures = Mapping[str, Any]
"""What a benchmark wrote."""


def main() -> int:
    """Rewrite the README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the figures")
    parser.add_argument("--readme", type=Path, default=README)
    arguments = parser.parse_args()
    text = arguments.readme.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        print(
            f"{arguments.readme}: lacks the marks {BEGIN} and {END}; put them in", file=sys.stderr
        )
        return 1
    arguments.readme.write_text(f"{before}{BEGIN}\n{table(arguments.folder)}{END}{after}")
    return 0


def table(folder: Path) -> str:
    """The rows of all that was measured, as Markdown."""
    found = {
        name: json.loads(path.read_text()) for name in ROWS if (path := folder / name).exists()
    }
    rows = [row for name, figures in found.items() for row in ROWS[name](figures)]
    machines = {_machine(figures) for figures in found.values()}
    return "\n".join([f"| {'; '.join(sorted(machines))} | |", "|---|---|", *rows, ""])


def _machine(figures: Figures) -> str:
    machine = figures["machine"]
    return f"{machine['processor']}, {machine['cores']} cores"


def _ingest(figures: Figures) -> Sequence[str]:
    index = statistics.median(figures["ms_for_a_second_of_film"]["index"])
    ratios = {name: statistics.median(values) for name, values in figures["ratios"].items()}
    return [
        _row("indexing 720p, two threads", f"{1000 / index:.1f} x as fast as it plays"),
        *(_row(name, f"{value:.2f}") for name, value in ratios.items()),
    ]


def _memory(figures: Figures) -> Sequence[str]:
    return [
        _row(f"greatest size, {minutes} min of film", f"{megabytes:,.0f} MB")
        for minutes, megabytes in figures["peak_megabytes"].items()
    ]


def _latency(figures: Figures) -> Sequence[str]:
    return [
        _row(
            f"search, {one['clips']:,} clips",
            f"{one['search']['p50_ms']:.0f} ms, 95 % within {one['search']['p95_ms']:.0f} ms; "
            f"{one['ratio']:.2f} x bare encoder and bare Milvus",
        )
        for one in figures["figures"]
        if one["case"] == "all clips"
    ]


def _growth(figures: Figures) -> Sequence[str]:
    sizes = [one["clips"] for one in figures["figures"]]
    name = f"storing a clip, {sizes[-1]:,} clips / {sizes[0]:,}"
    return [_row(name, f"{figures['writing_last_to_first']:.2f}")]


def _row(name: str, value: str) -> str:
    return f"| {name} | {value} |"


ROWS: dict[str, Callable[[Figures], Sequence[str]]] = {
    "ingest.json": _ingest,
    "memory.json": _memory,
    "latency.json": _latency,
    "growth.json": _growth,
}


if __name__ == "__main__":
    sys.exit(main())
