"""Small real videos, and small libraries to put them into."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from catalog.interface import ClipStore
from catalog.memory import MemoryStore
from encoder.interface import ClipEncoder
from ingest.writing import write_video
from pipeline.library import Library
from pipeline.settings import Settings
from tests.catalog_records import facts
from tests.fake_encoder import COLOUR_SPACE, COLOURS, FakeEncoder

FRAMES_PER_SECOND = 10


def shoot(path: Path, *colours: str) -> Path:
    """Make a video with a shot of two seconds in each colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shots = [np.full((48, 64, 3), COLOURS[colour]) * 255 for colour in colours]
    frames = (shot.astype(np.uint8) for shot in shots for _ in range(2 * FRAMES_PER_SECOND))
    write_video(path, frames, frames_per_second=FRAMES_PER_SECOND)
    return path


class LibraryAtHand:
    """A library in memory that is opened again for every run, as a command would."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(library=folder, clip_max_seconds=2, clip_min_seconds=0.5)
        self.store: ClipStore = MemoryStore(COLOUR_SPACE)

    def open(self, encoder: FakeEncoder | None = None) -> Library:
        """Without an encoder, a run that asks for one fails."""

        def load() -> ClipEncoder:
            assert encoder is not None, "the encoder was loaded"
            return encoder

        return Library(self.settings, self.store, load)


def state(store: ClipStore) -> dict[str, object]:
    """All that a catalog holds, as values that compare."""
    videos = store.videos()
    return {
        "videos": videos,
        "clips": {video.video_id: clip_facts(store, video.video_id) for video in videos},
        "count": store.count_clips(),
    }


def clip_facts(store: ClipStore, video_id: str) -> Sequence[tuple[object, ...]]:
    """All of a video's clips, by start."""
    return [facts(record) for record in store.clips_of(video_id)]


def files_under(folder: Path) -> set[Path]:
    """The files in a folder, relative to it."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
