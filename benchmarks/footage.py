"""Short videos cut from real footage, each with content of its own."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from ingest.clip import ClipSpan
from ingest.discovery import find_media
from ingest.excerpt import write_excerpt
from ingest.video import Video
from ingest.writing import write_video

STEP_SECONDS = 0.7
"""How much later each further cut of the same film begins."""
PIECE_SECONDS = 16
"""What a film made of many takes of each, in turn."""


def cut(footage: Path, target: Path, *, count: int, seconds: float) -> list[Path]:
    """Write `count` different cuts of `seconds` each into `target`, from the films in turn.

    Raises ``VideoError`` where one cannot be read.
    """
    target.mkdir(parents=True)
    films = sorted(find_media([footage]))
    # The first cut of each film comes before the second of any.
    spans = [(n, film, span) for film in films for n, span in enumerate(_spans(film, seconds))]
    chosen = sorted(spans, key=lambda cut: cut[0])[:count]
    if len(chosen) < count:
        raise SystemExit(f"{footage}: gives only {len(chosen)} cuts of {seconds} s; add films")
    paths = [target / f"{n:02}-{film.stem}.mp4" for n, (_, film, _) in enumerate(chosen)]
    for path, (_, film, span) in zip(paths, chosen, strict=True):
        write_excerpt(film, span, path)
    return paths


def _spans(film: Path, seconds: float) -> list[ClipSpan]:
    with Video.open(film) as video:
        room = video.info.duration_seconds - seconds
    count = int(room / STEP_SECONDS) + 1 if room >= 0 else 0
    starts = [number * STEP_SECONDS for number in range(count)]
    return [ClipSpan(start, start + seconds) for start in starts]


@dataclass(frozen=True)
class Format:
    """How the pictures of a film are."""

    width: int
    height: int
    rate: int = 25
    """Frames a second."""


HD = Format(1280, 720)


def film(footage: Path, target: Path, *, seconds: int, form: Format) -> Path:
    """One film of a length: the beginnings of the footage's films, again and again.

    H.264, at most one minute of it different. Raises ``VideoError`` where one cannot be read.
    """
    minute = target.with_name(f"minute-of-{target.name}")
    wanted = form.rate * min(seconds, 60)
    write_video(minute, islice(_pictures(footage, form), wanted), frames_per_second=form.rate)
    with av.open(str(minute)) as source, av.open(str(target), "w") as container:
        pictures = source.streams.video[0]
        copy = container.add_stream_from_template(pictures)
        for repetition in range(math.ceil(seconds / 60)):
            later = round(repetition * wanted / form.rate / pictures.time_base)
            source.seek(0)
            for packet in source.demux(pictures):
                if packet.dts is not None and packet.pts is not None:
                    packet.dts, packet.pts = packet.dts + later, packet.pts + later
                    packet.stream = copy
                    container.mux(packet)
    minute.unlink()
    return target


def _pictures(footage: Path, form: Format) -> Iterator[NDArray[np.uint8]]:
    while True:
        for path in sorted(find_media([footage])):
            with av.open(str(path)) as container:
                for frame in islice(container.decode(video=0), form.rate * PIECE_SECONDS):
                    yield frame.to_ndarray(format="rgb24", width=form.width, height=form.height)
