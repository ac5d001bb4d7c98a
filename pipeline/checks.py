"""Whether this machine and this library can do the work, and what to do where not."""

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from catalog.interface import CatalogError
from encoder.checkpoint import CheckpointError
from ingest.errors import VideoError
from ingest.video import Video
from ingest.writing import write_video
from pipeline.assembly import embedding_space, open_library
from pipeline.running import running_system
from pipeline.settings import Settings, SettingsError

PACKAGES = ("av", "milvus-lite", "numpy", "opencv-python-headless", "pymilvus", "timm", "torch")
"""What the work stands on; each with versions that matter."""

LOW_SPACE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """Outcome of one check."""

    name: str
    ok: bool
    detail: str
    """What was found."""
    advice: str = ""
    """What to do about it; empty where all is well."""


def diagnose(settings: Settings) -> list[Finding]:
    """Check interpreter, packages, devices, weights, catalog, folder, decoder and broker.

    Changes nothing and raises nothing: what does not work is a finding.
    """
    return [
        Finding("python", True, f"{platform.python_version()} on {platform.platform()}"),
        _packages(),
        _devices(),
        _weights(settings),
        _decoder(),
        _folder(settings.library),
        _catalog(settings),
        _broker(settings),
    ]


def _packages() -> Finding:
    found, absent = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    if absent:
        return Finding(
            "packages", False, f"missing: {', '.join(absent)}", "install clipseek again with pip"
        )
    return Finding("packages", True, ", ".join(found))


def _devices() -> Finding:
    try:
        # Loads torch, which takes seconds and is the thing under test.
        from encoder.devices import describe_devices

        return Finding("device", True, describe_devices())
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("device", False, f"torch does not load: {error}", "install torch again")


def _weights(settings: Settings) -> Finding:
    try:
        space = embedding_space(settings)
    except (CheckpointError, SettingsError, OSError) as error:
        return _failed("model", error)
    return Finding("model", True, f"{space.name}, {space.dimension}-d")


def _decoder() -> Finding:
    black = np.zeros((64, 64, 3), dtype=np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "black.mp4"
        try:
            write_video(path, [black] * 10, frames_per_second=5)
            with Video.open(path) as video:
                frames = sum(1 for _ in video.frames())
        except (VideoError, OSError, ValueError) as error:
            return Finding("decoder", False, str(error), "install av again: pip install -U av")
    return Finding("decoder", frames == 10, f"{frames} of 10 frames of H.264 read back")


def _folder(folder: Path) -> Finding:
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    if not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
        return Finding("library", False, f"{existing} cannot be written", "choose another library")
    free = shutil.disk_usage(existing).free
    detail = f"{folder}, {free / 1e9:.1f} GB free"
    if free < LOW_SPACE_BYTES:
        return Finding("library", False, detail, "free some disk space")
    return Finding("library", True, detail)


def _catalog(settings: Settings) -> Finding:
    where = settings.milvus_uri or settings.library
    if settings.milvus_uri is None and not settings.library.exists():
        return Finding("catalog", True, f"none yet in {where}; indexing makes it")
    try:
        with open_library(settings) as library:
            clips, videos = library.store.count_clips(), len(library.store.videos())
    except (CatalogError, CheckpointError, SettingsError, OSError) as error:
        return _failed("catalog", error)
    return Finding("catalog", True, f"{videos} videos, {clips} clips in {where}")


def _broker(settings: Settings) -> Finding:
    if settings.broker_url is not None:
        return Finding("broker", True, "as set by broker_url; not asked whether it answers")
    if running_system(settings.library) is not None:
        return Finding("broker", True, "runs, and workers with it (clipseek up)")
    return Finding("broker", True, "not needed: everything runs in one process")


def _failed(name: str, error: Exception) -> Finding:
    """Split a message at its last semicolon: after it, ours say what to do."""
    problem, _, advice = str(error).rpartition("; ")
    return Finding(name, False, problem or advice, advice)
