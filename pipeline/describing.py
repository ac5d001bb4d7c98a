"""What the encoder makes of a file, without storing anything."""

from collections.abc import Iterator
from pathlib import Path

from encoder.interface import ClipDescription, ClipEncoder
from ingest.clip import Clip
from pipeline.settings import Settings


def describe_file(
    encoder: ClipEncoder, path: Path, *, settings: Settings
) -> Iterator[tuple[Clip, ClipDescription]]:
    """Yield each clip of the video with its description, in order of time.

    `settings` say how clips are cut. Raises ``VideoError`` where the file cannot be used.
    """
    raise NotImplementedError
