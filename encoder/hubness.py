"""Querybank normalisation: takes off what a clip is close to every text, and a text to every clip.

In spaces of many dimensions some points, the hubs, lie among the nearest of nearly all others
(Radovanovic et al. 2010). How close the closest of a bank of texts lie to a clip tells how much of
a hub it is; that much it has to be closer to a query than others (inverted softmax, Smith et al.
2017; querybank normalisation, Bogolin et al. 2022).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.checkpoint import HUBNESS, fitting, load_checkpoint, require_alignment

ADDED_DIMENSIONS = 4
# The next three were tuned on Flickr8k dev.
_SHARPNESS = 25.0
_CLIP_WEIGHT = 0.7
_TEXT_WEIGHT = 0.5
_MOST = 0.1
"""What is taken off or added at most; beyond three standard deviations of Flickr8k's dev split."""
_SQUARED_LENGTH = 1 + 2 * _MOST
_BATCH = 1024


@dataclass(frozen=True, eq=False)
class Hubness:
    """Makes embeddings whose cosine is the similarity without what hubs add to it.

    That is ``(text . clip - off(clip) - off(text)) / 1.2``, with `off` between -0.1 and 0.1, 0 on
    average. Four more dimensions make it the cosine of two unit vectors, so that any vector store
    ranks by it.
    """

    texts: NDArray[np.float32]
    """``(Q, D)`` unit vectors, the bank that clips are compared with."""
    clips: NDArray[np.float32]
    """``(P, D)`` unit vectors, the bank that texts are compared with."""
    usual_clip: float
    """How close the bank of texts is to a clip on average."""
    usual_text: float

    @classmethod
    def of(cls, texts: NDArray[np.float32], clips: NDArray[np.float32]) -> "Hubness":
        """The banks, ``(Q, D)`` and ``(P, D)``; what is usual is read from each other."""
        return cls(
            texts,
            clips,
            float(_closeness(clips, texts).mean()),
            float(_closeness(texts, clips).mean()),
        )

    @classmethod
    def load(cls, weights: Path, *, dimension: int) -> "Hubness":
        """Read the banks of embeddings of a length from a folder of weights.

        Raises:
            CheckpointError: the file is missing or damaged, does not fit these embeddings, or
                belongs to another alignment than the one beside it.
        """
        path = weights / HUBNESS
        checkpoint = load_checkpoint(path)
        require_alignment(checkpoint, path)
        with fitting(path):
            texts, clips = (
                np.asarray(checkpoint.tensors[name], np.float32) for name in ("texts", "clips")
            )
            if not texts.shape[1] == clips.shape[1] == dimension:
                raise ValueError(f"expected length {dimension}, got {texts.shape}, {clips.shape}")
            return cls.of(texts, clips)

    def correct_clips(self, clips: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors of clips → ``(N, D + 4)`` unit vectors."""
        step, rest = _steps(_CLIP_WEIGHT * (_closeness(clips, self.texts) - self.usual_clip))
        return _unit(clips, [step, np.full_like(step, np.sqrt(_MOST)), rest, np.zeros_like(step)])

    def correct_texts(self, texts: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(N, D)`` unit vectors of texts → ``(N, D + 4)`` unit vectors."""
        step, rest = _steps(_TEXT_WEIGHT * (_closeness(texts, self.clips) - self.usual_text))
        return _unit(texts, [np.full_like(step, np.sqrt(_MOST)), step, np.zeros_like(step), rest])


def plain(corrected: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(..., D + 4)`` → ``(..., D)``: the unit vectors before the correction."""
    return corrected[..., :-ADDED_DIMENSIONS] * np.float32(np.sqrt(_SQUARED_LENGTH))


def _closeness(points: NDArray[np.float32], bank: NDArray[np.float32]) -> NDArray[np.float32]:
    """A soft maximum of the similarities of each point with all of the bank: ``(N,)``."""
    parts = [points[start : start + _BATCH] for start in range(0, len(points), _BATCH)]
    means = [np.zeros(0), *(np.exp(_SHARPNESS * part @ bank.T).mean(1) for part in parts)]
    return np.asarray(np.log(np.concatenate(means)) / _SHARPNESS, np.float32)


def _steps(off: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two coordinates of constant length together: of the first, the other side's constant makes
    what is taken off; the second meets nothing there.
    """
    step = np.clip(-off / np.sqrt(_MOST), -np.sqrt(_MOST), np.sqrt(_MOST))
    return step, np.sqrt(np.maximum(_MOST - step**2, 0))


def _unit(
    points: NDArray[np.float32], coordinates: list[NDArray[np.float32]]
) -> NDArray[np.float32]:
    longer = np.concatenate([points, np.stack(coordinates, axis=1)], axis=1)
    return np.asarray(longer / np.sqrt(_SQUARED_LENGTH), np.float32)
