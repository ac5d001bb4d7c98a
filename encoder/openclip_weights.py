"""Which weights ``openclip/<model>/<pretrained>`` names, where they lie, and what goes with them.

`<model>` is an architecture that OpenCLIP knows, `<pretrained>` a tag of its published weights or
the path of a file. Published weights lie on a hub and are kept on this machine once downloaded.
Importing this module needs no PyTorch.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from encoder.checkpoint import CheckpointError
from encoder.interface import EmbeddingSpace

PREFIX = "openclip/"
"""What the names of these encoders begin with."""
_WELL_KNOWN = ("RN50", "convnext_base_w", "MobileCLIP2-S0", "ViT-B-32", "coca_ViT-B-32")
_TAGS_NAMED = 6  # ViT-B-32 has 22
_HUB_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


@dataclass(frozen=True)
class Preprocessing:
    """How pictures must be prepared for a model; the size is the model's own."""

    mean: tuple[float, ...] = (0.48145466, 0.4578275, 0.40821073)  # OpenAI's, used by most
    std: tuple[float, ...] = (0.26862954, 0.26130258, 0.27577711)
    interpolation: str = "bicubic"
    resize_mode: str = "shortest"


@dataclass(frozen=True)
class OpenClipWeights:
    """One file of weights and what it must be used with."""

    name: str
    """As the user gave it, ``openclip/<model>/<pretrained>``."""
    model: str
    file: Path
    quick_gelu: bool
    """Whether the weights want OpenAI's approximation of GELU where the model's name is silent."""
    preprocessing: Preprocessing


def find_weights(name: str, *, download: bool) -> OpenClipWeights:
    """Find the weights that `name` means; with `download`, fetch those that are not here yet.

    A file takes its preprocessing from the first published weights of the model, and its
    activation from the model's name (``RN50-quickgelu`` for weights that OpenAI published).

    Raises:
        CheckpointError: OpenCLIP is not installed, knows no such model or weights, or the weights
            are not here.
    """
    model, pretrained = _parts(name)
    published = _published(name, model)
    preprocessings = [_preprocessing(tag) for tag in published.values()]
    tag = published.get(pretrained.lower().replace("-", "_"))  # as OpenCLIP itself reads tags
    if tag is None:
        file = _local_file(name, pretrained, list(published))
        numbers = preprocessings[0] if preprocessings else Preprocessing()
        return OpenClipWeights(name, model, file, False, numbers)
    file = _cached(tag["hf_hub"]) or _download(name, tag, download=download)
    return OpenClipWeights(name, model, file, tag.get("quick_gelu", False), _preprocessing(tag))


@cache
def openclip_space(weights: OpenClipWeights) -> EmbeddingSpace:
    """The space of a model with these weights, named by the model and by all that shapes it.

    Raises:
        CheckpointError: the file cannot be read.
    """
    from open_clip import get_model_config

    try:
        with weights.file.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=4))
    except OSError as error:
        problem = f"the weights cannot be read ({error.strerror})"
        raise CheckpointError(weights.file, problem, advice="see to the file") from error
    # The same file embeds otherwise behind another activation or another preparation.
    digest.update(repr((weights.quick_gelu, astuple(weights.preprocessing))).encode())
    name = f"openclip-{weights.model}-{digest.hexdigest()}"
    return EmbeddingSpace(name, int(get_model_config(weights.model)["embed_dim"]))


def _parts(name: str) -> tuple[str, str]:
    model, _, pretrained = name.removeprefix(PREFIX).partition("/")
    if not (name.startswith(PREFIX) and model and pretrained):
        problem = "this names no OpenCLIP model with its weights"
        advice = "write openclip/<model>/<pretrained>, for instance openclip/RN50/openai"
        raise CheckpointError(name, problem, advice=advice)
    return model, pretrained


def _published(name: str, model: str) -> Mapping[str, Mapping[str, Any]]:
    """OpenCLIP's own record of each of the model's published weights, by tag."""
    from encoder.torchvision_import import ensure_torchvision

    ensure_torchvision()
    try:
        import open_clip
    except ModuleNotFoundError as error:
        advice = "install it with: pip install 'clipseek[openclip]'"
        raise CheckpointError(name, "OpenCLIP is not installed", advice=advice) from error
    models = open_clip.list_models()
    if model not in models:
        near = get_close_matches(model, models, n=3, cutoff=0.5)
        choice = ", ".join(dict.fromkeys([*near, *_WELL_KNOWN]))
        advice = f"choose one of its {len(models)}, for instance {choice}"
        raise CheckpointError(name, f"OpenCLIP has no model {model!r}", advice=advice)
    tags: list[str] = open_clip.list_pretrained_tags_by_model(model)
    return {tag: open_clip.get_pretrained_cfg(model, tag) for tag in tags}


def _preprocessing(tag: Mapping[str, Any]) -> Preprocessing:
    return Preprocessing(
        tuple(tag["mean"]), tuple(tag["std"]), tag["interpolation"], tag["resize_mode"]
    )


def _local_file(name: str, pretrained: str, tags: Sequence[str]) -> Path:
    file = Path(pretrained).expanduser().absolute()
    if file.is_file():
        return file
    if "/" in pretrained or file.suffix:
        raise CheckpointError(
            file, "there is no such file of weights", advice=f"correct encoder = {name!r}"
        )
    choice = ", ".join([*tags[:_TAGS_NAMED], "or the path of a file"])
    raise CheckpointError(
        name, f"there are no published weights {pretrained!r}", advice=f"choose {choice}"
    )


def _cached(hub_file: str) -> Path | None:
    """Where the hub's client keeps a file that it downloaded before."""
    from huggingface_hub import try_to_load_from_cache

    repository, _, wanted = hub_file.rpartition("/")
    safer = str(PurePosixPath(wanted).with_suffix(".safetensors")) if wanted else ""
    for name in (safer, wanted) if wanted else _HUB_FILES:
        found = try_to_load_from_cache(repository, name)
        if isinstance(found, str):
            return Path(found)
    return None


def _download(name: str, tag: Mapping[str, Any], *, download: bool) -> Path:
    from open_clip import download_pretrained

    advice = "or name a file that is here: openclip/<model>/<path>"
    if not download:
        raise CheckpointError(
            name,
            "the weights are not on this machine yet",
            advice=f"run clipseek index with the network in reach, which downloads them, {advice}",
        )
    try:
        return Path(download_pretrained(tag))
    except (OSError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        problem = f"the weights cannot be downloaded ({reason})"
        raise CheckpointError(
            name, problem, advice=f"try again with the network in reach, {advice}"
        ) from error
