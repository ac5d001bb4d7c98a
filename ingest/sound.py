"""What is heard during a piece of a video, as an even stream of samples."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from ingest.clip import ClipSpan
from ingest.container import open_container, packets_of

SAMPLES_PER_SECOND = 48_000
CHANNELS = 2
SILENCE_SAMPLES = SAMPLES_PER_SECOND
"""Silence comes in pieces of at most so many, so that a long one takes no memory."""
TOLERATED_SAMPLES = SAMPLES_PER_SECOND // 20
"""A piece that comes so little too early or late comes on time: clocks in files are coarse."""
LEAD_SECONDS = 0.2
"""Decoders need some frames before theirs are right."""

logger = logging.getLogger(__name__)


def sound_during(
    path: Path, span: ClipSpan, *, origin_seconds: float
) -> Iterator[NDArray[np.float32]]:
    """Yield ``(2, N)`` samples in ``[-1, 1]``, 48,000 a second, from the start of `span` on.

    `origin_seconds` is what the file's clock shows at the video's start. Where the file is silent
    for a while, so is this; nothing comes where it has no sound in the span, and after damage that
    cannot be decoded nothing more. Raises ``VideoError`` where the file cannot be opened.
    """
    container = open_container(path)
    try:
        stream = container.streams.best("audio")
        if isinstance(stream, AudioStream) and stream.codec_context is not None:
            yield from _cut(_heard(container, stream, span, origin_seconds), span)
    except (FFmpegError, ValueError) as error:
        logger.warning("%s: its sound ends early: %s", path, error)
    finally:
        container.close()


def _heard(
    container: InputContainer, stream: AudioStream, span: ClipSpan, origin_seconds: float
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Yield samples with their times, seconds since the video's start, from about the span on."""
    begin = span.start_seconds + origin_seconds - LEAD_SECONDS
    if span.start_seconds > LEAD_SECONDS and stream.time_base is not None:
        # What cannot be sought in is heard from its beginning.
        with suppress(FFmpegError):
            container.seek(round(begin / stream.time_base), stream=stream)
    resampler = AudioResampler("fltp", "stereo", SAMPLES_PER_SECOND)
    for frame in _decoded(container, stream):
        if frame.pts is None or frame.time_base is None:
            continue
        seconds = float(frame.pts * frame.time_base) - origin_seconds
        if seconds >= span.end_seconds:
            return
        # The resampler's own clock drifts where the file's has gaps.
        frame.pts = None
        for piece in resampler.resample(frame):
            yield seconds, _samples(piece)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in packets_of(container, stream):
        yield from packet.decode()


def _samples(frame: AudioFrame) -> NDArray[np.float32]:
    return np.asarray(frame.to_ndarray(), np.float32)


def _cut(
    heard: Iterator[tuple[float, NDArray[np.float32]]], span: ClipSpan
) -> Iterator[NDArray[np.float32]]:
    """Lay pieces end to end from the span's start, with silence where none is."""
    length = round(span.length_seconds * SAMPLES_PER_SECOND)
    done = 0
    for seconds, samples in heard:
        begin = round((seconds - span.start_seconds) * SAMPLES_PER_SECOND)
        if done and abs(begin - done) < TOLERATED_SAMPLES:
            begin = done
        for silence in _silence(min(begin, length) - done):
            done += silence.shape[1]
            yield silence
        fitting = samples[:, max(0, done - begin) : max(0, length - begin)]
        if fitting.shape[1]:
            done += fitting.shape[1]
            yield fitting


def _silence(samples: int) -> Iterator[NDArray[np.float32]]:
    for begin in range(0, samples, SILENCE_SAMPLES):
        yield np.zeros((CHANNELS, min(SILENCE_SAMPLES, samples - begin)), np.float32)
