"""Chooses the banks of querybank normalisation from the training data; see `encoder.hubness`."""

import logging

import numpy as np
import torch
from torch import Tensor

from encoder.checkpoint import ALIGNMENT, HUBNESS, Checkpoint, fingerprint, save_checkpoint
from encoder.hubness import ADDED_DIMENSIONS
from training.data import Folders, read_topics
from training.features import sentence_features
from training.joint_space import JointSpace
from training.sources import Source, load_source, pooled_features

logger = logging.getLogger(__name__)

TEXTS = 8000
"""Half of them said of photographs, half of videos. Of 500, 2,000 and 8,000 captions of photographs
the recall at 1 on dev was 30.3, 30.7 and 31.4 %."""
CLIPS = 2000


def choose_banks(folders: Folders) -> None:
    """Draw captions and pictures, embed them and save them beside the alignment.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment or ensemble to build on.
    """
    rng = np.random.default_rng(0)
    space = JointSpace.load(folders.weights)
    backbone = space.alignment.backbone
    pictures = load_source(folders, "flickr8k/train", backbone=backbone)
    captions, _ = read_topics(folders.data)
    videos = sentence_features("msrvtt", captions, cache=folders.cache)
    said = [_some(features, TEXTS // 2, rng) for features in (pictures.sentences, videos)]
    texts = space.sentences(torch.cat(said))  # (Q, D)
    seen = Source(pictures.pictures.first(CLIPS), pictures.stems[:CLIPS], pictures.sentences)
    clips = space.pictures(pooled_features(seen, backbone)[:, 0])  # (P, D)
    save_checkpoint(
        folders.weights / HUBNESS,
        Checkpoint(
            {"texts": texts.numpy(), "clips": clips.numpy()},
            {
                "alignment": fingerprint(folders.weights / ALIGNMENT),
                "dimension": texts.shape[1] + ADDED_DIMENSIONS,
            },
        ),
    )
    logger.info("hubness: banks of %d texts and %d clips", len(texts), len(clips))


def _some(features: Tensor, count: int, rng: np.random.Generator) -> Tensor:
    drawn = rng.choice(len(features), min(count, len(features)), replace=False)
    return features[torch.from_numpy(drawn)].float()
