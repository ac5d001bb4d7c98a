"""Part of a file as a file of its own, without decoding: possible only between key frames."""

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from ingest.clip import ClipSpan
from ingest.container import main_stream, open_container, packets_of
from ingest.writing import complete_or_absent

VIDEO_CODECS = frozenset({"h264", "hevc", "av1", "mpeg4"})
SOUND_CODECS = frozenset({"aac", "mp3", "ac3", "opus"})
"""What MP4 holds and players know there."""
ASSUMED_PERIOD_SECONDS = 0.04


@dataclass(frozen=True)
class _Part:
    """Packets to copy, in the units of the stream of pictures."""

    start_pts: int
    end_pts: int | None
    """Of the key frame that follows; None: all to the end of the file."""


@dataclass(frozen=True)
class _Timed:
    """A packet that says when it is shown or heard, and decoded."""

    packet: "Packet[Any]"
    pts: int
    dts: int
    seconds: float


def copy_packets(source: Path, span: ClipSpan, target: Path, *, origin_seconds: float) -> bool:
    """Copy what is shown and heard during `span` into an MP4, if exactly that can be copied.

    `origin_seconds` is what the file's clock shows at the video's start. Returns whether it was
    copied; if not, nothing is written. Raises ``VideoError`` where the source cannot be used, and
    ``OSError`` where the target cannot be written.
    """
    with closing(open_container(source)) as container:
        pictures = main_stream(container, source)
        sound = container.streams.best("audio")
        heard = sound if isinstance(sound, AudioStream) else None
        if not _can_be_held(pictures, heard):
            return False
        try:
            part = _part(container, pictures, span, origin_seconds)
            if part is None:
                return False
            with complete_or_absent(target) as unfinished:
                _copy(container, [pictures, *([heard] if heard else [])], part, unfinished)
        except FFmpegError:
            # Encoding anew copes with more, and says what is wrong where it does not.
            return False
    return True


def _can_be_held(pictures: VideoStream, heard: AudioStream | None) -> bool:
    named = pictures.codec_context.name in VIDEO_CODECS and pictures.time_base is not None
    return named and (
        heard is None
        or (heard.codec_context is not None and heard.codec_context.name in SOUND_CODECS)
    )


def _part(
    container: InputContainer, stream: VideoStream, span: ClipSpan, origin_seconds: float
) -> _Part | None:
    """The packets of the span, or None where they need others to be decoded."""
    base = stream.time_base
    assert base is not None
    half = float(1 / stream.average_rate if stream.average_rate else ASSUMED_PERIOD_SECONDS) / 2
    begin = span.start_seconds + origin_seconds
    end = span.end_seconds + origin_seconds
    container.seek(round((begin + half) / base), stream=stream)
    start_pts = end_pts = None
    for timed in _timed(container, stream):
        is_key = timed.packet.is_keyframe
        if start_pts is None:
            if not is_key or abs(timed.seconds - begin) > half:
                return None
            start_pts = timed.pts
        elif end_pts is not None:
            # A key frame may be followed by pictures that are shown before it and need it.
            return _Part(start_pts, end_pts) if timed.pts > end_pts else None
        elif is_key and abs(timed.seconds - end) <= half:
            end_pts = timed.pts
        elif timed.seconds >= end - half:
            return None
    return None if start_pts is None else _Part(start_pts, end_pts)


def _timed(container: InputContainer, *streams: Stream) -> Iterator[_Timed]:
    for packet in packets_of(container, *streams):
        if packet.size and packet.pts is not None and packet.dts is not None:
            seconds = float(packet.pts * packet.time_base)
            yield _Timed(packet, packet.pts, packet.dts, seconds)


def _copy(
    container: InputContainer, streams: list[VideoStream | AudioStream], part: _Part, target: Path
) -> None:
    pictures = streams[0]
    assert pictures.time_base is not None
    begin = float(part.start_pts * pictures.time_base)
    end = math.inf if part.end_pts is None else float(part.end_pts * pictures.time_base)
    container.seek(part.start_pts, stream=pictures)
    with av.open(str(target.absolute()), "w", format="mp4") as output:
        copies = {stream.index: output.add_stream_from_template(stream) for stream in streams}
        going_on = set(copies)
        for timed in _timed(container, *streams):
            if timed.seconds >= end:
                going_on.discard(timed.packet.stream_index)
            # Before the start lie sound, and pictures that need others before them.
            elif timed.seconds >= begin:
                output.mux(_moved(timed, begin, copies[timed.packet.stream_index]))
            if not going_on:
                break


def _moved(timed: _Timed, begin: float, stream: Stream) -> "Packet[Any]":
    packet = timed.packet
    shift = round(begin / packet.time_base)
    packet.pts, packet.dts = timed.pts - shift, timed.dts - shift
    packet.stream = stream
    return packet
