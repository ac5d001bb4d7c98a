"""Clips and videos in Milvus: Lite in a folder, Standalone or Distributed behind a URI."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pymilvus import MilvusClient

from catalog.beginnings import delete_video, is_complete, note_begun
from catalog.conditions import on_clips_only
from catalog.connecting import absent, connected, without_password
from catalog.embedded import EmbeddedMilvus
from catalog.expressions import ALL_VIDEOS, admitting, of_clips, of_videos
from catalog.interface import (
    CatalogError,
    ClipFilter,
    ClipRecord,
    ClipSummary,
    EmbeddingSpaceMismatchError,
    SearchHit,
    SpaceChangedError,
    VideoRecord,
)
from catalog.schema import (
    CLIP_FIELDS,
    SUMMARY_FIELDS,
    VIDEO_FIELDS,
    Row,
    clip_record,
    clip_row,
    clip_summary,
    video_record,
    video_row,
)
from catalog.translation import translated
from catalog.vectors import rank, require_space
from catalog.versions import (
    ALIAS,
    Version,
    create,
    drop_all_but,
    first_version,
    load,
    load_current,
    named_by_alias,
    next_version,
    version_at,
)
from encoder.interface import EmbeddingSpace

# It logs every failed request with a traceback before it raises; raising is enough.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)

ROWS_PER_REQUEST = 500
"""About 1.5 MB of 512-d clips: far below what a server accepts in one message."""
MAX_HITS = 16_384
"""Milvus returns no more rows from one search."""
SPARE_HITS = 4
"""How many more hits are asked for, so that ties at the end of the list can be put in order."""
SCORE_TOLERANCE = 1e-5
"""Milvus computes in single precision: scores closer than this may be ties."""


class MilvusStore:
    """A ``ClipStore`` on Milvus. Make it with :meth:`open` or :meth:`find`."""

    def __init__(
        self,
        client: MilvusClient,
        embedded: EmbeddedMilvus | None,
        version: Version,
        *,
        is_successor: bool = False,
    ) -> None:
        self._client = client
        self._embedded = embedded
        self._version = version
        self._is_successor = is_successor
        self._is_lite = "lite" in client.get_server_version()

    @classmethod
    def open(
        cls, where: str | Path, *, space: EmbeddingSpace, encoder: str = "", create: bool = True
    ) -> "MilvusStore":
        """Open the catalog in a folder (``Path``: Milvus Lite) or on a server (``str``: its URI).

        With `create`, what is absent is made; without, an absent catalog is a ``CatalogError``.
        Raises ``CatalogLockedError`` where another process has the folder open, and
        ``EmbeddingSpaceMismatchError`` where the catalog holds vectors of another space.
        """
        wanted = first_version(space, encoder) if create else None
        store = cls._connect(where, wanted)
        if store is None:
            raise absent(where)
        if store.space != space:
            store.close()
            raise EmbeddingSpaceMismatchError(expected=store.space, got=space)
        return store

    @classmethod
    def find(cls, where: str | Path) -> "MilvusStore | None":
        """Open the catalog that is there, whatever space it holds; None where there is none.

        Raises ``CatalogLockedError`` where another process has the folder open.
        """
        return cls._connect(where, None)

    @classmethod
    def _connect(cls, where: str | Path, wanted: Version | None) -> "MilvusStore | None":
        """Open what there is; where there is nothing, make what is `wanted`."""
        if isinstance(where, Path) and wanted is None and not where.is_dir():
            return None
        embedded = EmbeddedMilvus(where) if isinstance(where, Path) else None
        uri = str(where) if embedded is None else embedded.uri
        store = None
        try:
            with translated(f"open {without_password(where)}"):
                client = connected(uri)
                version = load_current(client)
                if version is None and wanted is not None:
                    create(client, wanted)
                    version = load_current(client)
                if version is not None:
                    store = cls(client, embedded, version)
                    return store
        finally:
            if store is None and embedded is not None:
                embedded.close()
        return None

    @property
    def space(self) -> EmbeddingSpace:
        return self._version.space

    @property
    def is_remote(self) -> bool:
        """Whether it is a server's, which other processes use as well."""
        return self._embedded is None

    @property
    def encoder(self) -> str:
        return self._version.encoder

    def latest(self) -> "MilvusStore":
        if self._is_successor:
            return self
        with translated("say what it holds"):
            if named_by_alias(self._client) == self._version.clips:
                return self
            version = load_current(self._client)
        if version is None:
            raise CatalogError("the catalog is gone; index the videos again")
        return MilvusStore(self._client, self._embedded, version)

    def successor(self, space: EmbeddingSpace, *, encoder: str) -> "MilvusStore":
        if space == self.space:
            with translated("drop other versions"):
                drop_all_but(self._client, self._version)
            return self
        version = next_version(space, encoder)
        with translated("begin another version"):
            drop_all_but(self._client, self._version, version)
            create(self._client, version)
            load(self._client, version, is_lite=self._is_lite)
            begun = version_at(self._client, version.clips)
        return MilvusStore(self._client, self._embedded, begun, is_successor=True)

    def give_way(self, successor: "MilvusStore", *, if_complete: Callable[[], bool]) -> bool:
        if not if_complete():
            return False
        with translated("change to another version"):
            self._client.alter_alias(successor._version.clips, ALIAS)
            drop_all_but(self._client, successor._version)
        return True

    def upsert_clips(self, records: Sequence[ClipRecord]) -> None:
        for record in records:
            require_space(record.description.embedding, self.space)
        rows = iter([clip_row(record) for record in records])
        while batch := list(islice(rows, ROWS_PER_REQUEST)):
            with self._doing("store clips"):
                note_begun(self._client, self._version, {row["video_id"] for row in batch})
                self._client.upsert(self._version.clips, batch)

    def upsert_video(self, video: VideoRecord) -> None:
        self.flush()
        with self._doing(f"store {video.path}"):
            self._client.upsert(self._version.videos, [video_row(video)])

    def flush(self) -> None:
        # A server makes safe what it acknowledges, and by default takes one flush in ten seconds.
        # Lite searches slowly what was not flushed. Beginnings must not be lost before clips.
        if self._is_lite:
            with self._doing("write to disk"):
                self._client.flush(self._version.videos)
                self._client.flush(self._version.clips)

    def search(
        self, embedding: NDArray[np.float32], *, limit: int, where: ClipFilter = ClipFilter()
    ) -> list[SearchHit]:
        """As the protocol says; at most `MAX_HITS`, and on a large server approximate."""
        require_space(embedding, self.space)
        clips_only = on_clips_only(where, self.videos)
        if clips_only is None:
            return []
        limit = min(limit, MAX_HITS)
        asked = min(limit + SPARE_HITS, MAX_HITS)
        while True:
            rows, scores = self._closest(embedding, asked, admitting(clips_only))
            tied = len(rows) == asked and scores[-1] > scores[limit - 1] - SCORE_TOLERANCE
            if not tied or asked == MAX_HITS:
                return rank(map(clip_record, rows), embedding, limit=limit)
            asked = min(2 * asked, MAX_HITS)

    def clips_of(self, video_id: str) -> list[ClipRecord]:
        rows = self._rows(self._version.clips, CLIP_FIELDS, of_videos([video_id]))
        return sorted(map(clip_record, rows), key=lambda record: (record.span, record.clip_id))

    def clips(self, clip_ids: Sequence[str]) -> list[ClipRecord]:
        rows = self._rows(self._version.clips, CLIP_FIELDS, of_clips(clip_ids))
        found = {record.clip_id: record for record in map(clip_record, rows)}
        return [found[clip_id] for clip_id in clip_ids if clip_id in found]

    def summaries_of(self, video_ids: Sequence[str]) -> list[ClipSummary]:
        rows = self._rows(self._version.clips, SUMMARY_FIELDS, of_videos(video_ids))
        return sorted(map(clip_summary, rows), key=lambda clip: (clip.video_id, clip.span))

    def videos(self) -> list[VideoRecord]:
        rows = self._rows(self._version.videos, VIDEO_FIELDS, ALL_VIDEOS)
        return sorted(map(video_record, rows), key=lambda video: (video.path, video.video_id))

    def video(self, video_id: str) -> VideoRecord | None:
        rows = self._rows(self._version.videos, VIDEO_FIELDS, of_videos([video_id]))
        return video_record(rows[0]) if rows and is_complete(rows[0]) else None

    def count_clips(self) -> int:
        with self._doing("count clips"):
            (row,) = self._client.query(self._version.clips, filter="", output_fields=["count(*)"])
        return int(row["count(*)"])

    def delete_video(self, video_id: str) -> None:
        with self._doing(f"delete video {video_id}"):
            delete_video(self._client, self._version, video_id)

    def close(self) -> None:
        # Where a successor took over, there is nothing left to write.
        with suppress(SpaceChangedError):
            self.flush()
        self._client.close()
        if self._embedded is not None:
            self._embedded.close()

    @contextmanager
    def _doing(self, action: str) -> Iterator[None]:
        """Translate errors; raise ``SpaceChangedError`` where a successor has taken over.

        Looked at afterwards: collections are dropped only after the change, so what was done
        before it was done to whole ones.
        """
        try:
            with translated(action):
                yield
        except CatalogError as error:
            if self._is_replaced():
                raise SpaceChangedError from error
            raise
        if self._is_replaced():
            raise SpaceChangedError

    def _is_replaced(self) -> bool:
        if self._is_successor:
            return False
        with translated("say what it holds"):
            return named_by_alias(self._client) != self._version.clips

    def _closest(
        self, embedding: NDArray[np.float32], limit: int, expression: str
    ) -> tuple[list[Row], list[float]]:
        with self._doing("search"):
            (hits,) = self._client.search(
                self._version.clips,
                data=[embedding],
                limit=limit,
                filter=expression,
                output_fields=CLIP_FIELDS,
            )
        return [hit["entity"] for hit in hits], [hit["distance"] for hit in hits]

    def _rows(self, collection: str, fields: list[str], expression: str) -> list[Row]:
        # In one answer: the client's page by page iterator does not quote the ids that it puts
        # into its expressions. A day of video is 30 MB, a server's limit is 100 MB.
        with self._doing(f"list {collection}"):
            return list(self._client.query(collection, filter=expression, output_fields=fields))
