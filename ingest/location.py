"""Where media lie: paths of this machine, and objects in stores, whose URLs are written as paths.

`Path` makes ``s3:/bucket/film.mp4`` of ``s3://bucket/film.mp4``. Whatever begins so stands for that
URL everywhere, so that media of either kind are named, compared and found below one another alike.
"""

import os
from pathlib import Path

STORES = frozenset({"s3:"})
"""How paths begin that stand for objects."""


def is_remote(path: Path) -> bool:
    """True where `path` stands for an object in a store, or for a folder of them."""
    return path.parts[:1] != () and path.parts[0] in STORES


def as_typed(path: Path) -> str:
    """The path or the URL as a person would type it."""
    if not is_remote(path):
        return os.fspath(path)
    return f"{path.parts[0]}//{'/'.join(path.parts[1:])}"
