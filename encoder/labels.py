"""Labels that a user types: how probable each is of a clip, without having been trained.

A clip's similarity to a label says little by itself: some clips are close to every text. So it is
measured in standard deviations above the clip's similarity to sentences about all sorts of other
things, and a logistic curve makes a probability of that (Platt 1999).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.checkpoint import WEIGHTS, Checkpoint, CheckpointError, load_checkpoint
from encoder.interface import CategoryScore, ClipDescription, ClipEncoder

LABELS = "labels.safetensors"
KIND = "label"
BACKGROUND = (
    "a man is talking to the camera",
    "a woman is cooking in a kitchen",
    "two dogs run over the grass",
    "a cat lies on a sofa",
    "children play in a park",
    "a football match in a stadium",
    "a basketball player jumps to the basket",
    "a person rides a bicycle on a street",
    "cars drive along a road at night",
    "a train arrives at a station",
    "an airplane takes off",
    "a boat on the water",
    "waves roll onto a beach",
    "a surfer rides a wave",
    "snow covers the mountains",
    "a skier goes down a slope",
    "a river runs through a forest",
    "flowers in a garden",
    "a bird sits on a branch",
    "a horse jumps over a fence",
    "cows stand in a field",
    "fish swim in an aquarium",
    "a band plays music on a stage",
    "a girl sings into a microphone",
    "a man plays the guitar",
    "people dance at a party",
    "a crowd stands in a square",
    "people sit at a table in a restaurant",
    "a plate with food",
    "a bowl of fruit on a table",
    "a cup of coffee",
    "bottles stand in a row",
    "students sit in a classroom",
    "a teacher writes on a board",
    "people work in an office",
    "a person types on a computer",
    "a hand holds a phone",
    "a screen shows a video game",
    "a cartoon character talks",
    "text appears on a black screen",
    "a chart with numbers",
    "a news reporter stands in front of a building",
    "a politician gives a speech",
    "workers at a construction site",
    "a machine in a factory",
    "a doctor looks at a patient",
    "a baby laughs",
    "an old man reads a book",
    "a woman puts on lipstick",
    "models walk on a runway",
    "a bride and a groom at a wedding",
    "a swimmer dives into a pool",
    "two men fight in a ring",
    "a gymnast does a flip",
    "a person climbs a rock",
    "a skateboarder does a trick",
    "a motorcycle races on a track",
    "a soldier with a gun",
    "a rocket flies into the sky",
    "clouds move over a city",
    "tall buildings seen from above",
    "an empty room with a window",
    "a fire burns in the dark",
    "a painting hangs on a wall",
)
"""What a clip might as well show; together they say what similarity is usual for it."""
_LEAST_PROBABILITY = 0.3  # on Flickr8k dev it gives more than twice the labels that 0.5 would


@dataclass(frozen=True)
class LabelCalibration:
    """The logistic curve from standard deviations to probabilities."""

    scale: float
    offset: float
    """Standard deviations above the background at which the probability is a half."""

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> "LabelCalibration":
        """Read the curve that `training` fitted.

        Raises:
            KeyError: a part of it is not in the checkpoint.
        """
        return cls(float(checkpoint.tensors["scale"]), float(checkpoint.tensors["offset"]))

    def probabilities(self, deviations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of :func:`deviations`, of any shape."""
        logits = np.clip(self.scale * (deviations - self.offset), -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def deviations(
    clips: NDArray[np.float32], labels: NDArray[np.float32], background: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much closer each clip is to each label than to the background.

    Args:
        clips: ``(N, D)`` embeddings.
        labels: ``(L, D)`` embeddings.
        background: ``(K, D)`` embeddings of :data:`BACKGROUND`.

    Returns:
        ``(N, L)`` in standard deviations of the clip's similarity to the background.
    """
    usual = clips @ background.T  # (N, K)
    above = clips @ labels.T - usual.mean(1, keepdims=True)  # (N, L)
    return np.asarray(above / usual.std(1, keepdims=True), np.float32)


def sentence_of(label: str) -> str:
    """What is embedded for a label: sentences are what the joint space learned from."""
    return f"a photo of {label}"


class FreeLabels:
    """Some labels, ready to be compared with clips."""

    def __init__(
        self, encoder: ClipEncoder, labels: Sequence[str], calibration: LabelCalibration
    ) -> None:
        """Embed `labels` by the encoder whose clips they are for; nothing where there are none."""
        self._labels = tuple(labels)
        self._calibration = calibration
        if labels:
            self._vectors = encoder.embed_texts([sentence_of(label) for label in labels])
            self._background = encoder.embed_texts(BACKGROUND)

    @classmethod
    def load(
        cls, encoder: ClipEncoder, labels: Sequence[str], *, weights: Path = WEIGHTS
    ) -> "FreeLabels":
        """Use the calibration in the folder `weights`, by default the shipped one.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        path = weights / LABELS
        try:
            calibration = LabelCalibration.from_checkpoint(load_checkpoint(path))
        except KeyError as error:
            raise CheckpointError(path, f"the weights lack {error}") from error
        return cls(encoder, labels, calibration)

    def added_to(self, descriptions: Sequence[ClipDescription]) -> list[ClipDescription]:
        """The descriptions with the labels that are probable of each, most probable first."""
        if not (self._labels and descriptions):
            return list(descriptions)
        clips = np.stack([description.embedding for description in descriptions])  # (N, D)
        found = self._calibration.probabilities(deviations(clips, self._vectors, self._background))
        return [
            self._with_labels(description, row)
            for description, row in zip(descriptions, found, strict=True)
        ]

    def _with_labels(
        self, description: ClipDescription, probabilities: NDArray[np.float32]
    ) -> ClipDescription:
        own = [
            CategoryScore(label, KIND, float(probability))
            for label, probability in zip(self._labels, probabilities, strict=True)
            if probability >= _LEAST_PROBABILITY
        ]
        every = sorted([*description.categories, *own], key=lambda score: -score.probability)
        return replace(description, categories=tuple(every))
