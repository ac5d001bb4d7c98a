"""A video file as a sequence of upright frames with their times."""

import math
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ingest.clip import VideoInfo
from ingest.content import content_id
from ingest.decoding import Decoder
from ingest.frame import Converter, ShownFrame, View
from ingest.timeline import Timeline

ASSUMED_PERIOD_SECONDS = 0.04
"""How long a frame is shown where neither it nor the container says."""

ROUNDING_TICKS = 1e-3
"""A frame's own time leads to that frame, whatever the last bits of its seconds are."""


class Video:
    """One open video file; close it, or use it as a context manager.

    Frames come upright and in the order they are shown, with times from their timestamps; the
    first one is at 0 whatever the file says.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._closed = False
        self._decoder = Decoder(path)
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
    def open(cls, path: Path) -> Self:
        """Open a file and decode its first frame.

        Raises a ``VideoError`` that says what to do: ``UnreadableVideoError``,
        ``NoVideoStreamError``, ``UnsafeMediaError`` or ``CorruptVideoError``.
        """
        return cls(path)

    def frames(self) -> Iterator[ShownFrame]:
        """Yield every frame from the start, decoding as it goes.

        A later call starts over and ends the iteration of the one before it. Damage is skipped
        and logged. Raises ``RuntimeError`` where the video is closed meanwhile.
        """
        yield from self._timed(self._from_start())

    def frames_at(self, seconds: Sequence[float]) -> Iterator[ShownFrame]:
        """Yield for each time, in the order given, the frame shown then; the last one after it.

        Sought, so this is quick for a few times far apart; `frames` is for all. Independent of a
        running iteration. In a recording joined from parts whose clocks start anew, only the first
        part is found.
        """
        decoder = Decoder(self._path)
        try:
            for moment in seconds:
                yield self._sought(decoder, moment) or self._counted(moment)
        finally:
            decoder.close()

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
            video_id=content_id(self._path),
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
                self._decoder.close()
                self._decoder = Decoder(self._path)
                self._pictures = self._decoder.pictures()
            pictures = chain(filter(None, [self._first]), self._pictures)
            self._first = None
        while (picture := self._next(pictures)) is not None:
            yield picture

    def _next(self, pictures: Iterator[VideoFrame]) -> VideoFrame | None:
        # Closing frees what the decoder works on, so never while it does.
        with self._lock:
            self._check_open()
            return next(pictures, None)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError(f"{self._path} was closed while it was being read")

    def _timed(self, pictures: Iterator[VideoFrame]) -> Iterator[ShownFrame]:
        converter = Converter(self._path, self._view)
        timeline = Timeline(_time_base(self._decoder.stream), self._period)
        for picture in pictures:
            seconds = timeline.seconds_of(self._decoder.pts(picture))
            if seconds is not None:
                yield self._shown(picture, seconds, converter)

    def _shown(self, picture: VideoFrame, seconds: float, converter: Converter) -> ShownFrame:
        stated = float(picture.duration * _time_base(self._decoder.stream))
        return ShownFrame(seconds, seconds + (stated or self._period), picture, converter)

    def _sought(self, decoder: Decoder, moment: float) -> ShownFrame | None:
        """Return the frame shown at `moment`, or None where seeking did not lead before it."""
        time_base = _time_base(decoder.stream)
        target = self._origin + math.floor(moment / float(time_base) + ROUNDING_TICKS)
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
        seconds = float((shown_pts - self._origin) * time_base)
        return self._shown(shown, seconds, Converter(self._path, self._view))

    def _counted(self, moment: float) -> ShownFrame:
        """Return the frame shown at `moment` by decoding all before it."""
        decoder = Decoder(self._path)
        try:
            frames = self._timed(decoder.pictures())
            shown = next(frames)
            for frame in frames:
                if frame.seconds > moment:
                    break
                shown = frame
            return shown
        finally:
            decoder.close()


def _time_base(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)


def _period_seconds(stream: VideoStream) -> float:
    rate = stream.average_rate or stream.guessed_rate
    return float(1 / rate) if rate else ASSUMED_PERIOD_SECONDS
