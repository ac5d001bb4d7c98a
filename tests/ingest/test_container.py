"""Reading packets of files whose streams are not all known when they are opened, and threads."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from av.container import InputContainer

from ingest.container import main_stream, open_container, packets_of
from ingest.video import Video
from tests.tiny_videos import plain, write_scenes, write_silence, write_timed


class Stumbling:
    """What PyAV does at the end, depending on what memory held before."""

    def demux(self, *streams: object) -> Iterator[str]:
        yield from ("first", "last")
        raise IndexError("list index out of range")


def test_a_library_that_stumbles_at_the_end_has_given_all() -> None:
    packets = packets_of(cast(InputContainer, Stumbling()))
    assert [str(packet) for packet in packets] == ["first", "last"]


def test_a_stream_that_begins_midway_does_not_end_the_pictures(tmp_path: Path) -> None:
    pictures = write_timed(tmp_path / "a.ts", [plain("red")] * 20, range(0, 2000, 100))
    write_silence(tmp_path / "b.ts", "mp2", samples=44100)
    path = tmp_path / "joined.ts"
    path.write_bytes(pictures.read_bytes() * 40 + (tmp_path / "b.ts").read_bytes())
    with Video.open(path) as video:
        # A few are lost where recordings were joined.
        assert len(list(video.frames())) > 700


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process has all cores")
@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3), (64, 16)])
def test_a_core_is_left_to_what_goes_on_beside_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"], seconds_each=0.2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)))
    with open_container(path) as container:
        assert main_stream(container, path).thread_count == threads
