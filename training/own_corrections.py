"""What a library's users said of its moments, as something to learn from."""

from collections.abc import Sequence

from catalog.interface import VideoRecord
from encoder.vocabulary import split_words
from ingest.location import as_typed
from pipeline.corrections import Correction, Corrections
from training.own_data import LineProblem, OwnItem, OwnTable


def corrected_moments(corrections: Corrections, videos: Sequence[VideoRecord]) -> OwnTable:
    """The moments of `videos` whose caption was corrected; their line is their number, from 1.

    Raises ``OSError`` where a correction cannot be read.
    """
    said = [
        (video, each)
        for video in videos
        for each in corrections.of(video.video_id)
        if each.caption is not None
    ]
    table = OwnTable(corrections.folder, (), ())
    items: list[OwnItem] = []
    problems: list[LineProblem] = []
    for number, (video, correction) in enumerate(said, start=1):
        if split_words(correction.caption or ""):
            items.append(_item(video, correction, number))
        else:
            what = f"{correction.caption!r} has no word in English; correct it to one"
            problems.append(table.problem(number, what))
    return OwnTable(table.path, tuple(items), tuple(problems))


def _item(video: VideoRecord, correction: Correction, number: int) -> OwnItem:
    captions = (correction.caption or "",)
    return OwnItem(as_typed(video.path), video.path, correction.span, captions, number)
