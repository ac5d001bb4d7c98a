"""A library moves to another encoder: completely, after a kill, and while it is searched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.embedded import EmbeddedMilvus
from catalog.interface import CatalogError, ClipStore
from catalog.milvus import MilvusStore
from catalog.taking_turns import StoreTakingTurns
from encoder.interface import ClipDescription, EmbeddingSpace
from ingest.clip import Clip
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.query import Query, Text
from pipeline.reindexing import ReindexReport, only_run, reindex
from pipeline.removal import remove
from pipeline.searching import search
from pipeline.settings import Settings
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import files_under, shoot, state
from tests.pipeline.half_way import kill_half_way, start

ROOT = Path(__file__).parents[2]
TURNED_SPACE = EmbeddingSpace("turned-11111111", 3)
COLOURS = ("red", "green", "blue")

REINDEX_SLOWLY = """
import sys, time
from pathlib import Path
from tests.pipeline.test_reindexing import moved, opened

def stop_in_the_second_video(progress):
    if progress.path.name == "b.mp4" and progress.clips_done == 2:
        print("half-way", flush=True)
        sys.stdin.read()

where = sys.argv[2] if len(sys.argv) > 2 else None
with opened(Path(sys.argv[1]), where) as library:
    print(moved(library, on_progress=stop_in_the_second_video).switched, flush=True)
"""


@dataclass
class TurnedEncoder(FakeEncoder):
    """The same as the other, but its space is another: each colour lies where the next one was.

    So a text of this encoder finds the wrong clips among embeddings of the other.
    """

    space: EmbeddingSpace = TURNED_SPACE

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        return [
            replace(
                old,
                embedding=np.roll(old.embedding, 1),
                caption=replace(old.caption, text=f"turned {old.caption.text}"),
            )
            for old in FakeEncoder().describe(clips)
        ]

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        return np.roll(super().embed_clips(clips), 1, axis=1)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.roll(super().embed_texts(texts), 1, axis=1)


def settings_of(folder: Path) -> Settings:
    return Settings(library=folder, clip_max_seconds=2, clip_min_seconds=0.5)


def encoder_for(store: ClipStore) -> FakeEncoder:
    return FakeEncoder() if store.latest().space == COLOUR_SPACE else TurnedEncoder()


def opened(folder: Path, uri: str | None = None) -> Library:
    """The library as any process opens it: in its folder, or at a server."""
    store: ClipStore | None = MilvusStore.find(uri or folder / "catalog")
    if store is None:
        store = MilvusStore.open(uri or folder / "catalog", space=COLOUR_SPACE, encoder="colour")
    if uri is not None:
        store = StoreTakingTurns(store, folder / "writing")
    return Library(settings_of(folder), store, lambda: encoder_for(store))


def moved(library: Library, **options: object) -> ReindexReport:
    store = library.store.successor(TURNED_SPACE, encoder="turned")
    successor = Library(library.settings, store, TurnedEncoder)
    return reindex(library, successor, **options)


def three_films(films: Path) -> None:
    for name, colours in zip("abc", ("red", "red green blue", "blue green"), strict=True):
        shoot(films / f"{name}.mp4", *colours.split())


def captions(library: Library, text: str, limit: int = 2) -> list[str]:
    return [
        h.record.description.caption.text
        for h in search(library, Query.of(Text(text)), limit=limit)
    ]


def require_moved(library: Library, films: Path, calm: Path) -> None:
    """All is as if the library had been made with the other encoder from the beginning."""
    store = MilvusStore.open(calm / "catalog", space=TURNED_SPACE, encoder="turned")
    with Library(settings_of(calm), store, TurnedEncoder) as fresh:
        index_paths(fresh, [films])
        assert state(library.store) == state(fresh.store)
        assert files_under(library.thumbnails) == files_under(fresh.thumbnails)
    assert (library.store.space, library.store.encoder) == (TURNED_SPACE, "turned")
    assert captions(library, "green", 1) == ["turned something green"]


def test_a_library_moves_to_another_encoder(tmp_path: Path, films: Path) -> None:
    three_films(films)
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])
        report = moved(library)
        assert (report.switched, report.described, report.videos) == (True, 3, 3)
        assert report.left_out == []
        require_moved(library, films, tmp_path / "calm")
    collections = sorted(p.name for p in (tmp_path / "library/catalog/collections").iterdir())
    assert [name.partition("_")[0] for name in collections] == ["clips", "videos"]
    with opened(tmp_path / "library") as library:
        assert captions(library, "red") == ["turned something red"] * 2
        again = moved(library)
        assert (again.switched, again.described) == (True, 0)
        shoot(films / "d.mp4", "green")
        assert len(index_paths(library, [films]).indexed) == 1
        assert captions(library, "green", 3) == ["turned something green"] * 3


def test_a_killed_run_is_made_good_by_the_next(tmp_path: Path, films: Path) -> None:
    three_films(films)
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])
    child = start(REINDEX_SLOWLY, tmp_path / "library")
    kill_half_way(child)

    with opened(tmp_path / "library") as library:
        assert library.store.space == COLOUR_SPACE
        assert captions(library, "green") == ["something green"] * 2
        assert remove(library, [films / "a.mp4"])
        (films / "a.mp4").unlink()
        (films / "c.mp4").rename(films / "d.mp4")
        index_paths(library, [films])
        report = moved(library)
        assert (report.switched, report.described) == (True, 2)
        require_moved(library, films, tmp_path / "calm")


def test_what_was_described_is_not_described_again(tmp_path: Path, films: Path) -> None:
    three_films(films)
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])
        away = (films / "b.mp4").rename(tmp_path / "away.mp4")
        report = moved(library)
        assert (report.switched, report.described) == (False, 2)
        assert [file.path.name for file in report.left_out] == ["b.mp4"]
        assert "b.mp4: the file is gone" in report.left_out[0].error
        assert captions(library, "green") == ["something green"] * 2
        (films / "c.mp4").rename(films / "d.mp4")
        away.rename(films / "b.mp4")
        index_paths(library, [films])
        report = moved(library)
        assert (report.switched, report.described) == (True, 1)
        require_moved(library, films, tmp_path / "calm")


def test_a_library_may_lose_what_cannot_be_read(tmp_path: Path, films: Path) -> None:
    three_films(films)
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])
        (films / "b.mp4").unlink()
        report = moved(library, leave_out=True)
        assert (report.switched, report.videos) == (True, 2)
        assert [file.path.name for file in report.left_out] == ["b.mp4"]
        require_moved(library, films, tmp_path / "calm")


def test_a_file_with_other_content_is_not_taken_for_the_old_one(
    tmp_path: Path, films: Path
) -> None:
    shoot(films / "a.mp4", "red")
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])
        shoot(films / "a.mp4", "blue", "green")
        report = moved(library)
        assert not report.switched
        assert "its content changed; run: clipseek index" in report.left_out[0].error


def test_what_is_indexed_meanwhile_is_carried_over(tmp_path: Path, films: Path) -> None:
    three_films(films)
    late = shoot(tmp_path / "late.mp4", "green", "red")
    with opened(tmp_path / "library") as library:
        index_paths(library, [films])

        def index_more(_: object) -> None:
            if late.exists():
                late.rename(films / "late.mp4")
                index_paths(library, [films])

        report = moved(library, on_progress=index_more)
        assert (report.switched, report.described) == (True, 4)
        require_moved(library, films, tmp_path / "calm")


def test_only_one_process_moves_a_library(tmp_path: Path) -> None:
    with (
        only_run(tmp_path),
        pytest.raises(CatalogError, match="another process re-indexes"),
        only_run(tmp_path),
    ):
        pass
    with only_run(tmp_path):
        pass


def test_searches_in_a_loop_neither_fail_nor_mix(tmp_path: Path, films: Path) -> None:
    three_films(films)
    server = EmbeddedMilvus(tmp_path / "library" / "catalog")
    folder = tmp_path / "library"
    with opened(folder, server.uri) as library:
        index_paths(library, [films])
        child = start(REINDEX_SLOWLY, folder, server.uri)
        assert child.stdin is not None
        assert child.stdout is not None
        seen: list[str] = []

        def look() -> None:
            for colour in COLOURS:
                found = set(captions(library, colour))
                assert found in ({f"something {colour}"}, {f"turned something {colour}"})
                seen.append(found.pop().partition(" ")[0])

        look()
        assert child.stdout.readline() == "half-way\n"
        look()
        assert set(seen) == {"something"}
        child.stdin.close()
        while child.poll() is None:
            look()
        look()
        assert child.stdout.read() == "True\n"
        assert seen == sorted(seen), "never back to the old one"
        assert seen[-1] == "turned"
        require_moved(library, films, tmp_path / "calm")
    server.close()
