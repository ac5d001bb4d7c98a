"""Weights on disk: safetensors files that know their configuration, and their fingerprint.

Reading a fingerprint needs no PyTorch, so that what only asks "same model as before?" stays quick.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from encoder.interface import EmbeddingSpace

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights that are shipped."""
ALIGNMENT = "alignment.safetensors"
CAPTIONER = "captioner.safetensors"
TOPICS = "topics.safetensors"
ENSEMBLE = "ensemble.safetensors"
HUBNESS = "hubness.safetensors"
ACTIONS = "actions.safetensors"
CAMERA = "camera.safetensors"
WORDS = "words.safetensors"
REPLACED = "-before-"
"""In the name of a folder of weights: others took its place. Their fingerprint follows."""
_SCALE = ".scale"
_ADVICE = "reinstall clipseek, or make the weights again with: python -m training all"
_OWN_ADVICE = "make them again with: clipseek train, or delete that folder to use the shipped ones"


class CheckpointError(Exception):
    """A file of weights cannot be used; the message says which, why, and what to do."""

    def __init__(self, source: Path | str, problem: str, *, advice: str = "") -> None:
        if not advice:
            own = isinstance(source, Path) and source.parent != WEIGHTS
            advice = _OWN_ADVICE if own else _ADVICE
        super().__init__(f"{source}: {problem}; {advice}")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything in one file of weights."""

    tensors: Mapping[str, NDArray[np.generic]]
    config: Mapping[str, int | float | str | list[str]]
    """What the model was built with, enough to build it again."""

    def number(self, name: str) -> int:
        """One size of the configuration; KeyError where there is no such number."""
        value = self.config[name]
        if not isinstance(value, int):
            raise KeyError(name)
        return value

    def text(self, name: str) -> str:
        """One word of the configuration; KeyError where there is no such word."""
        value = self.config[name]
        if not isinstance(value, str):
            raise KeyError(name)
        return value

    def strings(self, name: str) -> list[str]:
        """One list of the configuration; KeyError where there is no such list."""
        value = self.config[name]
        if not isinstance(value, list):
            raise KeyError(name)
        return value


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write float matrices in eight bits with one scale for each row, float vectors in 16 bits.

    That is symmetric quantisation (Jacob et al. 2018); the model card gives what it costs.
    Integers and single numbers are written as they are.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, value in checkpoint.tensors.items():
        if value.dtype != np.float32 or value.ndim == 0:
            tensors[name] = value
        elif value.ndim == 1:
            tensors[name] = value.astype(np.float16)
        else:
            tensors[name], tensors[name + _SCALE] = _quantised(value)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"config": json.dumps(checkpoint.config)})
    path.chmod(0o644)  # safetensors lets nobody else read them, and weights are no secret


def _quantised(matrix: NDArray[np.generic]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    rows = matrix.reshape(len(matrix), -1).astype(np.float32)
    scales = np.maximum(np.abs(rows).max(1), np.finfo(np.float32).tiny) / 127
    steps = np.rint(rows / scales[:, None]).astype(np.int8)
    return steps.reshape(matrix.shape), scales


def _restored(name: str, stored: Mapping[str, NDArray[np.generic]]) -> NDArray[np.generic]:
    value = stored[name]
    if name + _SCALE not in stored:
        return value.astype(np.float32) if value.dtype == np.float16 else value
    scales = stored[name + _SCALE].astype(np.float32).reshape(-1, *[1] * (value.ndim - 1))
    return value.astype(np.float32) * scales


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a file of weights; floats come back in single precision.

    Raises:
        CheckpointError: the file is missing or not a whole safetensors file.
    """
    try:
        with safe_open(path, framework="np") as file:
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            config = json.loads((file.metadata() or {}).get("config", "{}"))
    except FileNotFoundError as error:
        raise CheckpointError(path, "the weights are missing") from error
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(path, f"the weights are damaged ({error})") from error
    names = [name for name in stored if not name.endswith(_SCALE)]
    return Checkpoint({name: _restored(name, stored) for name in names}, config)


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """Building a model from the file at `path` goes in here: what does not fit is named.

    Raises:
        CheckpointError: a part of the file is missing or has another shape.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]  # torch lists every tensor on a line of its own
        raise CheckpointError(path, f"the weights do not fit this version ({reason})") from error


def fingerprint(*paths: Path) -> str:
    """Eight hexadecimal digits of the files' content.

    Raises:
        CheckpointError: a file cannot be read.
    """
    content = hashlib.blake2b(digest_size=4)
    for path in paths:
        try:
            content.update(path.read_bytes())
        except OSError as error:
            raise CheckpointError(path, f"the weights cannot be read ({error.strerror})") from error
    return content.hexdigest()


def require_alignment(checkpoint: Checkpoint, path: Path) -> None:
    """Check that the file at `path` was learned beside the alignment that lies with it.

    Raises:
        CheckpointError: it belongs to another alignment, or does not say to which.
    """
    learned, beside = checkpoint.config.get("alignment"), fingerprint(path.parent / ALIGNMENT)
    if learned != beside:
        raise CheckpointError(
            path, f"learned on what the alignment {learned} sees, but {beside} lies beside it"
        )


def compact_space(weights: Path = WEIGHTS) -> EmbeddingSpace:
    """The space of the compact encoder whose files lie in the folder `weights`.

    Raises:
        CheckpointError: they are missing or damaged.
    """
    path = weights / HUBNESS
    return _space_of(path, fingerprint(weights / ALIGNMENT, weights / ENSEMBLE, path))


@cache
def _space_of(path: Path, content: str) -> EmbeddingSpace:
    """Remembered by the files' content: a library's weights may be trained meanwhile."""
    try:
        dimension = load_checkpoint(path).number("dimension")
    except KeyError as error:
        raise CheckpointError(path, f"the weights do not say their {error}") from error
    return EmbeddingSpace(f"compact-{content}", dimension)
