"""Videos and clips: what is known of them, pictures of them, and the films themselves."""

from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from catalog.interface import ClipRecord, VideoRecord
from ingest.clip import ClipSpan
from ingest.cutting import cut
from ingest.excerpt import write_excerpt
from ingest.location import as_typed, is_remote
from ingest.preview import write_preview
from ingest.thumbnails import preview_path, thumbnail_path
from pipeline.places import is_unchanged
from search_ui.api.documents import ClipId, Document, VideoId
from search_ui.api.problems import AbsentError, documented
from search_ui.api.served import Served, ServedLibrary
from search_ui.browse_output import known_document, video_document
from search_ui.json_output import clip_document
from search_ui.json_shapes import ClipDocument, VideoDocument

KEPT_BY_CLIENTS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
PICTURE, FILM, ANY = "image/webp", "video/mp4", "application/octet-stream"
FILM_TYPES = {
    ".mp4": FILM,
    ".m4v": FILM,
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
}
"""What players go by; of other files they look at the content."""

router = APIRouter(tags=["videos"])


def _sends(*types: str) -> dict[int | str, dict[str, object]]:
    """What the OpenAPI document says of a route that sends a file or a part of it."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in types}
    return {
        200: {"description": "The file.", "content": content},
        206: {"description": "The bytes that the header Range asks for.", "content": content},
        **documented(400, 404, 416),
    }


@router.get("/videos", response_model=list[VideoDocument])
def videos(served: Served) -> Document:
    """All videos, by path."""
    return Document(known_document(served.library.store.videos()))


@router.get("/videos/{video_id}", response_model=VideoDocument, responses=documented(404))
def video(served: Served, video_id: VideoId) -> Document:
    """One video."""
    return Document(video_document(served.video(video_id)))


@router.get(
    "/videos/{video_id}/clips", response_model=list[ClipDocument], responses=documented(404)
)
def clips_of(served: Served, video_id: VideoId) -> Document:
    """The clips of a video, in order of time."""
    served.video(video_id)
    found = served.library.store.clips_of(video_id)
    return Document([clip_document(clip) for clip in found])


@router.head("/videos/{video_id}/file", include_in_schema=False)
@router.get(
    "/videos/{video_id}/file",
    response_class=Response,
    responses=_sends(*dict.fromkeys([*FILM_TYPES.values(), ANY])),
)
def original(served: Served, video_id: VideoId) -> Response:
    """The video's own file, or the bytes of it that the header Range asks for."""
    record = served.video(video_id)
    if is_remote(record.path):
        raise AbsentError(f"{as_typed(record.path)}: lies in a store; ask that for it")
    _require_unchanged(record)
    kind = FILM_TYPES.get(record.path.suffix.lower(), ANY)
    return FileResponse(record.path, media_type=kind, headers=KEPT_BY_CLIENTS)


@router.get("/clips/{clip_id}", response_model=ClipDocument, responses=documented(404))
def clip(served: Served, clip_id: ClipId) -> Document:
    """One clip: its video, when it begins and ends, its caption and categories."""
    return Document(clip_document(served.clip(clip_id)))


@router.head("/clips/{clip_id}/picture", include_in_schema=False)
@router.get("/clips/{clip_id}/picture", response_class=Response, responses=_sends(PICTURE))
def picture(served: Served, clip_id: ClipId) -> Response:
    """The middle frame of a clip, at most 320 pixels wide."""
    path = thumbnail_path(clip_id, served.library.thumbnails)
    if not path.is_file():
        served.clip(clip_id)
        raise AbsentError(f"there is no picture of clip {clip_id}; have its video indexed again")
    return FileResponse(path, media_type=PICTURE, headers=KEPT_BY_CLIENTS)


@router.head("/clips/{clip_id}/preview", include_in_schema=False)
@router.get("/clips/{clip_id}/preview", response_class=Response, responses=_sends(PICTURE))
def preview(served: Served, clip_id: ClipId) -> Response:
    """A clip as a small picture that moves."""
    folder = served.library.thumbnails
    path = preview_path(clip_id, folder)
    if not path.is_file():
        record = _at_hand(served, clip_id)
        with served.films.decoding:
            write_preview(record.path, record.span, clip_id, folder=folder)
    return FileResponse(path, media_type=PICTURE, headers=KEPT_BY_CLIENTS)


@router.head("/clips/{clip_id}/film", include_in_schema=False)
@router.get("/clips/{clip_id}/film", response_class=Response, responses=_sends(FILM))
def film(served: Served, clip_id: ClipId) -> Response:
    """A clip as a small MP4 with sound, which every browser plays."""
    return _cut_out(served, clip_id, "film", write_excerpt)


@router.head("/clips/{clip_id}/cut", include_in_schema=False)
@router.get("/clips/{clip_id}/cut", response_class=Response, responses=_sends(FILM))
def cut_out(served: Served, clip_id: ClipId) -> Response:
    """A clip as an MP4 of the full size, frame for frame, as `clipseek export` writes it."""
    return _cut_out(served, clip_id, "cut", cut)


class Cutter(Protocol):
    """What writes a part of a video to a file."""

    def __call__(
        self, source: Path, span: ClipSpan, target: Path, *, video_id: str | None = None
    ) -> object: ...


def _cut_out(served: ServedLibrary, clip_id: str, kind: str, write: Cutter) -> Response:
    record = _at_hand(served, clip_id)
    path = served.films.get(
        f"{kind} {clip_id}",
        lambda target: write(record.path, record.span, target, video_id=record.video_id),
    )
    return FileResponse(path, media_type=FILM, headers=KEPT_BY_CLIENTS)


def _at_hand(served: ServedLibrary, clip_id: str) -> ClipRecord:
    """A clip whose video can be read. The catalog says where that lies, and nobody else."""
    record = served.clip(clip_id)
    _require_unchanged(served.video(record.video_id))
    return record


def _require_unchanged(record: VideoRecord) -> None:
    # What is in its place now may be anything.
    if not is_unchanged(record):
        raise AbsentError(
            f"{as_typed(record.path)}: is gone, or another file since; have it indexed again"
        )
