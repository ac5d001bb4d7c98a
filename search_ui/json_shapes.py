"""The shapes of the JSON documents that other programs read; `json_output` makes them."""

from typing import NotRequired

from typing_extensions import TypedDict


class CategoryDocument(TypedDict):
    """A label of a clip."""

    label: str
    kind: str
    probability: float


class PlaceDocument(TypedDict):
    """Where a clip is; times are seconds from the video's start."""

    clip_id: str
    path: str
    start_seconds: float
    end_seconds: float


class ExampleDocument(PlaceDocument):
    """A clip in a few words."""

    caption: str


class ClipDocument(ExampleDocument):
    """A clip of the library."""

    video_id: str
    categories: list[CategoryDocument]
    """Most probable first."""


class DescribedClipDocument(ClipDocument):
    """A clip of a file that need not be in the library."""

    caption_confidence: float


class HitDocument(ClipDocument):
    """A clip that was found."""

    score: float
    """Cosine similarity, larger is closer."""
    shared_words: list[str]
    """Of the caption: those that the query has as well, but for endings."""
    named_categories: list[str]
    """Labels that the query names."""


class ScoredDocument(TypedDict):
    """A clip of a moment, and how similar it is to the query."""

    clip_id: str
    start_seconds: float
    end_seconds: float
    score: float


class FoundDocument(HitDocument):
    """A moment that was found: its best clip, from the moment's start to its end."""

    probability: float | None
    """How probably it shows what was asked for in words; null where that cannot be told."""
    matches: bool | None
    """Whether that is enough."""
    steps: NotRequired[list[HitDocument]]
    """Of a query of several steps: the clip that answers each."""
    clips: NotRequired[list[ScoredDocument]]
    """Of a moment of several clips: the similarity over its time."""
    copies: NotRequired[list[PlaceDocument]]
    """Clips of other videos that show the same."""


class FoundVideoDocument(TypedDict):
    """A video with its best moments."""

    video_id: str
    path: str
    moments: list[FoundDocument]


class VideoDocument(TypedDict):
    """A video of the library."""

    video_id: str
    path: str
    seconds: float
    clips: int
    width: int
    """Of the picture as displayed, pixels; 0 where it was indexed before this was noted."""
    height: int
    size_bytes: int
    changed: str
    """When the file was last changed, ISO 8601."""
    missing: bool
    """Whether the file was gone at the last look."""


class LabelDocument(TypedDict):
    """A category, how many clips carry it, and the surest of them."""

    kind: str
    label: str
    clips: int
    examples: list[ExampleDocument]


class WordDocument(TypedDict):
    """A word, and how many captions hold it."""

    word: str
    clips: int


class MonthDocument(TypedDict):
    """The videos whose files were last changed in one month."""

    month: str
    """Like ``2024-05``."""
    videos: list[VideoDocument]


class FiguresDocument(TypedDict):
    """How much a library holds."""

    videos: int
    clips: int
    seconds: float
    captioned: int
    labels: int
    words: int
    first_month: str
    last_month: str
    mean_clip_seconds: float


class IndexedDocument(TypedDict):
    """A video that was indexed."""

    path: str
    video_id: str
    clips: int
    seconds: float


class SkippedDocument(TypedDict):
    """A file that needed no work."""

    path: str
    reason: str


class FailedDocument(TypedDict):
    """A file that could not be used."""

    path: str
    error: str


class IndexDocument(TypedDict):
    """What became of some files."""

    indexed: list[IndexedDocument]
    skipped: list[SkippedDocument]
    failed: list[FailedDocument]
