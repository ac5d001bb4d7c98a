"""Small pictures of clips, kept as files beside the library."""

import os
from pathlib import Path

from PIL import Image

from ingest.clip import Clip

MAX_WIDTH = 320
QUALITY = 75


def thumbnail_path(clip_id: str, folder: Path) -> Path:
    """Where the thumbnail of a clip lies, written or not."""
    # A colon cannot be in file names everywhere.
    return folder / f"{clip_id.replace(':', '_')}.webp"


def write_thumbnail(clip: Clip, folder: Path) -> Path:
    """Write the middle frame of a clip as WebP, at most 320 pixels wide, and return its path.

    The folder is made where it is missing. A file appears complete or not at all. Raises
    ``OSError`` where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = thumbnail_path(clip.clip_id, folder)
    image = Image.fromarray(clip.frames[len(clip.frames) // 2])
    image.thumbnail((MAX_WIDTH, image.height))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        image.save(unfinished, "WEBP", quality=QUALITY)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def remove_thumbnails(video_id: str, folder: Path, *, but_of: frozenset[str] = frozenset()) -> None:
    """Delete the thumbnails of one video's clips, except those whose ids are in `but_of`."""
    kept = {thumbnail_path(clip_id, folder) for clip_id in but_of}
    for path in folder.glob(f"{video_id}_*.webp"):
        if path not in kept:
            path.unlink(missing_ok=True)
