"""A library under an OpenCLIP model: from a file to hits, and what every output makes of it."""

from pathlib import Path

import numpy as np
import pytest

from catalog.interface import ClipFilter, EmbeddingSpaceMismatchError
from catalog.milvus import MilvusStore
from encoder.checkpoint import CheckpointError
from encoder.interface import EmbeddingSpace
from ingest.sampling import read_clips
from ingest.video import Video
from pipeline.assembly import embedding_space, load_encoder, open_library
from pipeline.checks import diagnose
from pipeline.describing import sampling
from pipeline.indexing import index_paths
from pipeline.query import Query, Text
from pipeline.searching import search
from pipeline.settings import Settings
from search_ui.json_output import hits_document
from search_ui.printing import print_hits
from tests.pipeline.films import shoot
from tests.tiny_openclip import DIMENSION, make_models


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("openclip")
    weights = make_models(folder)["tiny-resnet"]
    return Settings(
        library=folder / "library",
        encoder=f"openclip/tiny-resnet/{weights}",
        clip_max_seconds=2,
        clip_min_seconds=0.5,
    )


def test_a_video_is_indexed_and_found(
    settings: Settings, films: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = shoot(films / "film.mp4", "red", "green", "blue")

    with open_library(settings, create=True) as library:
        report = index_paths(library, [films])
    with open_library(settings) as library:
        hits = search(library, Query.of(Text("something green")), limit=5)
        [label, *_] = [c.label for c in hits[0].record.description.categories]
        labelled = search(
            library, Query.of(Text("something green")), where=ClipFilter(categories=(label,))
        )
        encoder = library.encoder

    assert [video.clips for video in report.indexed] == [3]
    with Video.open(film) as video:
        clips = {clip.clip_id: clip for clip in read_clips(video, sampling(settings))}
    [text] = encoder.embed_texts(["something green"])
    scores = {name: float(text @ encoder.embed_clips([clip])[0]) for name, clip in clips.items()}
    assert [hit.record.clip_id for hit in hits] == sorted(scores, key=lambda name: -scores[name])
    for hit in hits:
        assert hit.score == pytest.approx(scores[hit.record.clip_id], abs=1e-4)
        assert (hit.record.description.caption.text, hit.record.description.caption.confidence) == (
            "",
            0,
        )
    assert hits[0].record.clip_id in {hit.record.clip_id for hit in labelled}

    print_hits(hits)
    assert label in capsys.readouterr().out
    document = hits_document(hits)
    assert isinstance(document, list)
    assert document[0]["caption"] == ""


def test_the_space_is_known_without_the_encoder_and_is_the_encoders(settings: Settings) -> None:
    encoder = load_encoder(settings)

    assert embedding_space(settings) == encoder.space
    assert encoder.space.dimension == DIMENSION
    assert np.isfinite(encoder.embed_texts(["a dog"])).all()


def test_a_library_goes_on_with_its_encoder_whatever_the_settings_name(
    settings: Settings, tmp_path: Path
) -> None:
    home = settings.model_copy(update={"library": tmp_path / "library"})
    open_library(home, create=True).close()
    other = settings.encoder.replace("tiny-resnet", "tiny-vit")

    with open_library(home.model_copy(update={"encoder": other}), create=True) as library:
        assert library.store.space == library.encoder.space == embedding_space(settings)


def test_other_weights_of_the_same_name_are_refused_by_the_library(
    settings: Settings, tmp_path: Path
) -> None:
    catalog = tmp_path / "library" / "catalog"
    before = EmbeddingSpace("openclip-tiny-resnet-00000000", DIMENSION)
    MilvusStore.open(catalog, space=before, encoder=settings.encoder).close()

    with pytest.raises(EmbeddingSpaceMismatchError, match=r"openclip-tiny-resnet-\w{8} \(16-d\)"):
        open_library(settings.model_copy(update={"library": tmp_path / "library"}))


def test_the_doctor_says_what_weights_want(settings: Settings, tmp_path: Path) -> None:
    def model(encoder: str) -> tuple[bool, str, str]:
        chosen = settings.model_copy(update={"encoder": encoder, "library": tmp_path / "none"})
        [found] = [finding for finding in diagnose(chosen) if finding.name == "model"]
        return found.ok, found.detail, found.advice

    ok, detail, _ = model(settings.encoder)
    assert (ok, detail) == (True, f"{embedding_space(settings).name}, {DIMENSION}-d")
    ok, detail, advice = model(f"openclip/tiny-resnet/{tmp_path}/absent.pt")
    assert (ok, detail) == (False, f"{tmp_path}/absent.pt: there is no such file of weights")
    assert advice.startswith("correct encoder = ")


def test_weights_that_are_not_there_make_no_library(settings: Settings, tmp_path: Path) -> None:
    home = settings.model_copy(
        update={"library": tmp_path / "library", "encoder": f"openclip/RN50/{tmp_path}/absent.pt"}
    )

    with pytest.raises(CheckpointError, match="no such file of weights"):
        open_library(home, create=True)
    assert not home.library.exists()
