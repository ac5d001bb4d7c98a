"""OpenCLIP models with random weights, small enough to make in a moment."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from encoder.torchvision_import import ensure_torchvision

ensure_torchvision()

import open_clip  # noqa: E402

DIMENSION = 16
TEXT = {"context_length": 12, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1}
VIT = {"image_size": 32, "layers": 1, "width": 16, "head_width": 8, "patch_size": 16}
TOWERS: Mapping[str, Mapping[str, Any]] = {
    "tiny-resnet": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 64},
    "tiny-vit": VIT,
    "tiny-convnext": {"timm_model_name": "test_convnext", "timm_proj": "linear", "image_size": 64},
    "tiny-coca": {
        **VIT, "attentional_pool": True, "attn_pooler_queries": 4, "attn_pooler_heads": 2,
        "output_tokens": True,
    },
}  # fmt: skip
SPEAKING = {
    "text_cfg": {**TEXT, "context_length": 40, "embed_cls": True, "output_tokens": True},
    "multimodal_cfg": {**TEXT, "context_length": 40, "attn_pooler_heads": 2},
    "custom_text": True,
}


def make_models(folder: Path) -> Mapping[str, Path]:
    """Weights of each model of `TOWERS`, all of which OpenCLIP knows from now on."""
    know_models(folder)
    return {name: random_weights(name, folder / f"{name}.pt") for name in TOWERS}


def know_models(folder: Path) -> None:
    """Make OpenCLIP know the models of `TOWERS`, whose weights another process may have made."""
    for name, tower in TOWERS.items():
        add_model(name, folder, tower)


def add_model(name: str, folder: Path, tower: Mapping[str, Any]) -> None:
    """Make OpenCLIP know an image tower beside a small text tower."""
    parts = SPEAKING if name == "tiny-coca" else {"text_cfg": TEXT}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"embed_dim": DIMENSION, "vision_cfg": tower, **parts}))
    open_clip.add_model_config(path)


def random_weights(model: str, path: Path) -> Path:
    """Write weights of any model of OpenCLIP's, always the same, and return the path."""
    torch.manual_seed(0)
    network = open_clip.create_model(model)
    if model == "tiny-coca":  # OpenCLIP leaves parts of its decoder to chance, or at nothing
        for value in network.text_decoder.parameters():
            torch.nn.init.normal_(value, std=0.5)
    torch.save(network.state_dict(), path)
    return path
