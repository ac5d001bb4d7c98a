"""How probably a clip shows what a text says: a logistic curve (Platt 1999) over three figures.

The similarity of clip and text alone says little: the more clips there are, the closer the closest
comes by chance. So their number counts against it; and for it, what the captions of the clips that
come first say. Those were generated from the clips, but are compared with the text by what MiniLM
takes single words to mean, as it was published: it knows far more words than the joint space does.
"""

import numpy as np
from numpy.typing import NDArray

# Fitted on Flickr8k dev by `python -m benchmarks.cutoff --fit`, which is to be run again where the
# space has changed.
_SIMILARITY = 8.75
_CAPTIONS = 6.67
_LOG_CLIPS = -0.25
_OFFSET = -3.19


def caption_likeness(words: NDArray[np.float32]) -> float:
    """The mean similarity of a text to some captions, by their rarer words.

    `words` are those of the text and then of the captions, ``(1 + C, 384)``; see
    `SentenceEncoder.rare_words`. Without captions, 0.
    """
    text, *captions = words
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
