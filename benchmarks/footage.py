"""Short videos cut from real footage, each with content of its own."""

from pathlib import Path

from ingest.clip import ClipSpan
from ingest.discovery import find_media
from ingest.excerpt import write_excerpt
from ingest.video import Video

STEP_SECONDS = 0.7
"""How much later each further cut of the same film begins."""


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
