"""Which videos have clips, so that one without need not be looked for among all clips.

A video's row is there before its first clip, and until the video is completely indexed it says so.
Milvus finds a row by its key at once, but Milvus Lite looks at every clip to delete those of a
video: a third of a second for 100,000, before each new one.
"""

from collections.abc import Iterable
from pathlib import Path

from pymilvus import MilvusClient

from catalog.expressions import of_videos
from catalog.interface import VideoRecord
from catalog.schema import Row, video_row
from catalog.versions import Version

BEGUN = -1
"""The number of clips of a video that is not completely indexed."""


def is_complete(row: Row) -> bool:
    """Whether a row of the videos is more than the note of a beginning."""
    return bool(row["clip_count"] != BEGUN)


def note_begun(client: MilvusClient, version: Version, video_ids: Iterable[str]) -> None:
    """Note that clips of these videos are going to be written, where they have no row yet."""
    ids = set(video_ids)
    if version.notes_beginnings and ids and (new := ids - _known(client, version, ids)):
        client.upsert(version.videos, [_begun(video_id) for video_id in sorted(new)])


def delete_video(client: MilvusClient, version: Version, video_id: str) -> None:
    """Delete a video's row and its clips, where there are any; its record goes first."""
    if not version.notes_beginnings:
        client.delete(version.videos, filter=of_videos([video_id]))
        client.delete(version.clips, filter=of_videos([video_id]))
    elif _known(client, version, [video_id]):
        client.upsert(version.videos, [_begun(video_id)])
        client.delete(version.clips, filter=of_videos([video_id]))
        client.delete(version.videos, filter=of_videos([video_id]))


def _known(client: MilvusClient, version: Version, video_ids: Iterable[str]) -> set[str]:
    rows = client.query(version.videos, filter=of_videos(video_ids), output_fields=["video_id"])
    return {row["video_id"] for row in rows}


def _begun(video_id: str) -> Row:
    return video_row(
        VideoRecord(
            video_id, Path(), size_bytes=0, modified_ns=0, duration_seconds=0.0, clip_count=BEGUN
        )
    )
