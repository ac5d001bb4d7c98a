"""A film whose frames tell their numbers, with B-frames and sound, and how to read them."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from ingest.clip import ClipSpan
from ingest.video import Video

RATE = Fraction(30_000, 1001)
SIDE = 128


def numbered(number: int) -> np.ndarray:
    """A picture that tells its number by eight black or white bars."""
    bits = [(number >> bit) & 1 for bit in range(8)]
    return (
        np.repeat(np.array(bits, np.uint8) * 255, SIDE // 8)[None, :, None]
        .repeat(64, 0)
        .repeat(3, 2)
    )


def number_of(picture: np.ndarray) -> int:
    means = picture.mean(axis=(0, 2)).reshape(8, -1).mean(axis=1)
    return sum(1 << bit for bit, mean in enumerate(means) if mean > 127)


def film(
    path: Path, *, frames: int = 90, key_every: int = 30, codec: str = "libx264", sound: bool = True
) -> Path:
    """Numbered frames with B-frames between them, and a tone."""
    with av.open(str(path), "w") as container:
        options = {"x264-params": f"keyint={key_every}:min-keyint={key_every}:scenecut=0"}
        stream = container.add_stream(codec, RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = SIDE, 64, "yuv420p"
        stream.gop_size = key_every
        heard = container.add_stream("aac", 48_000, layout="stereo") if sound else None
        for number in range(frames):
            frame = VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame.pts, frame.time_base = number, 1 / RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        for number in range(round(frames / float(RATE) * 48_000 / 1024)) if heard else ():
            tone = np.sin(np.arange(1024) / 20, dtype=np.float32)[None].repeat(2, 0)
            piece = AudioFrame.from_ndarray(tone, "fltp", "stereo")
            piece.sample_rate, piece.pts, piece.time_base = (
                48_000,
                number * 1024,
                Fraction(1, 48_000),
            )
            container.mux(heard.encode(piece))
        if heard:
            container.mux(heard.encode())
    return path


def delayed(source: Path, target: Path, *, seconds: float) -> Path:
    """The same packets on a clock that shows so much more."""
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        streams = {s.index: written.add_stream_from_template(s) for s in read.streams}
        for packet in read.demux():
            if packet.dts is None or packet.pts is None:
                continue
            later = round(seconds / packet.time_base)
            packet.pts, packet.dts = packet.pts + later, packet.dts + later
            packet.stream = streams[packet.stream.index]
            written.mux(packet)
    with av.open(str(target)) as read:
        assert read.start_time > 7_000_000
    return target


def numbers(path: Path) -> list[int]:
    with Video.open(path) as video:
        shown = list(video.frames())
        assert shown[0].seconds == 0
        assert all(b.seconds - a.seconds < 1.5 / RATE for a, b in pairwise(shown))
        return [number_of(frame.rgb(short_side=64)) for frame in shown]


def span(first: int, last: int) -> ClipSpan:
    """From the start of one frame to the start of another."""
    return ClipSpan(float(first / RATE), float(last / RATE))
