"""What only a catalog on disk can promise: it lasts, is held by one process, survives a kill."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from catalog.embedded import EmbeddedMilvus
from catalog.interface import CatalogError, CatalogLockedError, EmbeddingSpaceMismatchError
from catalog.milvus import MilvusStore
from catalog.schema import MAX_TEXT_LENGTH
from encoder.interface import EmbeddingSpace
from tests.catalog_records import SPACE, clip, direction, facts, video

ROOT = Path(__file__).parents[2]

WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from catalog.milvus import MilvusStore
from tests.catalog_records import SPACE, clip, direction, video

store = MilvusStore.open(Path(sys.argv[1]), space=SPACE)
store.upsert_clips([clip("whole", start, direction(1, start)) for start in range(100)])
store.upsert_video(video("whole"))
for number in itertools.count():
    store.upsert_clips([clip("half", number * 50 + n, direction(1, n)) for n in range(50)])
    if number % 3 == 2:
        store.flush()
    print(number * 50 + 50, flush=True)
"""

HOLD_OPEN = """
import sys
from pathlib import Path
from catalog.milvus import MilvusStore
from tests.catalog_records import SPACE

store = MilvusStore.open(Path(sys.argv[1]), space=SPACE)
print("open", flush=True)
sys.stdin.read()
store.close()
"""


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_catalog_lasts_longer_than_its_process(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    records = [clip("v", at, direction(1, at), labels=("猫", "dog")) for at in range(5)]
    store = MilvusStore.open(folder, space=SPACE)
    store.upsert_clips(records)
    store.upsert_video(video("v"))
    store.close()
    again = MilvusStore.open(folder, space=SPACE, create=False)
    assert [facts(record) for record in again.clips_of("v")] == [facts(r) for r in records]
    assert again.videos() == [video("v")]
    assert again.search(direction(1), limit=1)[0].record.clip_id == "v:0"
    again.close()


@pytest.mark.parametrize(
    "other",
    [EmbeddingSpace("test-ffffffff", 8), EmbeddingSpace(SPACE.name, 16)],
    ids=["other weights", "other dimension"],
)
def test_a_catalog_of_another_space_is_refused_and_left_alone(
    tmp_path: Path, other: EmbeddingSpace
) -> None:
    folder = tmp_path / "catalog"
    MilvusStore.open(folder, space=SPACE).close()
    with pytest.raises(EmbeddingSpaceMismatchError) as caught:
        MilvusStore.open(folder, space=other)
    assert f"{SPACE.name} (8-d)" in str(caught.value)
    assert f"{other.name} ({other.dimension}-d)" in str(caught.value)
    MilvusStore.open(folder, space=SPACE, create=False).close()


def test_an_absent_catalog_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    with pytest.raises(CatalogError, match="there is no catalog; index some videos first"):
        MilvusStore.open(folder, space=SPACE, create=False)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CatalogError, match="cannot be opened") as caught:
        MilvusStore.open(tmp_path / "file" / "catalog", space=SPACE)
    assert "\n" not in str(caught.value)


def test_a_server_holds_the_same_catalog_as_a_folder(tmp_path: Path) -> None:
    server = EmbeddedMilvus(tmp_path / "catalog")
    store = MilvusStore.open(server.uri, space=SPACE)
    store.upsert_clips([clip("v", 0, direction(1))])
    store.close()
    server.close()
    again = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    assert again.count_clips() == 1
    again.close()


def test_a_catalog_held_by_another_process_is_one_clear_line(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    holder = start(HOLD_OPEN, folder)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(CatalogLockedError, match="another process") as caught:
        MilvusStore.open(folder, space=SPACE)
    assert "\n" not in str(caught.value)
    _, errors = holder.communicate("")
    assert holder.returncode == 0
    assert errors == ""
    MilvusStore.open(folder, space=SPACE).close()


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    writer = start(WRITE_FOR_EVER, folder)
    assert writer.stdout is not None
    acknowledged = 0
    while acknowledged < 1000:
        acknowledged = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest, errors = writer.communicate()
    acknowledged = max([acknowledged, *map(int, rest.split())])
    assert errors == ""

    store = MilvusStore.open(folder, space=SPACE)
    assert store.videos() == [video("whole")]
    assert len(store.clips_of("whole")) == 100
    half = store.clips_of("half")
    assert len(half) >= acknowledged
    assert store.count_clips() == 100 + len(half)
    expected = clip("half", 40, direction(1, 40))
    assert facts(half[40]) == facts(expected)
    assert len(store.search(direction(1), limit=1000)) == 1000
    store.delete_video("half")
    store.upsert_clips([clip("new", 0, direction(0, 1))])
    store.close()

    again = MilvusStore.open(folder, space=SPACE)
    assert again.count_clips() == 101
    assert again.search(direction(0, 1), limit=1)[0].record.clip_id == "new:0"
    again.close()


@pytest.mark.parametrize("left_bytes", [0, 60, 1000])
def test_an_index_file_that_a_kill_cut_short_is_made_again(tmp_path: Path, left_bytes: int) -> None:
    folder = tmp_path / "catalog"
    store = MilvusStore.open(folder, space=SPACE)
    store.upsert_clips([clip("v", at, direction(1, at)) for at in range(100)])
    store.close()
    indexes = list(folder.rglob("clips/**/*.idx"))
    assert len(indexes) == 1
    os.truncate(indexes[0], left_bytes)
    again = MilvusStore.open(folder, space=SPACE)
    assert again.search(direction(1, 7), limit=1)[0].record.clip_id == "v:7000"
    again.close()


def test_a_collection_that_a_kill_left_unborn_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "catalog" / "collections" / "clips").mkdir(parents=True)
    store = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    assert store.count_clips() == 0
    store.close()


def test_a_caption_past_the_limit_is_cut_at_a_whole_character(tmp_path: Path) -> None:
    store = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    store.upsert_clips([clip("v", 0, direction(1), caption="x" + "猫" * MAX_TEXT_LENGTH)])
    (record,) = store.clips_of("v")
    text = record.description.caption.text
    assert len(text.encode()) > MAX_TEXT_LENGTH - 3
    assert set(text[1:]) == {"猫"}
    store.close()


def test_a_failed_request_raises_once_and_logs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    store = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    with caplog.at_level(logging.WARNING), pytest.raises(CatalogError, match="store clips"):
        store.upsert_clips([clip("v" * 1000, 0, np.asarray(direction(1)))])
    assert caplog.records == []
    assert capfd.readouterr().err == ""
    store.close()
