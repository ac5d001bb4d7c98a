"""How probably a clip shows what a text says: a logistic curve (Platt 1999) over three figures.

The similarity of clip and text alone says little: the more clips there are, the closer the closest
comes by chance. So their number counts against it; and for it, what the captions of the clips that
come first say. Those were generated from the clips, but are compared with the text by MiniLM as it
was published, which knows far more of the world than the joint space does.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.text import MEANING_CHANNELS

# Fitted on Flickr8k dev by `python -m benchmarks.cutoff --fit`, which is to be run again where the
# space has changed.
_SIMILARITY = 7.94
_CAPTIONS = 8.03
_LOG_CLIPS = -0.37
_OFFSET = -2.06


def caption_likeness(sentences: NDArray[np.float32]) -> float:
    """The mean similarity of a text to some captions, by their meaning.

    `sentences` are features of the text and then of the captions, ``(1 + C, 768)``. Without
    captions, 0.
    """
    text, *captions = sentences[:, :MEANING_CHANNELS]
    return float(np.mean([caption @ text for caption in captions])) if captions else 0.0


def relevance(
    similarity: NDArray[np.float32], *, captions: float, among: int
) -> NDArray[np.float32]:
    """``(N,)`` similarities before the correction of `encoder.hubness` → ``(N,)`` probabilities.

    That correction ranks clips better, but brings what no clip fits as close as what one does.
    """
    clips = np.log(max(1, among))
    logits = _SIMILARITY * similarity + _CAPTIONS * captions + _LOG_CLIPS * clips + _OFFSET
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
