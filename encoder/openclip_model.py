"""An OpenCLIP model: pictures and texts → unit vectors of one space.

OpenCLIP (Ilharco et al. 2021) builds the towers, prepares the pictures and splits the texts; what
is here brings batches to the device, in half precision on a GPU.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor

from encoder.checkpoint import CheckpointError
from encoder.openclip_weights import OpenClipWeights
from encoder.torchvision_import import ensure_torchvision

_AT_ONCE_ON_GPU = 128
_AT_ONCE_ON_CPU = 16  # a larger batch is no faster there and takes more memory

_DAMAGE = (
    AttributeError, EOFError, KeyError, RuntimeError, SafetensorError, StopIteration, TypeError,
    UnpicklingError, ValueError,
)  # fmt: skip
"""What reading a file that holds something else can raise."""


class OpenClipModel:
    """Both towers of one model on the best device of this machine."""

    def __init__(
        self,
        network: Any,
        *,
        prepare: Callable[[Image.Image], Tensor],
        tokenize: Callable[[list[str]], Tensor],
        half: bool,
    ) -> None:
        """With `half`, matrices are multiplied in half precision."""
        self.network = network
        """A ``CLIP``, ``CustomTextCLIP`` or ``CoCa`` of OpenCLIP."""
        self.device: torch.device = network.logit_scale.device
        self._prepare = prepare
        self._tokenize = tokenize
        self._half = half
        self._at_once = _AT_ONCE_ON_GPU if self.device.type == "cuda" else _AT_ONCE_ON_CPU

    @classmethod
    def load(cls, weights: OpenClipWeights, *, device: torch.device, half: bool) -> "OpenClipModel":
        """Build the model on the device and read its weights.

        Raises:
            CheckpointError: the file is damaged or of another model, or a tokenizer or text tower
                that lies on the hub is out of reach.
        """
        ensure_torchvision()
        import open_clip
        from open_clip.transform import PreprocessCfg, image_transform_v2

        try:
            network = open_clip.create_model(
                weights.model,
                pretrained=str(weights.file),
                device=device,
                force_quick_gelu=weights.quick_gelu,
                force_preprocess_cfg=asdict(weights.preprocessing),
            )
            tokenize = open_clip.get_tokenizer(weights.model)
        except OSError as error:
            raise CheckpointError(
                weights.name,
                f"a part of the model cannot be downloaded ({_one_line(error)})",
                advice="try again with the network in reach",
            ) from error
        except _DAMAGE as error:
            raise CheckpointError(
                weights.file,
                f"the weights are damaged or not those of {weights.model} ({_one_line(error)})",
                advice="download or copy the file again, or name the model that it belongs to",
            ) from error
        prepare = image_transform_v2(PreprocessCfg(**network.visual.preprocess_cfg), is_train=False)
        network.eval().requires_grad_(False)
        return cls(network, prepare=prepare, tokenize=tokenize, half=half)

    @property
    def logit_scale(self) -> float:
        """What cosine similarities are multiplied with before a softmax (1 / temperature)."""
        return float(self.network.logit_scale.float().exp())

    def pictures(self, frames: NDArray[np.uint8]) -> Tensor:
        """``(N, H, W, 3)`` RGB → ``(N, 3, h, w)`` as the image tower wants them."""
        prepared = [self._prepare(Image.fromarray(frame)) for frame in frames]
        return torch.stack(prepared).to(self.device)

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Everything that the network does goes in here: no gradients, chosen precision.

        Autocasting, because OpenCLIP's own half precision leaves CoCa's decoder in single.
        """
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, torch.float16, enabled=self._half),
        ):
            yield

    def embed_frames(self, frames: NDArray[np.uint8]) -> Tensor:
        """``(N >= 1, H, W, 3)`` RGB → ``(N, D)`` unit vectors, float32 on the device."""
        starts = range(0, len(frames), self._at_once)
        with self.computing():
            return _unit_rows(
                self.network.encode_image(self.pictures(frames[at : at + self._at_once]))
                for at in starts
            )

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """``(N >= 1)`` texts → ``(N, D)`` unit vectors; texts past the model's length are cut."""
        starts = range(0, len(texts), self._at_once)
        with self.computing():
            return _unit_rows(
                self.network.encode_text(
                    self._tokenize(list(texts[at : at + self._at_once])).to(self.device)
                )
                for at in starts
            )


def _unit_rows(batches: Iterable[Tensor]) -> Tensor:
    # Half precision would round the lengths, too.
    return F.normalize(torch.cat([batch.float() for batch in batches]), dim=-1)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
