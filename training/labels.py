"""Fits the curve that makes probabilities of free labels: logistic regression on one number.

A label counts as true of a picture where one of its captions holds all the label's words. People do
not mention all that they see, so the probabilities are of being mentioned, which is less.
"""

import logging
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from encoder.checkpoint import ALIGNMENT, Checkpoint, save_checkpoint
from encoder.labels import BACKGROUND, LABELS, LabelCalibration, deviations, sentence_of
from encoder.text import SentenceEncoder
from encoder.vocabulary import split_words
from training.align import DEV_TABLE
from training.data import Folders, read_pictures
from training.features import whole_features
from training.joint_space import JointSpace

logger = logging.getLogger(__name__)

TRAIN_TABLE = "flickr8k/train"
TUNED = (
    "dog", "boy", "girl", "beach", "snow", "bicycle", "ball", "football", "mountain", "pool",
    "car", "street", "swing", "rock", "tree", "river", "bench", "boat", "baby", "crowd", "surfer",
    "swimming", "climbing", "running", "jumping", "grass", "water", "woman", "baseball", "tennis",
    "horse", "guitar", "playground", "forest", "fence", "building", "tent", "hat", "skateboard",
    "snowboard", "red shirt", "black dog", "brown dog", "two dogs", "little girl", "blue jacket",
    "yellow ball", "riding a bike", "wearing a helmet", "jumping in the air",
    "playing in the snow", "sitting on a bench",
)  # fmt: skip
HELD_OUT = (
    "child", "man", "field", "lake", "ocean", "motorcycle", "basketball", "soccer", "skier",
    "wave", "kayak", "rope", "fountain", "bird", "sand", "bridge", "cliff", "umbrella", "train",
    "camera", "frisbee", "backpack", "sunglasses", "white dog", "little boy", "red hat",
    "playing soccer", "walking on the beach", "climbing a rock", "people sitting at a table",
)  # fmt: skip
_SMALL = frozenset({"a", "the", "in", "on", "at"})
_STEPS = 30


def train_labels(folders: Folders) -> float:
    """Fit, save, and return the Brier score of labels that were not fitted on, on dev.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment or ensemble to build on.
    """
    space = JointSpace.load(folders.weights)
    above, truth = _compare(space, folders, TRAIN_TABLE, TUNED)
    calibration = fit_curve(above.ravel(), truth.ravel())
    tensors = {
        "scale": np.array(calibration.scale, np.float32),
        "offset": np.array(calibration.offset, np.float32),
    }
    save_checkpoint(folders.weights / LABELS, Checkpoint(tensors, {}))
    above, truth = _compare(space, folders, DEV_TABLE, HELD_OUT)
    errors = (calibration.probabilities(above) - truth) ** 2
    base = truth.mean()
    logger.info("other labels on dev: Brier score %.4f, base rate %.3f", errors.mean(), base)
    return float(errors.mean())


@torch.inference_mode()
def _compare(
    space: JointSpace, folders: Folders, table: str, labels: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Deviations and truth of each picture and label, ``(N, L)`` each."""
    pictures = read_pictures(folders.data, table)
    seen = whole_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)
    clips = space.pictures(seen).numpy()
    encode = SentenceEncoder()
    own = space.sentences(encode([sentence_of(label) for label in labels])).numpy()
    background = space.sentences(encode(BACKGROUND)).numpy()
    truth = [[is_mentioned(label, group) for label in labels] for group in pictures.captions]
    return deviations(clips, own, background), np.array(truth)


def is_mentioned(label: str, captions: Sequence[str]) -> bool:
    """True where one caption holds all words of the label; one dog counts as dogs."""
    wanted = _singulars(label) - _SMALL
    return any(wanted <= _singulars(caption) for caption in captions)


def _singulars(text: str) -> set[str]:
    return {word.removesuffix("s") for word in split_words(text)}


def fit_curve(above: NDArray[np.float32], truth: NDArray[np.bool_]) -> LabelCalibration:
    """The most likely logistic curve of ``(N,)`` deviations and truths, by Newton's method."""
    inputs = np.stack([above, np.ones_like(above)], axis=1).astype(np.float64)  # (N, 2)
    weights = np.zeros(2)
    for _ in range(_STEPS):
        guess = 1 / (1 + np.exp(-inputs @ weights))  # (N,)
        curvature = (inputs * (guess * (1 - guess))[:, None]).T @ inputs  # (2, 2)
        weights += np.linalg.solve(curvature + 1e-3 * np.eye(2), inputs.T @ (truth - guess))
    return LabelCalibration(float(weights[0]), float(-weights[1] / weights[0]))
