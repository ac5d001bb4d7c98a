"""A moment as a file of its own, frame for frame: copied where that is exact, else encoded anew."""

from fractions import Fraction
from pathlib import Path

from ingest.clip import ClipSpan
from ingest.copying import copy_packets
from ingest.even_frames import even_frames
from ingest.sound import sound_during
from ingest.video import Video
from ingest.writing import write_video

ASSUMED_RATE = Fraction(25)
"""Frames a second where the file does not say."""
HIGHEST_RATE = Fraction(240)
"""Containers state more where they count ticks of a clock, not frames."""
LONGEST_SIDE = 16384
"""Of H.264, pixels."""
QUALITY = 17
"""Of x264: nothing is seen to be lost, as what was cut out will be edited and encoded again."""


def cut(source: Path, span: ClipSpan, target: Path, *, video_id: str | None = None) -> bool:
    """Write what `source` shows and sounds like during `span` as an MP4 of the full size.

    Returns whether the original's own frames were copied, which takes a span that begins and ends
    at key frames, and a codec that MP4 can hold. Otherwise they are encoded anew, as H.264 and AAC
    at the original's rate. Either way the file begins with the frame shown at the span's start.
    With `video_id`, the id of its content where that is known, the file is not read for it. Raises
    ``VideoError`` where the source cannot be used, and ``OSError`` where it is gone or the target
    cannot be written.
    """
    with Video.open(source, video_id=video_id) as video:
        upright = video.info.rotation_degrees == 0
        if upright and copy_packets(source, span, target, origin_seconds=video.origin_seconds):
            return True
        rate = video.info.frame_rate
        if not 0 < rate <= HIGHEST_RATE:
            rate = ASSUMED_RATE
        rate = rate.limit_denominator(1001)
        side = short_side(video.info.width, video.info.height)
        write_video(
            target,
            even_frames(video.frames_from(span.start_seconds), span, rate=rate, short_side=side),
            frames_per_second=rate,
            sound=sound_during(source, span, origin_seconds=video.origin_seconds),
            quality=QUALITY,
        )
    return False


def short_side(width: int, height: int) -> int:
    """Of what is cut out, pixels: that of the film, unless its longer side is too long then."""
    shorter, longer = sorted((width, height))
    return max(1, min(shorter, shorter * LONGEST_SIDE // longer))
