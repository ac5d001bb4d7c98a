"""A piece of a video as a small file of its own, which every browser plays from its first frame."""

from fractions import Fraction
from pathlib import Path

from ingest.clip import ClipSpan
from ingest.even_frames import even_frames
from ingest.sound import sound_during
from ingest.video import Video
from ingest.writing import write_video

FRAMES_PER_SECOND = Fraction(25)
SHORT_SIDE = 480
"""Pixels; enough for a player in a page, and quick to write."""


def write_excerpt(
    source: Path, span: ClipSpan, target: Path, *, video_id: str | None = None
) -> None:
    """Write what `source` shows and sounds like during `span`, as H.264 and AAC in MP4.

    The excerpt begins with the frame shown at the span's very start, wherever key frames are; it
    has a sound track where the file has sound then. With `video_id`, the id of its content where
    that is known, the file is not read for it. Raises ``VideoError`` where the source cannot be
    used, and ``OSError`` where it is gone or the target cannot be written.
    """
    with Video.open(source, video_id=video_id) as video:
        write_video(
            target,
            even_frames(
                video.frames_from(span.start_seconds),
                span,
                rate=FRAMES_PER_SECOND,
                short_side=SHORT_SIDE,
            ),
            frames_per_second=FRAMES_PER_SECOND,
            sound=sound_during(source, span, origin_seconds=video.origin_seconds),
        )
