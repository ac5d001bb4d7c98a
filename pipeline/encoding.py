"""From a piece of video to the records of its clips: the work that takes the time."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from catalog.interface import ClipRecord
from encoder.interface import ClipEncoder
from encoder.labels import FreeLabels
from ingest.clip import Clip, Segment
from ingest.sampling import read_clips
from ingest.thumbnails import write_thumbnail
from ingest.video import Video
from pipeline.corrected import Corrector
from pipeline.corrections import Corrections
from pipeline.describing import describe_clips, sampling
from pipeline.settings import Settings


@dataclass
class Pace:
    """Where the time goes, seconds."""

    reading: float = 0.0
    """Spent waiting for decoded clips, which are made a little ahead, with their thumbnails."""
    describing: float = 0.0
    """Spent on everything else: encoding and captions."""

    def add(self, other: "Pace") -> None:
        self.reading += other.reading
        self.describing += other.describing


@dataclass
class Cataloguer:
    """Makes records of a video's clips, with a thumbnail of each."""

    settings: Settings
    encoder: ClipEncoder
    labels: FreeLabels
    pace: Pace = field(default_factory=Pace)
    """Of all its work so far."""

    def records(self, video: Video, segments: Sequence[Segment]) -> Iterator[ClipRecord]:
        """Yield a record of each of the segments' clips in order of time, as people corrected it.

        A segment gives the same records whether those before it were read or not. Raises
        ``VideoError`` where the file cannot be used and ``OSError`` where a thumbnail cannot be
        written or a correction cannot be read.
        """
        picture = partial(write_thumbnail, folder=self.settings.thumbnails)
        clips = read_clips(video, sampling(self.settings), segments=segments, on_clip=picture)
        corrector = Corrector(Corrections(self.settings.library), self.encoder)
        # Closed before anybody hears of a failure: no thumbnail is written after that.
        with closing(clips):
            described = describe_clips(self.encoder, self._timed(clips), labels=self.labels)
            began, reading = time.perf_counter(), self.pace.reading
            for clip, description in described:
                now = time.perf_counter()
                self.pace.describing += now - began - (self.pace.reading - reading)
                info = video.info
                record = ClipRecord(clip.clip_id, info.video_id, info.path, clip.span, description)
                yield corrector.after_describing(record)
                began, reading = time.perf_counter(), self.pace.reading

    def _timed(self, clips: Iterator[Clip]) -> Iterator[Clip]:
        while True:
            began = time.perf_counter()
            clip = next(clips, None)
            self.pace.reading += time.perf_counter() - began
            if clip is None:
                return
            yield clip
