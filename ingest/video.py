"""A video file as a sequence of upright frames with their times."""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ingest.clip import WHOLE, Segment, VideoInfo
from ingest.content import content_id
from ingest.decoding import Decoder
from ingest.frame import Converter, ShownFrame, View
from ingest.length import standing_seconds, within_limit
from ingest.segments import KeyFrame, divide
from ingest.timeline import Timeline

ASSUMED_PERIOD_SECONDS = 0.04
"""How long a frame is shown where neither it nor the container says."""

EARLIER_SECONDS = (0, 2, 30)
"""Where seeking did not lead to a key frame, how much further ahead of it to try."""

ROUNDING_TICKS = 1e-3
"""A frame's own time leads to that frame, whatever the last bits of its seconds are."""


class Video:
    """One open video file; close it, or use it as a context manager.

    Frames come upright and in the order they are shown, with times from their timestamps; the
    first one is at 0 whatever the file says.
    """

    def __init__(self, path: Path, *, video_id: str | None = None) -> None:
        self._path = path
        self._known_id = video_id
        self._lock = threading.Lock()
        self._closed = False
        self._decoder = Decoder(path, exact=False)
        try:
            self._pictures = self._decoder.pictures()
            self._first: VideoFrame | None = next(self._pictures)
            self._origin = self._decoder.pts(self._first) or 0
            self._view = View.of(self._first, self._decoder.stream.sample_aspect_ratio)
            self._period = _period_seconds(self._decoder.stream)
            self.info = self._facts()
            """What is known of the file before it is read."""
        except BaseException:
            self._decoder.close()
            raise

    @classmethod
    def open(cls, path: Path, *, video_id: str | None = None) -> Self:
        """Open a file and decode its first frame.

        With `video_id`, the id of its content where that is known, the file is not read for it.
        Raises a ``VideoError`` that says what to do: ``UnreadableVideoError``,
        ``NoVideoStreamError``, ``UnsafeMediaError`` or ``CorruptVideoError``.
        """
        return cls(path, video_id=video_id)

    def frames(self, segment: Segment = WHOLE) -> Iterator[ShownFrame]:
        """Yield every frame of a segment from its start, decoding as it goes.

        They are decoded to be made small; see `Decoder`. A segment gives the same frames whether
        those before it were read or not. A later call starts over and ends the iteration of the
        one before it. Damage is skipped and logged. Raises ``RuntimeError`` where the video is
        closed meanwhile.
        """
        if segment.start_pts is None:
            shown = self._timed(self._from_start())
        else:
            shown = self._timed(self._from_key_frame(segment.start_pts), origin=self._origin)
        for frame in shown:
            if segment.end_seconds is not None and frame.seconds >= segment.end_seconds:
                break
            yield frame

    def frames_at(self, seconds: Sequence[float]) -> Iterator[ShownFrame]:
        """Yield for each time, in the order given, the frame shown then; the last one after it.

        Sought, so this is quick for a few times far apart; `frames` is for all. Independent of a
        running iteration. In a recording joined from parts whose clocks start anew, only the first
        part is found.
        """
        with closing(Decoder(self._path)) as decoder:
            for moment in seconds:
                yield self._sought(decoder, moment) or self._counted(moment)

    def frames_from(self, seconds: float) -> Iterator[ShownFrame]:
        """Yield the frame shown at `seconds`, and all after it to the end.

        Sought, so it is quick wherever in the video that is; the last frame where it is after
        the end. Independent of a running iteration. In a recording joined from parts whose clocks
        start anew, only the first part is found.
        """
        decoder = Decoder(self._path)
        try:
            pictures = self._pictures_before(decoder, seconds)
            if pictures is None:
                decoder.close()
                decoder = Decoder(self._path)
                pictures = decoder.pictures()
            frames = self._timed(pictures, origin=self._origin)
            shown = next(frames)
            for frame in frames:
                if frame.seconds > seconds:
                    yield shown
                shown = frame
            yield shown
        finally:
            decoder.close()

    @property
    def origin_seconds(self) -> float:
        """What the file's own clock shows at the video's start."""
        return float(self._origin * _time_base(self._decoder.stream))

    def segments(self, length_seconds: float) -> tuple[Segment, ...]:
        """Divide the video at key frames into segments of about `length_seconds`.

        A video that is not longer, and one whose times cannot be told without decoding it, is
        one segment. Independent of a running iteration. Raises ``UnreadableVideoError``.
        """
        if 0 < self.info.duration_seconds <= length_seconds:
            return (WHOLE,)
        with closing(Decoder(self._path)) as decoder:
            times = decoder.key_frame_times()
        if times is None:
            return (WHOLE,)
        key_frames = [KeyFrame(pts, self._seconds_of(pts)) for pts in times[0]]
        end = within_limit(self._seconds_of(times[1]), self._path)
        return divide(key_frames, end_seconds=end, length_seconds=length_seconds)

    def _seconds_of(self, pts: int) -> float:
        return float((pts - self._origin) * _time_base(self._decoder.stream))

    def close(self) -> None:
        """Let go of the file; an iteration that still runs then ends with ``RuntimeError``."""
        with self._lock:
            self._closed = True
            self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _facts(self) -> VideoInfo:
        stream = self._decoder.stream
        width, height = self._view.upright_size
        return VideoInfo(
            video_id=self._known_id or content_id(self._path),
            path=self._path,
            duration_seconds=self._decoder.duration_seconds(),
            frame_rate=stream.average_rate or Fraction(0),
            width=width,
            height=height,
            rotation_degrees=self._view.orientation.rotation_degrees,
        )

    def _from_start(self) -> Iterator[VideoFrame]:
        with self._lock:
            self._check_open()
            if self._first is None:
                self._reopen()
                self._pictures = self._decoder.pictures()
            pictures = chain(filter(None, [self._first]), self._pictures)
            self._first = None
        while (picture := self._next(pictures)) is not None:
            yield picture

    def _from_key_frame(self, pts: int) -> Iterator[VideoFrame]:
        """Yield pictures from the key frame shown at `pts` on, leaving out those before it."""
        for seconds in EARLIER_SECONDS:
            pictures = self._pictures_from(pts - round(seconds / _time_base(self._decoder.stream)))
            first = self._skipped_to(pts, pictures)
            if first is not None and self._decoder.pts(first) == pts:
                break
        else:
            pictures = self._pictures_from(None)
            first = self._skipped_to(pts, pictures)
        while first is not None:
            yield first
            first = self._next(pictures)

    def _pictures_from(self, pts: int | None) -> Iterator[VideoFrame]:
        with self._lock:
            self._check_open()
            self._first = None
            self._reopen()
            return self._decoder.pictures() if pts is None else self._decoder.pictures_from(pts)

    def _skipped_to(self, pts: int, pictures: Iterator[VideoFrame]) -> VideoFrame | None:
        while (picture := self._next(pictures)) is not None:
            shown = self._decoder.pts(picture)
            if shown is not None and shown >= pts:
                return picture
        return None

    def _reopen(self) -> None:
        self._decoder.close()
        self._decoder = Decoder(self._path, exact=False)

    def _next(self, pictures: Iterator[VideoFrame]) -> VideoFrame | None:
        # Closing frees what the decoder works on, so never while it does.
        with self._lock:
            self._check_open()
            return next(pictures, None)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError(f"{self._path} was closed while it was being read")

    def _timed(
        self, pictures: Iterator[VideoFrame], *, origin: int | None = None
    ) -> Iterator[ShownFrame]:
        converter = Converter(self._path, self._view)
        timeline = Timeline(_time_base(self._decoder.stream), self._period, origin=origin)
        for picture in pictures:
            seconds = timeline.seconds_of(self._decoder.pts(picture))
            if seconds is not None:
                yield self._shown(picture, within_limit(seconds, self._path), converter)

    def _shown(self, picture: VideoFrame, seconds: float, converter: Converter) -> ShownFrame:
        stated = float(picture.duration * _time_base(self._decoder.stream))
        standing = standing_seconds(stated, self._period)
        return ShownFrame(seconds, seconds + standing, picture, converter)

    def _sought(self, decoder: Decoder, moment: float) -> ShownFrame | None:
        """Return the frame shown at `moment`, or None where seeking did not lead before it."""
        time_base = _time_base(decoder.stream)
        target = self._target(moment)
        shown: VideoFrame | None = None
        shown_pts = 0
        for picture in decoder.pictures_from(target):
            pts = decoder.pts(picture)
            if pts is None and shown is not None:
                pts = shown_pts + round(self._period / time_base)
            if pts is None or pts > target:
                break
            shown, shown_pts = picture, pts
        if shown is None:
            return None
        return self._shown(shown, self._seconds_of(shown_pts), Converter(self._path, self._view))

    def _pictures_before(self, decoder: Decoder, moment: float) -> Iterator[VideoFrame] | None:
        """Return pictures from a key frame at or before `moment` on; None where none was found."""
        time_base = _time_base(decoder.stream)
        target = self._target(moment)
        for seconds in EARLIER_SECONDS:
            pictures = decoder.pictures_from(target - round(seconds / time_base))
            first = next(pictures, None)
            pts = None if first is None else decoder.pts(first)
            if first is not None and pts is not None and pts <= target:
                return chain([first], pictures)
        return None

    def _target(self, moment: float) -> int:
        time_base = float(_time_base(self._decoder.stream))
        return self._origin + math.floor(moment / time_base + ROUNDING_TICKS)

    def _counted(self, moment: float) -> ShownFrame:
        """Return the frame shown at `moment` by decoding all before it."""
        with closing(Decoder(self._path)) as decoder:
            frames = self._timed(decoder.pictures())
            shown = next(frames)
            for frame in frames:
                if frame.seconds > moment:
                    break
                shown = frame
            return shown


def _time_base(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)


def _period_seconds(stream: VideoStream) -> float:
    rate = stream.average_rate or stream.guessed_rate
    return standing_seconds(float(1 / rate) if rate else 0.0, ASSUMED_PERIOD_SECONDS)
