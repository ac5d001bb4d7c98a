"""Learns topics from captions alone: MSR-VTT's 20 categories, in the joint space."""

import logging

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from encoder.checkpoint import ALIGNMENT, TOPICS, Checkpoint, fingerprint, save_checkpoint
from training.data import Folders, read_pictures, read_topics
from training.features import sentence_features, whole_features
from training.joint_space import JointSpace

logger = logging.getLogger(__name__)

_EPOCHS = 30
_BATCH = 4096
_RATE = 0.05
_HELD_OUT = 0.1


@torch.no_grad()
def _accuracy(layer: nn.Linear, texts: torch.Tensor, truth: torch.Tensor) -> float:
    return float((layer(texts).argmax(1) == truth).float().mean())


def train_topics(folders: Folders) -> float:
    """Train on 90 % of the videos' captions, save, and return the accuracy on the rest.

    The captions are centred by their mean, and clips by the mean of the training pictures, which
    is saved beside the weights.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment or ensemble to build on.
    """
    torch.manual_seed(0)
    captions, topics = read_topics(folders.data)
    labels = sorted(set(topics))
    space = JointSpace.load(folders.weights)
    features = sentence_features("msrvtt", captions, cache=folders.cache)
    texts = space.sentences(features).clone()
    texts = texts - texts.mean(0)
    truth = torch.tensor([labels.index(topic) for topic in topics])
    border = int(len(captions) * (1 - _HELD_OUT))  # captions of one video stand together
    layer = nn.Linear(texts.shape[1], len(labels))
    optimiser = torch.optim.AdamW(layer.parameters(), _RATE, weight_decay=1e-3)
    for _ in range(_EPOCHS):
        for rows in torch.split(torch.randperm(border), _BATCH):
            loss = F.cross_entropy(layer(texts[rows]), truth[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    accuracy = _accuracy(layer, texts[border:], truth[border:])
    pictures = read_pictures(folders.data, "flickr8k/train")
    seen = whole_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)
    clips = space.pictures(seen)
    tensors = {
        "weight": layer.weight.detach().numpy(),
        "bias": layer.bias.detach().numpy(),
        "clip_mean": clips.mean(0).numpy().astype(np.float32),
    }
    beside = fingerprint(folders.weights / ALIGNMENT)
    config: dict[str, int | float | str | list[str]] = {"labels": labels, "alignment": beside}
    save_checkpoint(folders.weights / TOPICS, Checkpoint(tensors, config))
    logger.info("topics of unseen videos from one caption: %.1f %% right", 100 * accuracy)
    return accuracy
