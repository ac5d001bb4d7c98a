"""The JSON documents that other programs read. Their keys are a contract: add, never rename."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from catalog.interface import ClipRecord, SearchHit, VideoRecord
from encoder.interface import ClipDescription
from ingest.clip import Clip
from ingest.location import as_typed
from pipeline.checks import Finding
from pipeline.exporting import Exported
from pipeline.found import NO_REASON, Found, FoundVideo, Reason
from pipeline.groups import KIND, Group
from pipeline.reindexing import ReindexReport
from pipeline.reports import IndexReport
from pipeline.status import LibraryStatus
from search_ui.json_shapes import (
    CategoryDocument,
    ClipDocument,
    DescribedClipDocument,
    FoundDocument,
    FoundVideoDocument,
    HitDocument,
    IndexDocument,
    ScoredDocument,
)
from search_ui.terminal import results

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | dict[str, "Json"] | None


def write(document: object) -> None:
    """Print `document` as the only thing on standard output, in ASCII for any encoding."""
    results.file.write(json.dumps(document, indent=2) + "\n")


def write_line(document: Json) -> None:
    """Print `document` as one line, at once: one of several that follow each other."""
    results.file.write(json.dumps(document) + "\n")
    results.file.flush()


def index_document(report: IndexReport) -> IndexDocument:
    """Paths are strings as recorded; `seconds` is the duration of the video."""
    return {
        "indexed": [
            {
                "path": as_typed(video.path),
                "video_id": video.video_id,
                "clips": video.clips,
                "seconds": video.seconds,
            }
            for video in report.indexed
        ],
        "skipped": [
            {"path": as_typed(file.path), "reason": file.reason} for file in report.skipped
        ],
        "failed": [{"path": as_typed(file.path), "error": file.error} for file in report.failed],
    }


def reindex_document(report: ReindexReport) -> Json:
    """`left_out` names the videos that could not be carried over."""
    return {
        "encoder": report.space.name,
        "switched": report.switched,
        "described": report.described,
        "videos": report.videos,
        "left_out": [
            {"path": as_typed(file.path), "error": file.error} for file in report.left_out
        ],
    }


def hits_document(found: Sequence[Found]) -> list[FoundDocument]:
    """Best first; `clip_id`, `caption` and `categories` are the best clip's.

    `probability` says how probably it shows what was asked for in words, and `matches` whether that
    is enough; both are null where nothing was asked in words, or the encoder cannot tell.

    `shared_words` are those of the caption that the query has as well, but for endings;
    `named_categories` the labels that it names.

    What answers several steps has the key `steps` besides, with a clip for each; what goes over
    several clips, the key `clips`, with the similarity of each; what other videos show the same
    of, the key `copies`.
    """
    return [_found(one) for one in found]


def videos_document(videos: Sequence[FoundVideo]) -> list[FoundVideoDocument]:
    """Best first, each with its best moments as :func:`hits_document` has them."""
    return [
        {
            "video_id": video.record.video_id,
            "path": as_typed(video.record.path),
            "moments": hits_document(video.found),
        }
        for video in videos
    ]


def _found(found: Found) -> FoundDocument:
    reasons = found.reasons or (NO_REASON,) * len(found.hits)
    best = _hit(found.hits[0], reasons[0])
    document: FoundDocument = {
        "clip_id": best["clip_id"],
        "video_id": best["video_id"],
        "path": best["path"],
        "start_seconds": found.span.start_seconds,
        "end_seconds": found.span.end_seconds,
        "score": found.score,
        "probability": found.probability,
        "matches": found.matches,
        "caption": best["caption"],
        "categories": best["categories"],
        "shared_words": best["shared_words"],
        "named_categories": best["named_categories"],
    }
    if len(found.hits) > 1:
        document["steps"] = [*map(_hit, found.hits, reasons)]
    if found.neighbours:
        document["clips"] = [*map(_scored, found.clips)]
    if found.copies:
        document["copies"] = [
            {
                "clip_id": clip.clip_id,
                "path": as_typed(clip.path),
                "start_seconds": clip.span.start_seconds,
                "end_seconds": clip.span.end_seconds,
            }
            for clip in found.copies
        ]
    return document


def _scored(hit: SearchHit) -> ScoredDocument:
    return {
        "clip_id": hit.record.clip_id,
        "start_seconds": hit.record.span.start_seconds,
        "end_seconds": hit.record.span.end_seconds,
        "score": hit.score,
    }


def _hit(hit: SearchHit, reason: Reason) -> HitDocument:
    return {
        "clip_id": hit.record.clip_id,
        "video_id": hit.record.video_id,
        "path": as_typed(hit.record.path),
        "start_seconds": hit.record.span.start_seconds,
        "end_seconds": hit.record.span.end_seconds,
        "score": hit.score,
        "caption": hit.record.description.caption.text,
        "categories": _categories(hit.record.description),
        "shared_words": list(reason.words),
        "named_categories": list(reason.labels),
    }


def clip_document(record: ClipRecord) -> ClipDocument:
    """One clip of the library, with the keys of a search hit as far as they apply."""
    return {
        "clip_id": record.clip_id,
        "video_id": record.video_id,
        "path": as_typed(record.path),
        "start_seconds": record.span.start_seconds,
        "end_seconds": record.span.end_seconds,
        "caption": record.description.caption.text,
        "categories": _categories(record.description),
    }


def described_clip(clip: Clip, description: ClipDescription) -> DescribedClipDocument:
    """One clip of a file, with the keys of a search hit as far as they apply."""
    return {
        "clip_id": clip.clip_id,
        "video_id": clip.video.video_id,
        "path": as_typed(clip.video.path),
        "start_seconds": clip.span.start_seconds,
        "end_seconds": clip.span.end_seconds,
        "caption": description.caption.text,
        "caption_confidence": description.caption.confidence,
        "categories": _categories(description),
    }


def _categories(description: ClipDescription) -> list[CategoryDocument]:
    return [
        {"label": category.label, "kind": category.kind, "probability": category.probability}
        for category in description.categories
    ]


def status_document(library: Path, status: LibraryStatus) -> Json:
    """What the library at `library` holds."""
    jobs: Json = [{**asdict(job), "path": as_typed(job.path)} for job in status.jobs]
    return {"library": str(library), **asdict(status), "jobs": jobs}


def groups_document(groups: Sequence[Group]) -> Json:
    """Largest first, each with its clips, the most typical first."""
    return [
        {
            "label": group.name,
            "kind": KIND,
            "clips": [
                {
                    "clip_id": clip.clip_id,
                    "path": as_typed(clip.path),
                    "start_seconds": clip.span.start_seconds,
                    "end_seconds": clip.span.end_seconds,
                    "caption": clip.description.caption.text,
                }
                for clip in group.clips
            ],
        }
        for group in groups
    ]


def removed_document(removed: Sequence[VideoRecord]) -> Json:
    """What was forgotten."""
    return {
        "removed": [
            {"path": as_typed(video.path), "video_id": video.video_id, "clips": video.clip_count}
            for video in removed
        ]
    }


def exported_document(written: Sequence[Exported]) -> Json:
    """The files that were written; `copied` where a film has the original's own frames."""
    return [{**asdict(file), "path": str(file.path)} for file in written]


def findings_document(findings: Sequence[Finding]) -> Json:
    """All checks, good and bad."""
    return [asdict(finding) for finding in findings]
