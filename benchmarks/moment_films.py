"""Films of known moments: captioned photographs under a moving camera, and clips of actions.

Every film is a row of moments with cuts between. What is shown when is written down beside them,
so that searches can be judged; see `benchmarks.moments`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evaluation.images import CaptionedImage, read_captions
from ingest.camera import MOVEMENTS, simulate_movement
from ingest.clip import ClipSpan
from ingest.discovery import find_media
from ingest.even_frames import even_frames
from ingest.video import Video
from ingest.writing import write_video

FRAMES_PER_SECOND = 10
SIDE = 256
"""Pixels; square, as the photographs of the data are squashed to squares."""
SHORTEST_SECONDS, LONGEST_SECONDS = 2.0, 4.0
MOMENTS_PER_FILM = 30
ASKED = "flickr8k/dev.tsv"
"""Its captions are the queries; all else in the films is there to be confused with."""
OTHERS = (("aerial/dev.tsv", 210), ("aerial/train.tsv", 290))
"""Tables of photographs, and how many of each."""
ACTIONS = ("ucf", "fights", "interactions")
TABLE = "moments.tsv"
COLUMNS = ("film", "start_seconds", "end_seconds", "source")

Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Moment:
    """What a film shows for a few seconds."""

    film: Path
    span: ClipSpan
    source: str
    """The file that it was made of, relative to the folder of the data."""
    captions: tuple[str, ...] = ()
    """What may be asked for to find it; empty where nothing is asked."""


def written_moments(folder: Path, data: Path) -> list[Moment]:
    """The moments of the films in `folder`, which are shot from `data` where they are not there.

    Raises ``EvaluationError`` where a table of captions cannot be read, ``VideoError`` where a clip
    cannot be, and ``OSError`` where a photograph cannot be read or a film not be written.
    """
    data, table = data.resolve(), folder / TABLE
    if not table.exists():
        _shoot_all(folder, data)
    captions = {_place(ASKED, image): image.captions for image in read_captions(data / ASKED)}
    with table.open(newline="", encoding="utf-8") as lines:
        return [
            Moment(
                folder / row["film"],
                ClipSpan(float(row["start_seconds"]), float(row["end_seconds"])),
                row["source"],
                captions.get(row["source"], ()),
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def _shoot_all(folder: Path, data: Path) -> None:
    rng = np.random.default_rng(0)
    sources = _sources(data)
    order = [sources[number] for number in rng.permutation(len(sources))]
    rows = []
    for first in range(0, len(order), MOMENTS_PER_FILM):
        shots = order[first : first + MOMENTS_PER_FILM]
        lengths = rng.uniform(SHORTEST_SECONDS, LONGEST_SECONDS, len(shots))
        name = f"films/{first // MOMENTS_PER_FILM:03}.mp4"
        cuts = _shoot(folder / name, [data / shot for shot in shots], lengths=lengths)
        rows += [(name, *cut, shot) for cut, shot in zip(pairwise(cuts), shots, strict=True)]
    # Written last: a folder without it is begun anew.
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerows([COLUMNS, *rows])


def _sources(data: Path) -> list[str]:
    tables = ((ASKED, None), *OTHERS)
    pictures = [
        _place(table, image)
        for table, count in tables
        for image in read_captions(data / table)[:count]
    ]
    clips = [str(path.relative_to(data)) for path in find_media([data / name for name in ACTIONS])]
    return pictures + clips


def _place(table: str, image: CaptionedImage) -> str:
    return f"{Path(table).parent}/images/{image.name}"


def _shoot(film: Path, sources: Sequence[Path], *, lengths: NDArray[np.float64]) -> list[float]:
    """Write one film; return where its moments begin, and its end, in seconds."""
    film.parent.mkdir(parents=True, exist_ok=True)
    cuts = [0]

    def frames() -> Iterator[Frames]:
        for number, (source, seconds) in enumerate(zip(sources, lengths, strict=True)):
            shown = _moving(source, float(seconds), number)
            yield from shown
            cuts.append(cuts[-1] + len(shown))

    write_video(film, frames(), frames_per_second=FRAMES_PER_SECOND)
    return [cut / FRAMES_PER_SECOND for cut in cuts]


def _moving(source: Path, seconds: float, number: int) -> list[Frames]:
    """``(SIDE, SIDE, 3)`` frames of a photograph under camera movement `number`, or of a clip."""
    if source.suffix == ".webp":
        with Image.open(source) as image:
            photograph = np.asarray(image.convert("RGB"))
        count = round(seconds * FRAMES_PER_SECOND)
        movement = MOVEMENTS[number % len(MOVEMENTS)]
        return list(simulate_movement(photograph, movement, frames=count, size=SIDE, seed=number))
    with Video.open(source) as video:
        span = ClipSpan(0.0, min(seconds, video.info.duration_seconds))
        frames = even_frames(
            video.frames(), span, rate=Fraction(FRAMES_PER_SECOND), short_side=SIDE
        )
        return [_square(frame) for frame in frames]


def _square(frame: Frames) -> Frames:
    resized = Image.fromarray(frame).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(resized)
