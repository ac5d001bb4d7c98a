"""Small pictures of clips, kept as files beside the library: a folder for each video."""

import os
import shutil
from pathlib import Path

from PIL import Image

from ingest.clip import Clip

MAX_WIDTH = 320
QUALITY = 75
EFFORT = 2
"""Of WebP, up to 6: its default, 4, takes two thirds longer for files that are 4 % smaller."""

PREVIEWS = "previews"
"""The folder of the pictures that move, which are few."""


def thumbnail_path(clip_id: str, folder: Path) -> Path:
    """Where the thumbnail of a clip lies, written or not."""
    video_id, _, milliseconds = clip_id.rpartition(":")
    return folder / video_id / f"{milliseconds}.webp"


def preview_path(clip_id: str, folder: Path) -> Path:
    """Where the preview of a clip lies, written or not; removed with the thumbnails."""
    # A colon cannot be in file names everywhere.
    return folder / PREVIEWS / f"{clip_id.replace(':', '_')}.webp"


def write_thumbnail(clip: Clip, folder: Path) -> Path:
    """Write the middle frame of a clip as WebP, at most 320 pixels wide, and return its path.

    The folder is made where it is missing. A file appears complete or not at all. Raises
    ``OSError`` where it cannot be written.
    """
    path = thumbnail_path(clip.clip_id, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(clip.frames[len(clip.frames) // 2])
    image.thumbnail((MAX_WIDTH, image.height))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        image.save(unfinished, "WEBP", quality=QUALITY, method=EFFORT)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def remove_thumbnails(video_id: str, folder: Path, *, but_of: frozenset[str] = frozenset()) -> None:
    """Delete the thumbnails of one video's clips, except those whose ids are in `but_of`."""
    for preview in (folder / PREVIEWS).glob(f"{video_id}_*.webp"):
        preview.unlink(missing_ok=True)
    pictures = folder / video_id
    if not but_of:
        shutil.rmtree(pictures, ignore_errors=True)
        return
    kept = {thumbnail_path(clip_id, folder) for clip_id in but_of}
    for picture in set(pictures.glob("*.webp")) - kept:
        picture.unlink(missing_ok=True)
