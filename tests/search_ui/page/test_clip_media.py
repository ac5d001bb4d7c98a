"""What the page's server gives of clips, to whom, and what it says where it cannot."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ingest.video import Video
from pipeline.library import Library
from search_ui.page.clip_media import KEY, MOMENT, PREVIEW, ROUTE, THUMBNAIL, media_url
from tests.tiny_videos import colour_of


def answer(clip_id: str, kind: str, *, key: str = KEY) -> Response:
    named = {"key": key, "clip_id": clip_id, "kind": kind}
    scope = {"type": "http", "method": "GET", "headers": [], "path_params": named}
    return ROUTE.endpoint(Request(scope))


def content(response: Response) -> bytes:
    assert response.status_code == 200
    if isinstance(response, FileResponse):
        return Path(response.path).read_bytes()
    return bytes(response.body)


def green_clip(library: Library) -> str:
    store = library.store
    clips = [clip for video in store.videos() for clip in store.clips_of(video.video_id)]
    (found,) = (c for c in clips if c.description.caption.text == "something green")
    return found.clip_id


def test_a_moment_is_cut_from_its_first_frame_to_its_last(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "moment.mp4").write_bytes(content(answer(green_clip(filled), MOMENT)))

    with Video.open(tmp_path / "moment.mp4") as video:
        colours = [colour_of(frame.rgb(short_side=48)) for frame in video.frames()]
    assert set(colours) == {"green"}
    assert len(colours) == 50


def test_a_preview_is_made_once(filled: Library) -> None:
    first = content(answer(green_clip(filled), PREVIEW))
    for video in filled.store.videos():
        video.path.unlink()

    assert content(answer(green_clip(filled), PREVIEW)) == first
    with Image.open(io.BytesIO(first)) as image:
        assert colour_of(np.asarray(image.convert("RGB"))) == "green"


def test_the_still_is_the_thumbnail(filled: Library) -> None:
    with Image.open(io.BytesIO(content(answer(green_clip(filled), THUMBNAIL)))) as image:
        assert (image.format, image.n_frames) == ("WEBP", 1)


def test_a_file_that_is_gone_is_said_to_be(filled: Library) -> None:
    for video in filled.store.videos():
        video.path.unlink()

    refused = answer(green_clip(filled), MOMENT)

    assert refused.status_code == 404
    assert b"gone from its place" in bytes(refused.body)


@pytest.mark.parametrize("kind", [THUMBNAIL, PREVIEW, MOMENT, "catalog", ".."])
@pytest.mark.parametrize("clip_id", ["", "..", "0123456789abcdef:0", "../../clipseek:0", "a\0:1"])
def test_what_is_no_clip_of_the_library_is_never_read(
    filled: Library, clip_id: str, kind: str
) -> None:
    assert answer(clip_id, kind).status_code == 404


def test_nobody_guesses_the_address(filled: Library) -> None:
    assert answer(green_clip(filled), MOMENT, key="guess").status_code == 404
    assert answer(green_clip(filled), MOMENT, key="\u00e9").status_code == 404
    assert KEY in media_url(green_clip(filled), MOMENT)
