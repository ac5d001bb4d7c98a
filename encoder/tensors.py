"""Between NumPy's arrays, which files and other packages hold, and PyTorch's tensors."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def as_torch(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, Tensor]:
    """Named arrays of a file of weights, as `load_state_dict` takes them."""
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def as_numpy(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor of any device, in single precision."""
    return np.asarray(tensor.float().cpu().numpy(), np.float32)
