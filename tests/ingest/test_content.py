from pathlib import Path

import pytest

from ingest.content import READ_BYTES, content_id
from ingest.errors import UnreadableVideoError


def test_same_bytes_have_the_same_id_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x" * (READ_BYTES + 5))
    (tmp_path / "b.mov").write_bytes(b"x" * (READ_BYTES + 5))
    assert content_id(tmp_path / "a.mp4") == content_id(tmp_path / "b.mov")


def test_a_changed_last_byte_changes_the_id(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * READ_BYTES + b"1")
    (tmp_path / "b").write_bytes(b"x" * READ_BYTES + b"2")
    assert content_id(tmp_path / "a") != content_id(tmp_path / "b")


def test_the_id_is_blake2b_of_128_bits(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    # `b2sum --length 128 /dev/null`
    assert content_id(tmp_path / "empty") == "cae66941d9efbd404e4d88758ea67670"


@pytest.mark.parametrize("name", ["missing.mp4", "."])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableVideoError, match=str(tmp_path)):
        content_id(tmp_path / name)
