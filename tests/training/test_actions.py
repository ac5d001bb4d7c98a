"""Folds, figures and calibration of actions, and a classifier that has only order to go by."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from encoder.action_net import INPUT_CHANNELS, ActionConfig, frame_inputs, pixels_by_part
from encoder.actions import calibrated, load_actions
from encoder.alignment import Alignment
from encoder.backbone import FEATURE_CHANNELS
from encoder.checkpoint import ALIGNMENT, Checkpoint, save_checkpoint
from encoder.temporal import AlignmentConfig
from ingest.clip import MOTION_CHANNELS
from tests.tiny_videos import write_scenes
from tests.training.pictures import write_lines
from training.action_clips import (
    FIGHTS,
    INTERACTIONS,
    NO_LABEL,
    SOURCES,
    UNSURE,
    ActionClip,
    clips_of_family,
    ordinary_clips,
)
from training.action_features import STRIDES, ActionExample, kept_examples, kept_inputs
from training.action_fit import ActionTraining, Order, family_losses
from training.actions import (
    CURVE,
    HeldOut,
    calibrate,
    cross_validate,
    figures_of,
    fit_actions,
    fit_folds,
    folds_of,
)
from training.align import save_alignment
from training.data import Folders, TrainingDataError
from training.loss_curve import LossCurve

SMALL = ActionTraining(
    config=ActionConfig(reduced=4, hidden=8, dropout=0.1),
    folds=2,
    epochs=40,
    patience=40,
    batch=8,
    rate=0.01,
)


UNMEASURED = np.zeros((0, MOTION_CHANNELS), np.float32)


def rising_or_falling(count: int) -> list[ActionExample]:
    """Clips of two interactions that change alike, one in the reverse order of the other."""
    random = np.random.default_rng(0)
    direction = random.random(INPUT_CHANNELS)
    examples = []
    for number in range(count):
        label = number % 2
        slope = 1 + np.linspace(-1, 1, 10) * (1 if label else -1)
        changes = slope[:, None] * direction + random.random((10, INPUT_CHANNELS)) * 0.05
        frames = np.stack([changes] * len(STRIDES), 1).astype(np.float16)[None]
        labels = (NO_LABEL, label, NO_LABEL)
        examples.append(ActionExample(f"interactions-{number // 2}", labels, frames, UNMEASURED))
    return examples


@pytest.mark.parametrize(
    ("order", "right"), [(Order.LSTM, True), (Order.POOLED, False), (Order.SHUFFLED, False)]
)
def test_only_the_lstm_tells_a_clip_from_its_reverse(order: Order, right: bool) -> None:
    examples = rising_or_falling(24)

    held = cross_validate(fit_folds(examples, SMALL), SMALL, order=order)
    [figure, _] = figures_of(examples, held, order, number=INTERACTIONS)

    assert (figure.family, figure.order) == ("interactions", order)
    assert (figure.accuracy > 90) == right
    assert len(held.curve.dev) > held.epochs


def test_a_recording_is_in_one_fold_and_folds_are_of_a_size() -> None:
    groups = list("aaaaabbbbccccddddefghij")

    dealt = folds_of(groups, folds=4)

    assert all(len({dealt[i] for i, g in enumerate(groups) if g == name}) == 1 for name in groups)
    assert max(np.bincount(dealt)) - min(np.bincount(dealt)) <= 1
    assert folds_of(groups, folds=4).tolist() == dealt.tolist()


def test_figures_count_own_clips_and_leave_none_out_of_the_answers() -> None:
    frames = np.zeros((1, 2, len(STRIDES), 1), np.float16)
    labels = [(0, UNSURE, NO_LABEL), (1, NO_LABEL, NO_LABEL), (NO_LABEL,) * 3]
    examples = [
        ActionExample(f"fights-{i}", each, frames, UNMEASURED) for i, each in enumerate(labels)
    ]
    scores = torch.tensor([[1.0, 0, 9], [1, 0, 9], [0, 0, 9]])  # fight, normal, none
    held = HeldOut(1, LossCurve([], []), ([scores], [-scores]))

    every, second = figures_of(examples, held, Order.LSTM, number=0)

    assert (every.frames_per_second, every.accuracy) == (4, 50)
    assert (second.frames_per_second, second.accuracy) == (2, 50)
    assert (every.interval.low, every.interval.high) == (0, 100)


def test_inputs_of_kept_features_are_those_of_the_frames() -> None:
    grids = torch.rand(9, 4, FEATURE_CHANNELS, generator=torch.Generator().manual_seed(0))
    pixels = pixels_by_part(np.random.default_rng(0).integers(0, 256, (9, 64, 64, 3), np.uint8))
    kept = np.stack([kept_inputs(grids, pixels), kept_inputs(grids.flip(0), pixels)])
    example = ActionExample("g", (0, 0, 0), kept, UNMEASURED)

    for stride in STRIDES:
        expected = frame_inputs(grids[::stride], pixels[::stride])
        torch.testing.assert_close(example.inputs(stride=stride), expected, atol=5e-3, rtol=5e-3)
    mirrored = example.inputs(stride=1, mirrored=True)
    expected = frame_inputs(grids.flip(0), pixels)
    torch.testing.assert_close(mirrored, expected, atol=5e-3, rtol=5e-3)


def test_calibration_softens_what_is_too_sure_and_silences_false_alarms() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 900)  # fight, normal, or none
    answers = np.where(random.random(900) < 0.8, truth, random.integers(0, 3, 900))
    logits = torch.zeros(900, 3)
    logits[:, 0] = torch.from_numpy(np.where(answers == 0, 8.0, -8.0))
    logits[:, 2] = torch.from_numpy(np.where(answers == 2, -8.0, 8.0))
    logits += 0.5 * torch.randn(logits.shape, generator=torch.Generator().manual_seed(0))
    labels = [(int(t) if t < 2 else NO_LABEL, NO_LABEL, NO_LABEL) for t in truth]
    frames = np.zeros((1, 1, len(STRIDES), 1), np.float16)
    examples = [ActionExample("g", each, frames, UNMEASURED) for each in labels]

    [fights, _, _] = calibrate(examples, [logits, torch.zeros(900, 7), torch.zeros(900, 8)])

    assert fights.temperature > 2
    assert fights.slope < 0.5
    given = calibrated(logits, fights)[:, 0] > fights.least_probability
    assert given[torch.from_numpy(truth != 0)].float().mean() <= 0.02
    shares = calibrated(logits, fights)
    assert shares.sum(1).mean() == pytest.approx((truth < 2).mean(), abs=0.02)


def test_a_family_learns_from_none_and_ignores_what_it_is_unsure_of() -> None:
    logits = [torch.zeros(1, len(source.family.labels) + 1) for source in SOURCES]

    def loss(*labels: int) -> float:
        return float(family_losses(logits, torch.tensor([labels])))

    assert loss(0, UNSURE, UNSURE) == pytest.approx(2 * np.log(2), abs=1e-5)
    assert loss(UNSURE, 2, UNSURE) == pytest.approx(np.log(6) + np.log(2), abs=1e-5)
    assert loss(UNSURE, UNSURE, NO_LABEL) == pytest.approx(np.log(2), abs=1e-5)


def write_clips(data: Path) -> None:
    """One clip for each label of each family, some footage, and two captioned pictures."""
    colours = ("red", "green", "blue", "white", "black", "red", "green")
    for source in SOURCES:
        for number, label in enumerate(source.family.labels):
            folder = data / source.family.name / label.replace(" ", "_")
            folder.mkdir(parents=True)
            name = {"fights": "fi1", "interactions": f"0_{number}_1", "ucf": f"g0{number}_c01"}
            path = folder / f"{name[source.family.name]}.mp4"
            write_scenes(path, [colours[number]], seconds_each=0.5)
    rows = ["clip\tsource_video\tcategory", "fight/fi1.mp4\t23\tfight", "normal/fi1.mp4\t7\tnormal"]
    write_lines(data / "fights" / "clips.tsv", rows)
    (data / "footage").mkdir()
    write_scenes(data / "footage" / "street.mp4", ["blue"], seconds_each=1)
    (data / "flickr8k" / "images").mkdir(parents=True)
    rows = ["image\tcaption", "a.png\ta dog on grass", "b.png\ta man who is surfing"]
    write_lines(data / "flickr8k" / "train.tsv", rows)
    for name in ("a.png", "b.png"):
        Image.new("RGB", (32, 24), "green").save(data / "flickr8k" / "images" / name)


def test_clips_know_their_recording_and_their_labels(tmp_path: Path) -> None:
    write_clips(tmp_path)

    fight, normal = clips_of_family(tmp_path, 0)
    assert (fight.group, fight.labels) == ("fights-23", (0, UNSURE, NO_LABEL))
    assert (normal.group, normal.labels) == ("fights-7", (1, NO_LABEL, NO_LABEL))
    shake, *_, push = clips_of_family(tmp_path, INTERACTIONS)
    assert (shake.group, shake.labels) == ("interactions-0", (1, 0, NO_LABEL))  # nobody fights
    assert (push.group, push.labels) == ("interactions-5", (0, 5, NO_LABEL))  # a blow is a fight
    assert clips_of_family(tmp_path, 2)[3].group == "ucf-g03"
    assert shake.frames().ndim == 4
    assert shake.motion().shape == (4, MOTION_CHANNELS)


def test_pictures_of_an_action_are_not_taken_for_none(tmp_path: Path) -> None:
    write_clips(tmp_path)

    ordinary = ordinary_clips(Folders(tmp_path, tmp_path))

    assert {clip.group for clip in ordinary} == {"footage-street.mp4", "photograph-0"}
    assert {len(clip.frames()) for clip in ordinary} == {16}
    assert {clip.labels for clip in ordinary} == {(NO_LABEL,) * 3}


def test_a_family_that_lacks_a_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        TrainingDataError, match="needs a folder of clips for each of fight, normal"
    ):
        clips_of_family(tmp_path, 0)


def test_fights_are_told_by_how_the_picture_moves() -> None:
    """The frames of these clips tell nothing."""
    random = np.random.default_rng(0)
    frames = random.random((1, 4, len(STRIDES), INPUT_CHANNELS)).astype(np.float16)
    examples = []
    for number in range(24):
        steps = random.normal(0, 2 - number % 2, (9, MOTION_CHANNELS)).astype(np.float32)
        labels = (number % 2, NO_LABEL, NO_LABEL)
        examples.append(ActionExample(f"fights-{number // 2}", labels, frames, steps))

    held = cross_validate(fit_folds(examples, SMALL), SMALL, order=Order.POOLED)
    [figure, _] = figures_of(examples, held, Order.POOLED, number=FIGHTS)

    assert figure.accuracy > 90


def of_every_label() -> list[ActionExample]:
    """Two random clips of each label, from two recordings, and two of none."""
    random = np.random.default_rng(0)
    each = [(n, label) for n, s in enumerate(SOURCES) for label in range(len(s.family.labels))]
    kinds = [(SOURCES[n].family.name, n, label) for n, label in each] + [("footage", 0, NO_LABEL)]
    examples = []
    for name, number, label in kinds * 2:
        labels = [NO_LABEL] * len(SOURCES)
        labels[number] = label
        frames = random.random((1, 4, len(STRIDES), INPUT_CHANNELS)).astype(np.float16)
        group = f"{name}-{len(examples) >= len(kinds)}"
        examples.append(ActionExample(group, tuple(labels), frames, UNMEASURED))
    return examples


def test_training_leaves_a_classifier_that_loads(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "data", tmp_path / "cache", tmp_path / "weights")
    cnn = {"backbone.tail.weight": np.ones((2, 2), np.float32)}
    save_checkpoint(folders.weights / ALIGNMENT, Checkpoint(cnn, {"dimension": 2}))
    training = ActionTraining(config=SMALL.config, folds=2, epochs=1)

    figures = fit_actions(of_every_label(), training, folders=folders)

    assert len(figures) == len(Order) * len(SOURCES) * len(STRIDES)
    loaded = load_actions(folders.weights)
    assert loaded.labels == tuple(label for s in SOURCES for label in s.family.labels)
    assert (folders.cache / CURVE).exists()


def test_clips_are_read_once_and_what_is_kept_must_be_theirs(tmp_path: Path) -> None:
    folders = Folders(tmp_path, tmp_path / "cache", tmp_path / "weights")
    alignment = Alignment(AlignmentConfig(dimension=8, hidden=8))
    save_alignment(alignment, folders.weights / ALIGNMENT)
    lengths, read = (1, 2), []

    def clip(number: int) -> ActionClip:
        def frames() -> NDArray[np.uint8]:
            read.append(number)
            return np.zeros((lengths[number], 32, 32, 3), np.uint8)

        def motion() -> NDArray[np.float32]:
            read.append(number)
            return np.full((lengths[number], MOTION_CHANNELS), number, np.float32)

        return ActionClip(f"g{number}", (0, 0, 0), frames, motion)

    clips = [clip(0), clip(1)]
    first, again = (kept_examples(folders, "fights", clips, mirrored=True) for _ in range(2))

    assert read == [0, 1, 0, 1]
    assert [example.frames.shape[:2] for example in first] == [(2, 1), (2, 2)]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.frames, other.frames)
        np.testing.assert_array_equal(one.motion, other.motion)
    assert [example.motion[0, 0] for example in first] == [0, 1]
    with pytest.raises(TrainingDataError, match="features of 2 clips are kept"):
        kept_examples(folders, "fights", clips[:1], mirrored=True)
