"""Figures of quality as JSON and as tables; the keys are a contract, as all of `json_output`."""

from dataclasses import fields

from evaluation.actions import ActionReport
from evaluation.camera import CameraReport
from evaluation.captions import CaptionReport
from evaluation.intervals import Interval
from evaluation.retrieval import RecallIntervals, RetrievalFigures, RetrievalReport
from evaluation.topics import TopicReport
from ingest.camera import MOVEMENTS
from search_ui.json_output import Json
from search_ui.printing import count, rows
from search_ui.terminal import printable, results

INTERVALS = "in brackets: 95 % intervals"


def retrieval_document(report: RetrievalReport) -> Json:
    """Recalls in percent."""
    return {
        "text_to_image": _direction(report.text_to_image, report.text_to_image_intervals),
        "image_to_text": _direction(report.image_to_text, report.image_to_text_intervals),
        "images": report.images,
        "captions": report.captions,
    }


def _direction(figures: RetrievalFigures, intervals: RecallIntervals) -> Json:
    return {
        "r1": figures.recall_at_1,
        "r5": figures.recall_at_5,
        "r10": figures.recall_at_10,
        "median_rank": figures.median_rank,
        "r1_interval": _pair(intervals.recall_at_1),
        "r5_interval": _pair(intervals.recall_at_5),
        "r10_interval": _pair(intervals.recall_at_10),
    }


def captions_document(report: CaptionReport) -> Json:
    """BLEU in percent, CIDEr-D and ROUGE-L times 100."""
    document: dict[str, Json] = {}
    for field in fields(report.figures):
        document[field.name] = getattr(report.figures, field.name)
        document[f"{field.name}_interval"] = _pair(getattr(report.intervals, field.name))
    return {**document, "images": report.images, "captions": report.captions}


def topics_document(report: TopicReport) -> Json:
    """Shares of right answers in percent."""
    return {
        "accuracy": report.accuracy,
        "accuracy_interval": _pair(report.interval),
        "per_class": dict(report.per_topic),
        "videos": report.videos,
        "captions": report.captions,
    }


def camera_document(report: CameraReport) -> Json:
    """Shares of right answers in percent, and how often each movement was taken for each."""
    return {
        "accuracy": report.accuracy,
        "interval": _pair(report.interval),
        "per_class": dict(report.per_class),
        "clips": report.clips,
        "confusion": {
            movement: dict(zip(MOVEMENTS, row, strict=True))
            for movement, row in zip(MOVEMENTS, report.confusion.tolist(), strict=True)
            if any(row)
        },
    }


def actions_document(report: ActionReport) -> Json:
    """Shares of right answers in percent; classes are called like their folders."""
    return {
        "accuracy": report.accuracy,
        "interval": _pair(report.interval),
        "per_class": dict(report.per_class),
        "clips": report.clips,
        "confusion": {
            name: dict(zip(report.classes, row, strict=True))
            for name, row in zip(report.classes, report.confusion.tolist(), strict=True)
        },
        "unreadable": list(report.unreadable),
    }


def _pair(interval: Interval) -> Json:
    return [interval.low, interval.high]


def print_retrieval(report: RetrievalReport) -> None:
    """Both directions, recalls in percent."""
    table = rows()
    for column in ("", "R@1", "R@5", "R@10", "median rank"):
        table.add_column(column, justify="right")
    for name, figures, intervals in (
        ("text to image", report.text_to_image, report.text_to_image_intervals),
        ("image to text", report.image_to_text, report.image_to_text_intervals),
    ):
        table.add_row(
            name,
            _certain(figures.recall_at_1, intervals.recall_at_1),
            _certain(figures.recall_at_5, intervals.recall_at_5),
            _certain(figures.recall_at_10, intervals.recall_at_10),
            f"{figures.median_rank:g}",
        )
    results.print(table)
    _print_counts(count(report.images, "image"), count(report.captions, "caption"))


def print_captions(report: CaptionReport) -> None:
    """One row for each figure."""
    figures, intervals = report.figures, report.intervals
    table = rows()
    for column in ("figure", "x 100"):
        table.add_column(column)
    table.add_row("BLEU-1", _certain(figures.bleu1, intervals.bleu1))
    table.add_row("BLEU-2", _certain(figures.bleu2, intervals.bleu2))
    table.add_row("BLEU-3", _certain(figures.bleu3, intervals.bleu3))
    table.add_row("BLEU-4", _certain(figures.bleu4, intervals.bleu4))
    table.add_row("CIDEr-D", _certain(figures.cider, intervals.cider))
    table.add_row("ROUGE-L", _certain(figures.rouge_l, intervals.rouge_l))
    results.print(table)
    _print_counts(count(report.images, "image"), count(report.captions, "caption"))


def print_topics(report: TopicReport) -> None:
    """The share of right answers, of all captions and of each topic's."""
    table = rows()
    table.add_column("category")
    table.add_column("right, %", justify="right")
    for topic, accuracy in report.per_topic.items():
        table.add_row(printable(topic), f"{accuracy:.1f}")
    table.add_row("all", _certain(report.accuracy, report.interval))
    results.print(table)
    _print_counts(count(report.videos, "video"), count(report.captions, "caption"))


def print_camera(report: CameraReport) -> None:
    """The share of right answers, and what each movement was taken for."""
    table = rows()
    for column in ("movement", "right, %", "taken for"):
        table.add_column(column)
    for movement, counts in zip(MOVEMENTS, report.confusion.tolist(), strict=True):
        if movement in report.per_class:
            taken = zip(MOVEMENTS, counts, strict=True)
            others = ", ".join(f"{other} {n}" for other, n in taken if n and other != movement)
            table.add_row(movement, f"{report.per_class[movement]:.1f}", others)
    table.add_row("all", _certain(report.accuracy, report.interval))
    results.print(table)
    _print_counts(count(report.clips, "clip"))


def print_actions(report: ActionReport) -> None:
    """The share of right answers, and what each class was taken for."""
    table = rows()
    for column in ("action", "right, %", "taken for"):
        table.add_column(column)
    for name, counts in zip(report.classes, report.confusion.tolist(), strict=True):
        if name in report.per_class:
            taken = zip(report.classes, counts, strict=True)
            others = ", ".join(f"{other} {n}" for other, n in taken if n and other != name)
            table.add_row(printable(name), f"{report.per_class[name]:.1f}", printable(others))
    table.add_row("all", _certain(report.accuracy, report.interval))
    results.print(table)
    _print_counts(count(report.clips, "clip"))


def _certain(figure: float, interval: Interval) -> str:
    return f"{figure:.1f} [{interval.low:.1f}, {interval.high:.1f}]"


def _print_counts(*counts: str) -> None:
    results.print("; ".join((", ".join(counts), INTERVALS)))
