"""Files in, catalog entries out: what is new or changed is decoded, the rest is left alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.library import Library
from pipeline.reports import IndexedVideo, IndexReport, Progress


def ignore_progress(progress: Progress) -> None:
    """Listen to nothing: the default where nobody watches."""


def index_paths(
    library: Library,
    paths: Sequence[Path],
    *,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> IndexReport:
    """Bring the catalog in line with the videos under `paths` (files or folders).

    A file that cannot be used is reported and the run goes on; only an error of the catalog
    or the settings ends it (``CatalogError``, ``SettingsError``).
    """
    raise NotImplementedError


def index_video(
    library: Library, path: Path, *, on_progress: Callable[[Progress], None] = ignore_progress
) -> IndexedVideo:
    """Decode one video, describe its clips and store them, whether it is known or not.

    Raises ``VideoError`` or ``OSError`` where the file cannot be used, ``CatalogError``
    where the catalog cannot.
    """
    raise NotImplementedError
