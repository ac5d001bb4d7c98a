"""Moments as edit lists, which editing programs open: OpenTimelineIO and CMX3600 EDL.

The only module that knows the library ``opentimelineio`` (Apache-2.0), and its adapter for EDL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from catalog.interface import ClipSummary
from ingest.location import as_typed, is_remote
from ingest.video import Video

ASSUMED_RATE = Fraction(25)
"""Frames a second where a file does not say."""

EDL_RATES = (
    Fraction(24_000, 1001), Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30),
    Fraction(50), Fraction(60_000, 1001), Fraction(60),
)  # fmt: skip
"""Those that timecode knows."""
FINEST_EDL_RATE = EDL_RATES[-1]
DROP_FRAME = frozenset({Fraction(30_000, 1001), Fraction(60_000, 1001)})
"""Their timecode leaves numbers out to keep up with the clock."""
SAME_RATE = Fraction(1, 2500)
"""Containers round rates, by less than 24 and 23.976 are apart."""
REEL = "AX"
"""What lists call the reel of a file."""


@dataclass(frozen=True)
class _Film:
    """What a list must know of a file."""

    url: str
    rate: Fraction
    seconds: float


def otio_text(clips: Sequence[ClipSummary], *, title: str) -> str:
    """The moments one after the other as a timeline, each in frames of its own file.

    Raises ``VideoError`` where a file cannot be opened.
    """
    timeline = _timeline(clips, title=title, rate=None)
    return str(otio.adapters.write_to_string(timeline, adapter_name="otio_json"))


def edl_text(clips: Sequence[ClipSummary], *, title: str) -> str:
    """The moments one after the other as CMX3600, in timecode that counts from a file's start.

    A list has one rate: that of the first file where timecode knows it, else a multiple of it or
    the finest there is. Raises ``VideoError`` where a file cannot be opened.
    """
    rate = edl_rate(_film(clips[0]).rate)
    timeline = _timeline(clips, title=title, rate=rate)
    text = otio.adapters.write_to_string(timeline, adapter_name="cmx_3600", rate=float(rate))
    count = "DROP FRAME" if rate in DROP_FRAME else "NON-DROP FRAME"
    head, _, events = str(text).partition("\n")
    return f"{head}\nFCM: {count}\n{events}"


def edl_rate(rate: Fraction) -> Fraction:
    """The rate of timecode in which moments of a file of this rate are said best."""
    alike = [known for known in EDL_RATES if abs(known / rate - 1) < SAME_RATE]
    multiples = [known for known in EDL_RATES if (known / rate).denominator == 1]
    return min(alike, key=lambda known: abs(known - rate), default=None) or next(
        iter(multiples), FINEST_EDL_RATE
    )


def _timeline(
    clips: Sequence[ClipSummary], *, title: str, rate: Fraction | None
) -> otio.schema.Timeline:
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    films: dict[str, _Film] = {}
    for clip in clips:
        if clip.video_id not in films:
            films[clip.video_id] = _film(clip)
        film = films[clip.video_id]
        track.append(_event(clip, film, rate or film.rate))
    timeline = otio.schema.Timeline(title)
    timeline.tracks.append(track)
    return timeline


def _film(clip: ClipSummary) -> _Film:
    with Video.open(clip.path, video_id=clip.video_id) as video:
        info = video.info
    url = as_typed(clip.path) if is_remote(clip.path) else clip.path.absolute().as_uri()
    return _Film(url, info.frame_rate or ASSUMED_RATE, info.duration_seconds)


def _event(clip: ClipSummary, film: _Film, rate: Fraction) -> otio.schema.Clip:
    # Through the file's own frames, so that the same one is meant at any rate.
    first, last = (
        round(round(seconds * film.rate) / film.rate * rate)
        for seconds in (clip.span.start_seconds, clip.span.end_seconds)
    )
    whole = max(last, round(film.seconds * rate))
    reference = otio.schema.ExternalReference(film.url, _range(0, whole, rate))
    event = otio.schema.Clip(
        _one_line(clip.path.name), reference, _range(first, max(1, last - first), rate)
    )
    event.metadata["cmx_3600"] = {"reel": REEL, "comments": [_one_line(clip.caption)]}
    event.metadata["clipseek"] = {
        "clip_id": clip.clip_id,
        "caption": clip.caption,
        "categories": [category.label for category in clip.categories],
    }
    return event


def _range(start: int, count: int, rate: Fraction) -> otio.opentime.TimeRange:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, float(rate)), time(count, float(rate)))


def _one_line(text: str) -> str:
    """Text for a list that is read line by line, by programs that know ASCII alone."""
    return " ".join(text.encode("ascii", "replace").decode().split())


def title_of(path: Path) -> str:
    """What a list in this file is called."""
    return _one_line(path.stem)[:70] or "ClipSeek"
