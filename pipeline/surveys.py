"""A library at a glance: its categories with examples, the words of its captions, its figures.

All of it is counted in one pass over what a `Shelf` gives.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalog.interface import ClipSummary, VideoRecord
from encoder.vocabulary import split_words
from pipeline.browsing import Holdings
from pipeline.wording import SMALL_WORDS

EXAMPLES = 3
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class LabelSurvey:
    """A label, how many clips carry it, and the surest of them."""

    kind: str
    label: str
    clips: int
    examples: tuple[ClipSummary, ...]


@dataclass(frozen=True)
class WordCount:
    """A word that means something, and how many captions hold it."""

    word: str
    clips: int


@dataclass(frozen=True)
class MonthOfVideos:
    """The videos whose files are of one month, the latest first."""

    month: str
    """Like ``2024-05``."""
    videos: tuple[VideoRecord, ...]


@dataclass(frozen=True)
class Figures:
    """How much a library holds."""

    videos: int
    clips: int
    seconds: float
    captioned: int
    """Clips with a caption."""
    labels: int
    """Different labels of all kinds."""
    words: int
    """Different words of all captions."""
    first_month: str
    """Of the oldest file, like ``2024-05``; empty where there is no video."""
    last_month: str

    @property
    def mean_clip_seconds(self) -> float:
        return self.seconds / self.clips if self.clips else 0.0


def survey_labels(clips: Iterable[ClipSummary], *, examples: int = EXAMPLES) -> list[LabelSurvey]:
    """Every label with its surest clips: by kind, and the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    best: defaultdict[tuple[str, str], list[tuple[float, ClipSummary]]] = defaultdict(list)
    for clip in clips:
        for category in {(c.kind, c.label): c for c in clip.categories}.values():
            key = (category.kind, category.label)
            counts[key] += 1
            kept = best[key]
            # Nearly all clips end here, so that a large library takes no longer to sort.
            if len(kept) < examples or category.probability > kept[-1][0]:
                kept.append((category.probability, clip))
                kept.sort(key=lambda pair: -pair[0])
                del kept[examples:]
    found = [
        LabelSurvey(kind, label, count, tuple(clip for _, clip in best[kind, label]))
        for (kind, label), count in counts.items()
    ]
    return sorted(found, key=lambda label: (label.kind, -label.clips, label.label))


def survey_words(clips: Iterable[ClipSummary]) -> list[WordCount]:
    """The words of all captions, the most frequent first, without those that say little."""
    # Captions repeat themselves: each is split once.
    captions = Counter(clip.caption for clip in clips)
    counts: Counter[str] = Counter()
    for caption, times in captions.items():
        for word in set(split_words(caption)) - SMALL_WORDS:
            counts[word] += times
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [WordCount(word, count) for word, count in ordered]


def by_month(videos: Iterable[VideoRecord]) -> list[MonthOfVideos]:
    """Videos by the month in which their files were changed last, the latest first."""
    months: defaultdict[str, list[VideoRecord]] = defaultdict(list)
    for video in sorted(videos, key=lambda video: -video.modified_ns):
        months[_month(video)].append(video)
    return [MonthOfVideos(month, tuple(months[month])) for month in sorted(months, reverse=True)]


def figures(holdings: Holdings) -> Figures:
    """Count what there is."""
    months = sorted(map(_month, holdings.videos))
    return Figures(
        videos=len(holdings.videos),
        clips=len(holdings.clips),
        seconds=sum(video.duration_seconds for video in holdings.videos),
        captioned=sum(bool(clip.caption) for clip in holdings.clips),
        labels=len({(c.kind, c.label) for clip in holdings.clips for c in clip.categories}),
        words=len(survey_words(holdings.clips)),
        first_month=months[0] if months else "",
        last_month=months[-1] if months else "",
    )


def _month(video: VideoRecord) -> str:
    return f"{datetime.fromtimestamp(video.modified_ns / NANOSECONDS).astimezone():%Y-%m}"
