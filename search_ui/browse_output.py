"""What the command `browse` prints, as JSON and as tables."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from catalog.interface import VideoRecord
from ingest.location import as_typed
from pipeline.corrections import GROUP
from pipeline.surveys import NANOSECONDS, Figures, LabelSurvey, MonthOfVideos, WordCount
from search_ui.json_shapes import (
    FiguresDocument,
    LabelDocument,
    MonthDocument,
    VideoDocument,
    WordDocument,
)
from search_ui.printing import clock, rows, span_text
from search_ui.terminal import printable, results, shown_path


def most_of_each_kind(labels: Sequence[LabelSurvey], limit: int) -> list[LabelSurvey]:
    """The `limit` most frequent labels of each kind."""
    kinds = groupby(labels, key=lambda label: label.kind)
    return [label for _, of_kind in kinds for label in list(of_kind)[:limit]]


def largest_groups(labels: Sequence[LabelSurvey], limit: int) -> list[LabelSurvey]:
    """The `limit` largest of the groups that `clipseek groups` found."""
    return [label for label in labels if label.kind == GROUP][:limit]


def labels_document(labels: Sequence[LabelSurvey]) -> list[LabelDocument]:
    """By kind, the most frequent first, each with its surest clips."""
    return [
        {
            "kind": label.kind,
            "label": label.label,
            "clips": label.clips,
            "examples": [
                {
                    "clip_id": clip.clip_id,
                    "path": as_typed(clip.path),
                    "start_seconds": clip.span.start_seconds,
                    "end_seconds": clip.span.end_seconds,
                    "caption": clip.caption,
                }
                for clip in label.examples
            ],
        }
        for label in labels
    ]


def words_document(words: Sequence[WordCount]) -> list[WordDocument]:
    """The most frequent first."""
    return [{"word": word.word, "clips": word.clips} for word in words]


def figures_document(figures: Figures) -> FiguresDocument:
    """All figures by name."""
    return {
        "videos": figures.videos,
        "clips": figures.clips,
        "seconds": figures.seconds,
        "captioned": figures.captioned,
        "labels": figures.labels,
        "words": figures.words,
        "first_month": figures.first_month,
        "last_month": figures.last_month,
        "mean_clip_seconds": figures.mean_clip_seconds,
    }


def video_document(video: VideoRecord) -> VideoDocument:
    """One video of the library; the time has the zone of this machine."""
    changed = datetime.fromtimestamp(video.modified_ns / NANOSECONDS).astimezone()
    return {
        "video_id": video.video_id,
        "path": as_typed(video.path),
        "seconds": video.duration_seconds,
        "clips": video.clip_count,
        "width": video.width,
        "height": video.height,
        "size_bytes": video.size_bytes,
        "changed": changed.isoformat(timespec="seconds"),
        "missing": video.missing,
    }


def known_document(videos: Sequence[VideoRecord]) -> list[VideoDocument]:
    """All videos, in the order given."""
    return [*map(video_document, videos)]


def months_document(months: Sequence[MonthOfVideos]) -> list[MonthDocument]:
    """The latest first."""
    return [{"month": month.month, "videos": known_document(month.videos)} for month in months]


def print_labels(labels: Sequence[LabelSurvey]) -> None:
    """One row per label, with the clip that is surest of it."""
    table = rows()
    table.add_column("kind", style="dim")
    table.add_column("category", style="bold")
    table.add_column("clips", justify="right")
    table.add_column("for instance", overflow="fold")
    for label in labels:
        best = label.examples[0]
        where = f"{shown_path(best.path)} {span_text(best.span)}"
        table.add_row(printable(label.kind), printable(label.label), str(label.clips), where)
    results.print(table)


def print_words(words: Sequence[WordCount]) -> None:
    """One row per word."""
    table = rows()
    table.add_column("clips", justify="right")
    table.add_column("word", style="bold")
    for word in words:
        table.add_row(str(word.clips), printable(word.word))
    results.print(table)


def print_known(videos: Sequence[VideoRecord]) -> None:
    """One row per video."""
    table = rows()
    for column in ("length", "clips", "picture", "changed"):
        table.add_column(column, justify="right")
    table.add_column("video", overflow="fold")
    for video in videos:
        table.add_row(
            clock(round(video.duration_seconds)),
            str(video.clip_count),
            f"{video.width} x {video.height}" if video.height else "",
            video_document(video)["changed"][:10],
            shown_path(video.path),
        )
    results.print(table)


def print_months(months: Sequence[MonthOfVideos]) -> None:
    """One row per month."""
    table = rows()
    table.add_column("month", style="bold")
    for column in ("videos", "length"):
        table.add_column(column, justify="right")
    for month in months:
        seconds = sum(video.duration_seconds for video in month.videos)
        table.add_row(month.month, str(len(month.videos)), clock(round(seconds)))
    results.print(table)


def print_figures(figures: Figures) -> None:
    """One fact per row."""
    table = rows()
    table.add_column("")
    table.add_column("")
    table.add_row("videos", str(figures.videos))
    table.add_row("footage", clock(round(figures.seconds)))
    table.add_row("clips", f"{figures.clips}, {figures.mean_clip_seconds:.1f} seconds on average")
    table.add_row("captioned", str(figures.captioned))
    table.add_row("labels", str(figures.labels))
    table.add_row("words", str(figures.words))
    if figures.first_month:
        table.add_row("files of", f"{figures.first_month} to {figures.last_month}")
    results.print(table)
