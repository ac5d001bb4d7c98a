"""Clips and videos in Milvus: Lite in a folder, Standalone or Distributed behind a URI."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import grpc
import numpy as np
from numpy.typing import NDArray
from pymilvus import CollectionSchema, MilvusClient, MilvusException

from catalog.embedded import EmbeddedMilvus
from catalog.expressions import ALL_VIDEOS, admitting, of_videos
from catalog.interface import (
    CatalogError,
    ClipFilter,
    ClipRecord,
    EmbeddingSpaceMismatchError,
    SearchHit,
    VideoRecord,
)
from catalog.schema import (
    CLIP_FIELDS,
    CLIPS,
    VIDEO_FIELDS,
    VIDEOS,
    Row,
    clip_record,
    clip_row,
    clips_schema,
    video_record,
    video_row,
    videos_schema,
)
from catalog.vectors import rank, require_space
from encoder.interface import EmbeddingSpace

# It logs every failed request with a traceback before it raises; raising is enough.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)

SPACE_PROPERTY = "clipseek.embedding_space"
"""The clips collection's property that names the embedding space."""

CONNECT_SECONDS = 10.0
ROWS_PER_REQUEST = 500
"""About 1.5 MB of 512-d clips: far below what a server accepts in one message."""

MAX_HITS = 16_384
"""Milvus returns no more rows from one search."""

SPARE_HITS = 16
"""How many more hits are asked for, so that ties at the end of the list can be put in order."""

SCORE_TOLERANCE = 1e-5
"""Milvus computes in single precision: scores closer than this may be ties."""


class MilvusStore:
    """A ``ClipStore`` on Milvus. Make it with :meth:`open`."""

    def __init__(
        self, client: MilvusClient, embedded: EmbeddedMilvus | None, space: EmbeddingSpace
    ) -> None:
        self._client = client
        self._embedded = embedded
        self._space = space
        self._is_lite = "lite" in client.get_server_version()

    @classmethod
    def open(
        cls, where: str | Path, *, space: EmbeddingSpace, create: bool = True
    ) -> "MilvusStore":
        """Open the catalog in a folder (``Path``: Milvus Lite) or on a server (``str``: its URI).

        With `create`, what is absent is made; without, an absent catalog is a ``CatalogError``.
        Raises ``CatalogLockedError`` where another process has the folder open, and
        ``EmbeddingSpaceMismatchError`` where the catalog holds vectors of another space.
        """
        if isinstance(where, Path) and not (create or where.is_dir()):
            raise _absent(where)
        embedded = EmbeddedMilvus(where) if isinstance(where, Path) else None
        uri = str(where) if embedded is None else embedded.uri
        try:
            with _translated(f"open {where}"):
                client = MilvusClient(uri=uri, timeout=CONNECT_SECONDS)
                store = cls(client, embedded, space)
                if create:
                    store._create_absent()
                elif not client.has_collection(CLIPS):
                    raise _absent(where)
                store._check_space()
                store._load()
        except BaseException:
            if embedded is not None:
                embedded.close()
            raise
        return store

    @property
    def space(self) -> EmbeddingSpace:
        return self._space

    def upsert_clips(self, records: Sequence[ClipRecord]) -> None:
        for record in records:
            require_space(record.description.embedding, self._space)
        rows = iter([clip_row(record) for record in records])
        while batch := list(islice(rows, ROWS_PER_REQUEST)):
            with _translated("store clips"):
                self._client.upsert(CLIPS, batch)

    def upsert_video(self, video: VideoRecord) -> None:
        self.flush()
        with _translated(f"store {video.path}"):
            self._client.upsert(VIDEOS, [video_row(video)])

    def flush(self) -> None:
        # A server has made safe what it acknowledged, indexes by itself, and by default takes
        # one flush in ten seconds. Lite searches slowly what was not flushed.
        if self._is_lite:
            with _translated("write to disk"):
                self._client.flush(CLIPS)
                self._client.flush(VIDEOS)

    def search(
        self, embedding: NDArray[np.float32], *, limit: int, where: ClipFilter = ClipFilter()
    ) -> list[SearchHit]:
        """As the protocol says; at most `MAX_HITS`, and on a large server approximate."""
        require_space(embedding, self._space)
        limit = min(limit, MAX_HITS)
        asked = min(limit + SPARE_HITS, MAX_HITS)
        while True:
            rows, scores = self._closest(embedding, asked, admitting(where))
            tied = len(rows) == asked and scores[-1] > scores[limit - 1] - SCORE_TOLERANCE
            if not tied or asked == MAX_HITS:
                return rank(map(clip_record, rows), embedding, limit=limit)
            asked = min(2 * asked, MAX_HITS)

    def clips_of(self, video_id: str) -> list[ClipRecord]:
        rows = self._rows(CLIPS, CLIP_FIELDS, of_videos([video_id]))
        return sorted(map(clip_record, rows), key=lambda record: (record.span, record.clip_id))

    def videos(self) -> list[VideoRecord]:
        rows = self._rows(VIDEOS, VIDEO_FIELDS, ALL_VIDEOS)
        return sorted(map(video_record, rows), key=lambda video: (video.path, video.video_id))

    def count_clips(self) -> int:
        with _translated("count clips"):
            (row,) = self._client.query(CLIPS, filter="", output_fields=["count(*)"])
            return int(row["count(*)"])

    def delete_video(self, video_id: str) -> None:
        with _translated(f"delete video {video_id}"):
            self._client.delete(VIDEOS, filter=of_videos([video_id]))
            self._client.delete(CLIPS, filter=of_videos([video_id]))

    def close(self) -> None:
        self.flush()
        self._client.close()
        if self._embedded is not None:
            self._embedded.close()

    def _create_absent(self) -> None:
        # The clips come last: their presence means that the catalog is whole.
        self._create(VIDEOS, videos_schema(), {})
        self._create(CLIPS, clips_schema(self._space.dimension), {SPACE_PROPERTY: self._space.name})

    def _create(self, name: str, schema: CollectionSchema, properties: dict[str, str]) -> None:
        if not self._client.has_collection(name):
            self._client.create_collection(
                name, schema=schema, properties=properties, consistency_level="Strong"
            )

    def _check_space(self) -> None:
        description = self._client.describe_collection(CLIPS)
        (vector,) = (f for f in description["fields"] if f["name"] == "embedding")
        name = description["properties"].get(SPACE_PROPERTY, "an unknown encoder")
        held = EmbeddingSpace(name, int(vector["params"]["dim"]))
        if held != self._space:
            raise EmbeddingSpaceMismatchError(expected=held, got=self._space)

    def _load(self) -> None:
        # Lite's graph index loses most hits of a filtered search, and a scan of a library that
        # fits one machine is quick; a server chooses by the collection's size.
        index = MilvusClient.prepare_index_params()
        index.add_index(
            "embedding", index_type="FLAT" if self._is_lite else "AUTOINDEX", metric_type="COSINE"
        )
        for name in (VIDEOS, CLIPS):
            if not self._client.list_indexes(name):
                # Not waiting for the index of an empty collection saves half a second each.
                self._client.create_index(name, index, sync=False)
            self._client.load_collection(name)

    def _closest(
        self, embedding: NDArray[np.float32], limit: int, expression: str
    ) -> tuple[list[Row], list[float]]:
        with _translated("search"):
            (hits,) = self._client.search(
                CLIPS, data=[embedding], limit=limit, filter=expression, output_fields=CLIP_FIELDS
            )
        return [hit["entity"] for hit in hits], [hit["distance"] for hit in hits]

    def _rows(self, collection: str, fields: list[str], expression: str) -> list[Row]:
        # In one answer: the client's page by page iterator does not quote the ids that it puts
        # into its expressions. A day of video is 30 MB, a server's limit is 100 MB.
        with _translated(f"list {collection}"):
            rows: list[Row] = self._client.query(
                collection, filter=expression, output_fields=fields
            )
            return rows


def _absent(where: str | Path) -> CatalogError:
    return CatalogError(
        f"{where}: there is no catalog; index some videos first: clipseek index PATH"
    )


@contextmanager
def _translated(action: str) -> Iterator[None]:
    try:
        yield
    except (MilvusException, grpc.RpcError) as error:
        reason = error.message if isinstance(error, MilvusException) else str(error)
        raise CatalogError(
            f"the catalog could not {action}: {reason}; check the disk, or the Milvus server, "
            "and try again"
        ) from error
