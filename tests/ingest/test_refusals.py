"""Files that are no videos, or worse: one clear error each, and nothing else is opened."""

import os
import re
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from ingest.errors import (
    CorruptVideoError,
    NoVideoStreamError,
    UnreadableVideoError,
    UnsafeMediaError,
    VideoError,
)
from ingest.video import Video
from tests.tiny_videos import plain, scenes, write_scenes, write_silence, write_timed

HLS = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:4
#EXTINF:2.0,
{target}
#EXT-X-ENDLIST
"""
FFCONCAT = "ffconcat version 1.0\nfile {target}\n"
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><Period>
<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>
</Representation></AdaptationSet></Period></MPD>
"""
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"


def refusal(path: Path, kind: type[VideoError]) -> str:
    with pytest.raises(kind) as caught:
        Video.open(path)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert re.fullmatch(rf"{re.escape(str(path))}: [^\n]+; [^\n]+", message)
    return message


@pytest.mark.parametrize(("playlist", "name"), [(HLS, "x.m3u8"), (FFCONCAT, "x.mp4")])
def test_a_playlist_that_would_play_is_not_followed(
    tmp_path: Path, playlist: str, name: str
) -> None:
    write_timed(tmp_path / "part.ts", list(scenes(["red"])), [100 * n for n in range(20)])
    path = tmp_path / name
    path.write_text(playlist.format(target="part.ts"))
    # FFmpeg left to itself does follow it.
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).width == 96
    assert "list of other files" in refusal(path, UnsafeMediaError)


@pytest.mark.parametrize("playlist", [HLS, FFCONCAT, DASH, SDP, "\ufeff" + HLS])
@pytest.mark.parametrize("name", ["x.mp4", "x.m3u8", "x.mkv", "x.ts"])
def test_what_a_playlist_names_is_never_read(tmp_path: Path, playlist: str, name: str) -> None:
    bait = tmp_path / "bait.ts"
    os.mkfifo(bait)
    # A pipe forgets what somebody has read.
    pipe = os.open(bait, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(pipe, b"untouched")
        path = tmp_path / name
        path.write_text(playlist.format(target="bait.ts"))
        refusal(path, UnsafeMediaError)
        assert os.read(pipe, 100) == b"untouched"
    finally:
        os.close(pipe)


def test_a_picture_sequence_pattern_is_a_name_like_any_other(tmp_path: Path) -> None:
    for number in range(3):
        write_scenes(tmp_path / f"x{number}.mp4", ["red"])
    refusal(tmp_path / "x%d.mp4", UnreadableVideoError)


def test_names_that_look_like_addresses_are_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scenes(tmp_path / "a.mp4", ["red"]).rename(tmp_path / "concat:a.mp4|b.mp4")
    monkeypatch.chdir(tmp_path)
    with Video.open(Path("concat:a.mp4|b.mp4")) as video:
        assert len(list(video.frames())) == 20
    refusal(Path("http://127.0.0.1/x.mp4"), UnreadableVideoError)


def test_a_pipe_or_a_device_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    refusal(tmp_path / "pipe.mp4", UnsafeMediaError)
    refusal(Path("/dev/zero"), UnsafeMediaError)


def test_missing_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "folder.mp4").mkdir()
    assert "No such file" in refusal(tmp_path / "missing.mp4", UnreadableVideoError)
    assert "is empty" in refusal(tmp_path / "empty.mp4", UnreadableVideoError)
    assert "is a folder" in refusal(tmp_path / "folder.mp4", UnreadableVideoError)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "secret.mp4", ["red"])
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert "may not be read" in refusal(path, UnreadableVideoError)


@pytest.mark.parametrize("name", ["x.mp4", "x.txt", "x.gif", "x.h264"])
@pytest.mark.parametrize("content", [b"Dear diary, today\n" * 500, bytes(range(256)) * 40, b"x"])
def test_other_content(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VideoError, match=re.escape(str(tmp_path / name))):
        Video.open(tmp_path / name)


def test_a_recording_that_was_cut_off_before_its_index(tmp_path: Path) -> None:
    whole = write_scenes(tmp_path / "a.mp4", ["red", "green", "blue"]).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert "cut off" in refusal(tmp_path / "cut.mp4", UnreadableVideoError)


def test_a_recording_that_was_cut_off_but_can_be_read_is_used(tmp_path: Path) -> None:
    noise = [plain("red") + (plain("red") * n) for n in range(40)]
    whole = write_timed(tmp_path / "a.mkv", noise, [100 * n for n in range(40)]).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    with Video.open(tmp_path / "cut.mkv") as video:
        assert 5 < len(list(video.frames())) < 40


def test_damage_is_skipped_and_told(shared_data: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = shared_data / "formats" / "decord" / "corrupted.mp4"
    with Video.open(path) as video:
        frames = list(video.frames())
    assert len(frames) == 49
    assert f"{path}: 1 damaged packets were skipped" in caplog.text


def test_nothing_but_damage_is_an_error(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green"])
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    content[start:end] = bytes(end - start)
    path.write_bytes(content)
    refusal(path, CorruptVideoError)


def test_an_encrypted_file_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "protected.mp4"
    options = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "00112233445566778899aabbccddeeff",
        "encryption_kid": "ffeeddccbbaa99887766554433221100",
    }
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for picture in scenes(["red", "green"]):
            container.mux(stream.encode(VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    assert "encrypted" in refusal(path, UnreadableVideoError)


@pytest.mark.parametrize("name", ["song.mkv", "song.mp4"])
def test_sound_alone_is_no_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_silence(path, "flac", samples=4096)
    assert "no video" in refusal(path, NoVideoStreamError)


def test_a_video_without_frames(tmp_path: Path) -> None:
    path = tmp_path / "none.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        container.start_encoding()
    assert "not one frame" in refusal(path, NoVideoStreamError)


def test_frames_too_large_for_memory_are_refused(tmp_path: Path) -> None:
    # A GIF of 65,535 x 65,535 pixels, 17 GB once decoded, in 40 bytes.
    path = tmp_path / "bomb.gif"
    side = b"\xff\xff"
    path.write_bytes(
        b"GIF89a" + side + side + b"\x80\x00\x00" + b"\x00\x00\x00\xff\xff\xff"
        + b"\x2c\x00\x00\x00\x00" + side + side + b"\x00\x02\x02\x44\x01\x00\x3b"
    )  # fmt: skip
    refusal(path, CorruptVideoError)
