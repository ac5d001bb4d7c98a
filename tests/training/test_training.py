"""All of training on a dozen tiny pictures, and what comes out."""

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.backbone import FRAME_SIZE, CompactBackbone
from encoder.checkpoint import (
    ALIGNMENT,
    CAPTIONER,
    ENSEMBLE,
    HUBNESS,
    TOPICS,
    WEIGHTS,
    WORDS,
    Checkpoint,
    CheckpointError,
    fingerprint,
    load_checkpoint,
    save_checkpoint,
)
from encoder.compact import CompactEncoder
from encoder.engine import FrameEngine
from ingest.clip import Clip, ClipSpan, VideoInfo
from tests.training.pictures import COLOURS, SHAPES, draw, sentences_about, write_data
from training.__main__ import Model, train
from training.align import AlignmentTraining, train_alignment
from training.caption import CaptionTraining, train_captioner
from training.data import Folders, TrainingDataError, read_pictures
from training.ensemble import EnsembleTraining, train_ensemble
from training.features import place_features, sentence_features, stem_features
from training.hubness import choose_banks
from training.order import OrderTraining, train_order
from training.seen_words import WordTraining, train_seen_words
from training.topics import train_topics

ALIGN = AlignmentTraining(projection_epochs=16, projection_batch=6, tail_epochs=1, tail_batch=9)
ORDER = OrderTraining(pictures=4, dev_pictures=50, epochs=2, batch=3)
ENSEMBLE_TRAINING = EnsembleTraining(epochs=16, batch=6)
CAPTION = CaptionTraining(epochs=2, batch=12, least_count=2)


class Trained:
    """The folders of a finished training, and what it returned on the way."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders(folder / "data", folder / "cache", folder / "weights")
        write_data(self.folders.data)
        shipped = sorted(WEIGHTS.glob("*"))
        before = [fingerprint(path) for path in shipped]
        train_alignment(self.folders, ALIGN)
        self.aligned = load_checkpoint(self.folders.weights / ALIGNMENT)
        train_order(self.folders, ORDER)
        self.ordered = load_checkpoint(self.folders.weights / ALIGNMENT)
        self.figures = train_captioner(self.folders, CAPTION)
        train_ensemble(self.folders, ENSEMBLE_TRAINING)
        choose_banks(self.folders)
        self.word_loss = train_seen_words(self.folders, WordTraining(epochs=40, least_count=2))
        self.accuracy = train_topics(self.folders)
        self.shipped_changed = [fingerprint(path) for path in shipped] != before


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return Trained(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def encoder(trained: Trained) -> CompactEncoder:
    return CompactEncoder.load(trained.folders.weights)


def clip(colour: str, shape: str, *, frames: int) -> Clip:
    info = VideoInfo("0" * 8, Path("film.mp4"), 9.0, Fraction(25), 96, 96, 0)
    picture = np.asarray(draw(colour, shape))
    return Clip(info, ClipSpan(0, 9), np.stack([picture] * frames), np.arange(frames, dtype=float))


def test_it_writes_six_files_and_leaves_the_shipped_ones(trained: Trained) -> None:
    written = {path.name for path in trained.folders.weights.iterdir()}

    assert written == {ALIGNMENT, CAPTIONER, ENSEMBLE, HUBNESS, TOPICS, WORDS}
    assert not trained.shipped_changed
    assert list(trained.folders.cache.glob("*.partial")) == []


def test_alignment_changes_the_tail_and_saves_no_stem(trained: Trained) -> None:
    tensors = trained.aligned.tensors
    published = CompactBackbone().tail.state_dict()
    changed = {
        name: float(np.abs(tensors[f"backbone.tail.{name}"] - tensor.numpy()).max())
        for name, tensor in published.items()
    }

    assert not [name for name in tensors if "stem" in name or "classifier" in name]
    assert min(change for name, change in changed.items() if name.endswith("conv_dw.weight")) > 0
    moments = [name for name in published if "running" in name]
    for name in moments:  # in half precision, but not learned
        expected = published[name].half().float().numpy()
        np.testing.assert_array_equal(tensors[f"backbone.tail.{name}"], expected)


def test_only_order_makes_the_lstm_speak(trained: Trained) -> None:
    def loudest(checkpoint: Checkpoint) -> float:
        return float(np.abs(checkpoint.tensors["temporal.add.weight"]).max())

    assert loudest(trained.aligned) == 0
    assert loudest(trained.ordered) > 0
    same = [n for n in trained.aligned.tensors if n.startswith(("backbone.", "frame."))]
    for name in same:
        one, other = trained.aligned.tensors[name], trained.ordered.tensors[name]
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_trained_encoder_describes_clips(encoder: CompactEncoder) -> None:
    clips = [clip("red", "ball", frames=3), clip("blue", "bar", frames=1)]
    said = {
        word
        for colour in COLOURS
        for shape in SHAPES
        for s in sentences_about(colour, shape)
        for word in s.lower().split()
    }

    for description in encoder.describe(clips):
        assert set(description.caption.text.split()) <= said
        assert {score.label for score in description.categories} <= {"music", "food"}


def test_learned_pictures_find_their_colours(encoder: CompactEncoder) -> None:
    pictures = [(colour, "ball") for colour in COLOURS]
    clips = encoder.embed_clips([clip(*picture, frames=1) for picture in pictures])
    texts = encoder.embed_texts([f"A {colour} {shape} ." for colour, shape in pictures])

    assert (texts @ clips.T).argmax(1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", [CAPTIONER, ENSEMBLE, HUBNESS, TOPICS, WORDS])
def test_what_was_learned_beside_another_alignment_is_refused(
    trained: Trained, tmp_path: Path, name: str
) -> None:
    for each in (ALIGNMENT, CAPTIONER, ENSEMBLE, HUBNESS, TOPICS, WORDS):
        shutil.copy(trained.folders.weights / each, tmp_path)
    learned = load_checkpoint(tmp_path / name)
    save_checkpoint(
        tmp_path / name, Checkpoint(learned.tensors, {**learned.config, "alignment": "0badcafe"})
    )

    with pytest.raises(CheckpointError, match=f"{name}: learned on .* 0badcafe sees"):
        CompactEncoder.load(tmp_path)


def test_topics_of_another_space_are_refused(trained: Trained, tmp_path: Path) -> None:
    for name in (ALIGNMENT, CAPTIONER, ENSEMBLE, HUBNESS):
        shutil.copy(trained.folders.weights / name, tmp_path)
    tensors = {"weight": np.zeros((2, 9)), "bias": np.zeros(2), "clip_mean": np.zeros(9)}
    beside = fingerprint(tmp_path / ALIGNMENT)
    config = {"labels": ["music", "food"], "alignment": beside}
    save_checkpoint(tmp_path / TOPICS, Checkpoint(tensors, config))

    with pytest.raises(CheckpointError, match=f"{TOPICS}: .* embeddings of length 512"):
        CompactEncoder.load(tmp_path)


def test_words_are_learned_better_than_by_how_often_they_come(trained: Trained) -> None:
    words = load_checkpoint(trained.folders.weights / WORDS)

    assert {"a", "green"} <= set(words.strings("words"))
    assert 0 < trained.word_loss < 60  # 69 if it guessed


def test_topics_are_learned_from_their_captions(trained: Trained) -> None:
    assert trained.accuracy == 1.0


def test_caption_figures_are_percentages(trained: Trained) -> None:
    assert 0 <= trained.figures.bleu4 <= trained.figures.bleu1 <= 100


def test_kept_features_are_those_of_the_pictures(trained: Trained) -> None:
    folders = trained.folders
    pictures = read_pictures(folders.data, "flickr8k/train")
    stems = stem_features(pictures, CompactBackbone(), cache=folders.cache)
    backbone = CompactBackbone()
    engine = FrameEngine(backbone, torch.device("cpu"))
    frame = np.asarray(pictures.picture(5).resize((FRAME_SIZE, FRAME_SIZE), 3))  # 3: bicubic

    with torch.inference_mode():
        kept = backbone.tail(torch.from_numpy(stems[5, :2].astype(np.float32)))
    for view, image in enumerate((frame, frame[:, ::-1])):
        grid = engine.grids(image[None])
        same = torch.cosine_similarity(kept[view].mean((1, 2)), grid[0].mean(0), dim=0)
        assert same > 0.995  # training computes in half precision


def test_places_follow_the_trained_tail(trained: Trained, encoder: CompactEncoder) -> None:
    folders = trained.folders
    pictures = read_pictures(folders.data, "flickr8k/dev")
    places = place_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)

    seen = encoder._grids(clip("red", "square", frames=1)).numpy()  # the whole, the mirrored

    number = pictures.files.index("dev-red-square.png")
    for view in range(2):
        one, other = places[number, view].astype(np.float32).ravel(), seen[view].ravel()
        assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.99


def test_features_kept_of_other_data_are_refused(trained: Trained) -> None:
    cache = trained.folders.cache
    sentence_features("some", ["a dog", "a cat"], cache=cache)

    with pytest.raises(TrainingDataError, match="2 items are kept, but the data has 1"):
        sentence_features("some", ["a dog"], cache=cache)
    pictures = read_pictures(trained.folders.data, "flickr8k/train")
    (cache / f"{pictures.name}-4.stems.npy").write_bytes(
        (cache / f"{pictures.name}.stems.npy").read_bytes()
    )
    with pytest.raises(TrainingDataError, match="--cache"):
        stem_features(pictures.first(4), CompactBackbone(), cache=cache)


def test_models_that_build_on_an_alignment_say_that_it_is_missing(tmp_path: Path) -> None:
    write_data(tmp_path)
    folders = Folders(tmp_path, tmp_path / "cache", tmp_path / "none")

    for start in (
        lambda: train_order(folders, ORDER),
        lambda: train_captioner(folders, CAPTION),
        lambda: train_topics(folders),
    ):
        with pytest.raises(CheckpointError, match=ALIGNMENT):
            start()


def test_the_command_ends_with_one_line_where_there_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--data"):
        train(Model.ALIGN, tmp_path / "nowhere", tmp_path / "cache")
