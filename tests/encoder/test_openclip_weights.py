"""Weights of OpenCLIP models: what they bring along, and what is refused in one line."""

from collections.abc import Mapping
from pathlib import Path

import huggingface_hub.constants
import pytest
import torch

from encoder.checkpoint import CheckpointError
from encoder.openclip import OpenClipEncoder
from encoder.openclip_weights import find_weights, openclip_space


def test_the_space_follows_the_weights(files: Mapping[str, Path], tmp_path: Path) -> None:
    def space_of(model: str, path: Path) -> str:
        return openclip_space(find_weights(f"openclip/{model}/{path}", download=False)).name

    copy, other = tmp_path / "copy.pt", tmp_path / "other.pt"
    copy.write_bytes(files["tiny-vit"].read_bytes())
    other.write_bytes(files["tiny-resnet"].read_bytes())

    name = space_of("tiny-vit", files["tiny-vit"])
    assert name.startswith("openclip-tiny-vit-")
    assert space_of("tiny-vit", copy) == name != space_of("tiny-vit", other)
    # The same file behind another activation is another space.
    assert space_of("RN50", copy)[-8:] == name[-8:] != space_of("ViT-B-16-SigLIP", copy)[-8:]


def test_published_weights_bring_their_preparation_and_activation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    for repository in ("timm/resnet50_clip.openai", "timm/MobileCLIP2-S0-OpenCLIP"):
        kept = tmp_path / f"models--{repository.replace('/', '--')}"
        (kept / "refs").mkdir(parents=True)
        (kept / "refs" / "main").write_text("1")
        (kept / "snapshots" / "1").mkdir(parents=True)
        (kept / "snapshots" / "1" / "open_clip_model.safetensors").write_bytes(b"")

    resnet = find_weights("openclip/RN50/openai", download=False)
    mobile = find_weights("openclip/MobileCLIP2-S0/DFNDR2B", download=False)

    assert resnet.file.is_relative_to(tmp_path / "models--timm--resnet50_clip.openai")
    assert resnet.quick_gelu
    assert mobile.preprocessing.std == (1, 1, 1)
    assert mobile.preprocessing.interpolation == "bilinear"
    # A file of one's own is prepared for like the published ones.
    local = find_weights(f"openclip/MobileCLIP2-S0/{mobile.file}", download=False)
    assert local.preprocessing == mobile.preprocessing


def refused(name: str, *, download: bool = False) -> str:
    with pytest.raises(CheckpointError) as caught:
        OpenClipEncoder.load(find_weights(name, download=download))
    message = str(caught.value)
    assert "\n" not in message
    assert message.count("; ") == 1  # what is wrong; what to do
    return message


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without network that has downloaded nothing."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))


def test_an_unknown_model_is_answered_with_names() -> None:
    message = refused("openclip/ViT-B32/openai")
    assert message.startswith("openclip/ViT-B32/openai: OpenCLIP has no model 'ViT-B32'; ")
    assert "ViT-B-32, " in message
    assert "RN50, " in message


def test_unknown_weights_are_answered_with_tags() -> None:
    message = refused("openclip/RN50/opanai")
    assert "no published weights 'opanai'" in message
    assert message.endswith("choose openai, yfcc15m, cc12m, or the path of a file")


@pytest.mark.parametrize("name", ["openclip/RN50", "openclip//openai", "openclip/RN50/"])
def test_half_a_name_is_answered_with_the_whole_form(name: str) -> None:
    assert "write openclip/<model>/<pretrained>" in refused(name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    message = refused(f"openclip/RN50/{tmp_path}/absent.pt")
    assert message.startswith(f"{tmp_path}/absent.pt: there is no such file of weights; ")


@pytest.mark.usefixtures("offline")
def test_weights_that_are_not_here_say_how_to_get_them() -> None:
    message = refused("openclip/RN50/openai")
    assert "not on this machine yet; run clipseek index with the network in reach" in message


@pytest.mark.usefixtures("offline")
def test_weights_out_of_reach_say_what_to_do() -> None:
    message = refused("openclip/RN50/openai", download=True)
    assert message.startswith("openclip/RN50/openai: the weights cannot be downloaded (")
    assert message.endswith("or name a file that is here: openclip/<model>/<path>")


@pytest.mark.usefixtures("offline")
def test_a_tokenizer_out_of_reach_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(b"")
    message = refused(f"openclip/roberta-ViT-B-32/{path}")
    assert "a part of the model cannot be downloaded" in message
    assert message.endswith("try again with the network in reach")


@pytest.mark.parametrize("suffix", [".pt", ".safetensors", ".bin"])
@pytest.mark.parametrize("damage", ["empty", "text", "cut"])
def test_a_damaged_file_is_one_clear_line(
    files: Mapping[str, Path], tmp_path: Path, damage: str, suffix: str
) -> None:
    whole = files["tiny-vit"].read_bytes()
    path = tmp_path / f"weights{suffix}"
    path.write_bytes({"empty": b"", "text": b"weights, he said", "cut": whole[:-99]}[damage])
    message = refused(f"openclip/tiny-vit/{path}")
    assert message.startswith(f"{path}: the weights are damaged or not those of tiny-vit (")


@pytest.mark.parametrize("content", [{}, [1, 2], 7, {"words": "and nothing else"}])
def test_a_file_of_something_else_is_one_clear_line(
    files: Mapping[str, Path], tmp_path: Path, content: object
) -> None:
    assert files
    path = tmp_path / "weights.pt"
    torch.save(content, path)
    assert "damaged or not those of tiny-vit" in refused(f"openclip/tiny-vit/{path}")


def test_the_weights_of_another_model_are_refused(files: Mapping[str, Path]) -> None:
    message = refused(f"openclip/tiny-vit/{files['tiny-resnet']}")
    assert "not those of tiny-vit" in message
    assert message.endswith("or name the model that it belongs to")
