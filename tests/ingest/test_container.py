"""Reading packets of files whose streams are not all known when they are opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from av.container import InputContainer

from ingest.container import packets_of
from ingest.video import Video
from tests.tiny_videos import plain, write_silence, write_timed


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
