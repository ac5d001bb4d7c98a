"""``python -m training.simulated_clips FOLDER``: films of dev photographs, one folder a movement.

They are what ``clipseek evaluate camera --clips FOLDER`` reads.
"""

import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ingest.camera import MOVEMENTS
from ingest.writing import write_video
from training.camera_films import DEV_SEED, film
from training.data import TrainingDataError, read_pictures


def write_simulated_clips(folder: Path, *, data: Path, clips: int) -> None:
    """Write `clips` films of Flickr8k's dev photographs as ``folder/<movement>/<number>.mp4``.

    Raises:
        TrainingDataError: the photographs are not there.
        OSError: a file cannot be written.
    """
    pictures = read_pictures(data, "flickr8k/dev")
    for number in range(clips):
        shot = film(pictures, number, seed=DEV_SEED)
        place = folder / MOVEMENTS[number % len(MOVEMENTS)].replace(" ", "_")
        place.mkdir(parents=True, exist_ok=True)
        rate = max(2, round(1 / float(np.diff(shot.seconds).mean())))
        write_video(place / f"{number:04}.mp4", shot.frames, frames_per_second=rate)


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where the films are written.")],
    data: Annotated[Path, typer.Option(help="Folder with flickr8k/.")] = Path("../shared/data"),
    clips: Annotated[int, typer.Option(help="How many films.")] = 160,
) -> None:
    """Film dev photographs with every camera movement in turn."""
    try:
        write_simulated_clips(folder, data=data, clips=clips)
    except (TrainingDataError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    typer.run(simulate)
