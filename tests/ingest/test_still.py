import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.errors import UnreadableVideoError, UnsafeMediaError, VideoError
from ingest.still import still_clip
from tests.tiny_videos import colour_of, plain


def test_an_image_is_a_clip_of_one_frame(tmp_path: Path) -> None:
    Image.fromarray(plain("green")).save(tmp_path / "a.png")
    clip = still_clip(tmp_path / "a.png")
    np.testing.assert_array_equal(clip.frames, plain("green")[None])
    assert clip.pts_seconds.tolist() == [0.0]
    assert clip.span.start_seconds == 0
    assert (clip.video.width, clip.video.height) == (96, 64)
    assert clip.clip_id == f"{clip.video.video_id}:0"


def test_it_is_scaled_by_its_shorter_side_and_never_enlarged(tmp_path: Path) -> None:
    Image.fromarray(plain("red", width=300, height=200)).save(tmp_path / "a.jpg")
    assert still_clip(tmp_path / "a.jpg", short_side=100).frames.shape == (1, 100, 150, 3)
    assert still_clip(tmp_path / "a.jpg", short_side=500).frames.shape == (1, 200, 300, 3)


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    image = Image.fromarray(np.concatenate([plain("red"), plain("blue")], axis=1))
    exif = Image.Exif()
    exif[0x0112] = 6  # Recorded by a camera turned to the left: turn clockwise to see it.
    image.save(tmp_path / "a.jpg", exif=exif)
    clip = still_clip(tmp_path / "a.jpg")
    assert (clip.video.width, clip.video.height) == (64, 192)
    assert [colour_of(half) for half in np.split(clip.frames[0], 2)] == ["red", "blue"]


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA"])
def test_any_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    suffix = "tif" if mode == "CMYK" else "png"
    Image.fromarray(plain("white")).convert("L" if mode == "I;16" else mode).convert(mode).save(
        tmp_path / f"a.{suffix}"
    )
    clip = still_clip(tmp_path / f"a.{suffix}")
    assert clip.frames.shape == (1, 64, 96, 3)
    assert colour_of(clip.frames[0]) == "white"


def test_transparent_pixels_become_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert (still_clip(tmp_path / "a.png").frames == 255).all()


@pytest.mark.parametrize("content", [b"", b"no image\n", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UnreadableVideoError, match=str(path)):
        still_clip(path)


def test_a_cut_off_image_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(content[: len(content) // 2])
    for path in (tmp_path / "cut.png", tmp_path, tmp_path / "missing.png"):
        with pytest.raises(VideoError, match=str(path)):
            still_clip(path)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [11_000, 60_000])
def test_an_image_that_would_fill_the_memory_is_refused(tmp_path: Path, side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9)))
    (tmp_path / "bomb.png").write_bytes(bomb + chunk(b"IEND", b""))
    with pytest.raises(UnsafeMediaError, match="too large"):
        still_clip(tmp_path / "bomb.png")


def test_formats_that_start_programs_are_refused(tmp_path: Path) -> None:
    Image.fromarray(plain("red")).save(tmp_path / "a.eps")
    with pytest.raises(UnreadableVideoError, match="not an image"):
        still_clip(tmp_path / "a.eps")
