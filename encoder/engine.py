"""The CNN at work on frames: by ONNX Runtime on a CPU, by PyTorch on a GPU."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoder.backbone import FRAME_SIZE, CompactBackbone, prepare_pictures, views_of

_FRAMES_AT_ONCE = {"cpu": 2, "mps": 32, "cuda": 256}
"""On a CPU more are slower, and take more memory: 19 MB of one layer's values for each."""
_VIEWS_COUNTED = [0, 1, 0, 1, 2, 3, 4, 5]
"""The whole of a still and its mirror image count twice; chosen on half of Flickr8k dev."""


class FrameEngine:
    """Turns frames into features with a backbone as it is now; later training does not reach it.

    ONNX Runtime computes the same to within rounding in about two thirds of PyTorch's time, as it
    joins each convolution with what follows. The network is exported when this object is made,
    which takes half a second; a kept file of it could belong to other weights.
    """

    def __init__(self, backbone: CompactBackbone, device: torch.device) -> None:
        self._device = device
        self._batch = _FRAMES_AT_ONCE[device.type]
        self._backbone = backbone
        self._session = _session_of(backbone) if device.type == "cpu" else None

    @torch.inference_mode()
    def grids(self, frames: NDArray[np.uint8]) -> Tensor:
        """Features of ``(N, H, W, 3)`` RGB frames: ``(N, 49, 1280)`` float32 on the device."""
        return torch.cat(
            [
                self._compute(prepare_pictures(frames[start : start + self._batch], self._device))
                for start in range(0, len(frames), self._batch)
            ]
        )

    def clip_grids(self, frames: NDArray[np.uint8]) -> Tensor:
        """As `grids`, of a clip's frames; of a single one, of its views, ``(8, 49, 1280)``."""
        if len(frames) > 1:
            return self.grids(frames)
        return self.grids(views_of(frames[0]))[_VIEWS_COUNTED]

    def _compute(self, pictures: Tensor) -> Tensor:
        if self._session is None:
            return self._backbone(pictures)  # type: ignore[no-any-return]
        (grids,) = self._session.run(None, {"pictures": pictures.contiguous().numpy()})
        return torch.from_numpy(grids)


def _session_of(backbone: CompactBackbone) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.enable_cpu_mem_arena = False  # the C library keeps what is freed, and less of it
    # Threads that wait must not take the processor from decoding.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cnn.onnx"
        _export(backbone, file)
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _export(backbone: CompactBackbone, file: Path) -> None:
    with warnings.catch_warnings():
        # PyTorch's newer exporter, which it recommends, needs seconds and one package more.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            backbone,
            (torch.zeros(1, 3, FRAME_SIZE, FRAME_SIZE),),
            file,
            dynamo=False,
            input_names=["pictures"],
            output_names=["grids"],
            dynamic_axes={"pictures": {0: "frames"}, "grids": {0: "frames"}},
        )
