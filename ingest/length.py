"""How long a video may be: every hour is some hundred clips, however few bytes it has."""

from pathlib import Path

from ingest.errors import UnreadableVideoError
from ingest.timeline import LONGEST_STILL_SECONDS

MAX_SECONDS = 48 * 3600.0


def within_limit(seconds: float, path: Path) -> float:
    """Return `seconds`, a time in the video; ``UnreadableVideoError`` where it is too late."""
    if seconds > MAX_SECONDS:
        raise UnreadableVideoError(
            path, f"lasts longer than {MAX_SECONDS / 3600:g} hours", "cut it into shorter files"
        )
    return seconds


def standing_seconds(stated: float, usual: float) -> float:
    """How long a frame stands that states so itself; `usual` where that cannot be."""
    return stated if 0 < stated <= LONGEST_STILL_SECONDS else usual
