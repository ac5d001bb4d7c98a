"""How a library is opened, and what is not loaded for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.interface import CatalogError, EmbeddingSpaceMismatchError
from catalog.milvus import MilvusStore
from encoder.checkpoint import (
    ALIGNMENT,
    ENSEMBLE,
    HUBNESS,
    WEIGHTS,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from pipeline.assembly import (
    drop_replaced_weights,
    embedding_space,
    load_encoder,
    open_library,
    weights_to_train,
)
from pipeline.settings import Settings, SettingsError
from tests.fake_encoder import COLOUR_SPACE
from training.own import put_weights

ROOT = Path(__file__).parents[2]

HEAVY = """
import sys
from pathlib import Path
from pipeline.assembly import open_library
from pipeline.indexing import index_paths
from pipeline.removal import remove
from pipeline.settings import Settings
from pipeline.status import library_status

folder = Path(sys.argv[1])
with open_library(Settings(library=folder), create=True) as library:
    index_paths(library, [folder])
    library_status(library)
    remove(library, [folder])
print([name for name in ("torch", "timm", "transformers") if name in sys.modules])
"""


def test_a_library_without_a_catalog_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="index some videos first"):
        open_library(Settings(library=tmp_path / "library"))
    assert not (tmp_path / "library").exists()


def test_a_library_is_made_where_it_is_wanted_and_found_again(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    open_library(settings, create=True).close()
    with open_library(settings) as library:
        assert library.store.space == embedding_space(settings)
        assert library.store.count_clips() == 0


def test_a_library_of_another_encoder_is_refused(tmp_path: Path) -> None:
    MilvusStore.open(tmp_path / "catalog", space=COLOUR_SPACE, encoder="compact").close()
    with pytest.raises(EmbeddingSpaceMismatchError, match=COLOUR_SPACE.name):
        open_library(Settings(library=tmp_path), create=True)


def teach(settings: Settings, times: int) -> None:
    """Put weights of its own into a library, as training does, from which only these parts count.

    Other metadata make another fingerprint.
    """
    made = settings.library / "training" / "made"
    checkpoint = load_checkpoint(WEIGHTS / ALIGNMENT)
    changed = Checkpoint(checkpoint.tensors, {**checkpoint.config, "times": times})
    save_checkpoint(made / ALIGNMENT, changed)
    for beside in (ENSEMBLE, HUBNESS):
        shutil.copy(WEIGHTS / beside, made)
    put_weights(made, weights_to_train(settings))
    shutil.rmtree(made.parent)


def test_a_library_keeps_its_weights_until_it_is_reindexed(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    open_library(settings, create=True).close()
    shipped = embedding_space(settings)
    for times in (1, 2):
        teach(settings, times)
        assert embedding_space(settings) != shipped, "what is made anew has the new weights"
        with open_library(settings) as library:
            assert library.store.space == shipped
            assert library.encoder.space == shipped


def test_weights_trained_twice_leave_those_that_the_library_has(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    teach(settings, 1)
    first = embedding_space(settings)
    open_library(settings, create=True).close()
    for times in (2, 3):
        teach(settings, times)
    assert embedding_space(settings, made=first) == first
    open_library(settings).close()
    drop_replaced_weights(settings)
    assert [path.name for path in settings.library.glob("weights*")] == ["weights"]
    with pytest.raises(EmbeddingSpaceMismatchError):
        open_library(settings)


def test_an_unknown_encoder_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library", encoder="magic")
    with pytest.raises(SettingsError, match="no 'magic'"):
        open_library(settings, create=True)
    with pytest.raises(SettingsError, match="no 'magic'"):
        load_encoder(settings)
    assert not settings.library.exists()


def test_work_without_new_videos_does_not_load_the_networks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
