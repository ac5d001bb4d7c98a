"""What benchmarks leave behind: figures as JSON, and one picture of them."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.figure import Figure

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"


@dataclass(frozen=True)
class Distribution:
    """Times of the same thing, in seconds."""

    p25: float
    p50: float
    p75: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Distribution":
        quantiles = np.quantile(seconds, [0.25, 0.5, 0.75, 0.95])
        return cls(*map(float, quantiles), count=len(seconds))

    def as_json(self) -> dict[str, float]:
        """The same in milliseconds."""
        named = {"p25_ms": self.p25, "p50_ms": self.p50, "p75_ms": self.p75, "p95_ms": self.p95}
        return {name: round(1000 * value, 3) for name, value in named.items()}

    def __str__(self) -> str:
        """Median and quartiles, milliseconds."""
        return f"{1000 * self.p50:.1f} ({1000 * self.p25:.1f} to {1000 * self.p75:.1f})"


@dataclass(frozen=True)
class Line:
    """One line of a picture."""

    name: str
    across: Sequence[float]
    up: Sequence[float]


def machine() -> dict[str, str | float | int | None]:
    """Where and beside what it was measured."""
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", "the program's own choice"),
        "load": round(os.getloadavg()[0], 1),
    }


def write_json(path: Path, figures: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")


def draw(
    path: Path,
    lines: Sequence[Line],
    *,
    title: str,
    across: str,
    up: str,
    up_scale: Literal["linear", "log"] = "linear",
) -> None:
    """Draw lines over a logarithmic axis as SVG; on a linear scale from 0 up."""
    # Else every run would write another file for the same figures.
    matplotlib.rcParams["svg.hashsalt"] = "clipseek"
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for line in lines:
        axes.plot(line.across, line.up, marker="o", label=line.name)
    axes.set(title=title, xlabel=across, ylabel=up, xscale="log", yscale=up_scale)
    if up_scale == "linear":
        axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def draw_bars(path: Path, bars: Mapping[str, float], *, title: str, along: str) -> None:
    """Draw a horizontal bar for each figure, the first on top, as SVG."""
    matplotlib.rcParams["svg.hashsalt"] = "clipseek"
    figure = Figure(figsize=(7, 0.5 * len(bars) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    drawn = axes.barh(list(bars), list(bars.values()))
    axes.bar_label(drawn, fmt="{:,.0f}", padding=3)
    axes.set(title=title, xlabel=along)
    axes.margins(x=0.15)
    axes.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
