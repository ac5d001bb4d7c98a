"""Weights on disk: safetensors files that know their configuration, and their fingerprint.

Reading a fingerprint needs no PyTorch, so that what only asks "same model as before?" stays quick.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from encoder.interface import EmbeddingSpace

WEIGHTS = Path(__file__).parent / "weights"
ALIGNMENT = WEIGHTS / "alignment.safetensors"
CAPTIONER = WEIGHTS / "captioner.safetensors"
TOPICS = WEIGHTS / "topics.safetensors"
_SCALE = ".scale"


class CheckpointError(Exception):
    """A file of weights is missing or damaged; the message says which and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything in one file of weights."""

    tensors: Mapping[str, NDArray[np.generic]]
    config: Mapping[str, int | float | str | list[str]]
    """What the model was built with, enough to build it again."""


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write matrices in eight bits with one scale for each row, and the rest in 16 bits.

    That is symmetric quantisation (Jacob et al. 2018); the model card gives what it costs.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, value in checkpoint.tensors.items():
        if value.ndim < 2:
            tensors[name] = value.astype(np.float16) if value.dtype == np.float32 else value
        else:
            tensors[name], tensors[name + _SCALE] = _quantised(value)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"config": json.dumps(checkpoint.config)})


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
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path}: cannot read the weights ({error}); reinstall clipseek, "
            "or make them again with: python -m training all"
        ) from error
    names = [name for name in stored if not name.endswith(_SCALE)]
    return Checkpoint({name: _restored(name, stored) for name in names}, config)


@cache
def fingerprint(path: Path) -> str:
    """Eight hexadecimal digits of the file's content.

    Raises:
        CheckpointError: the file is missing.
    """
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path}: weights are missing; reinstall clipseek") from error


@cache
def compact_space() -> EmbeddingSpace:
    """The space of the shipped compact encoder.

    Raises:
        CheckpointError: its weights are missing or damaged.
    """
    dimension = load_checkpoint(ALIGNMENT).config["dimension"]
    return EmbeddingSpace(f"compact-{fingerprint(ALIGNMENT)}", int(str(dimension)))
