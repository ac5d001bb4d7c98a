"""Where a clip belongs once a person has said what it shows.

The embedding of the words is mixed into that of the pictures. So the clip is found by the words,
and still by pictures like its own.
"""

import numpy as np
from numpy.typing import NDArray

WORDS_WEIGHT = 0.75
"""Of the words' embedding, where that of the pictures has 1.

40 of 400 photographs of Flickr8k's dev split were given the caption of another: with 0.5 the very
words found 57 % of them first, with 0.75 95 %, with 1 all; of the ten photographs most like each,
70, 53 and 39 % were still among them.
"""


def mix_words(clip: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """Two unit vectors of one space, ``(D,)`` each → ``(D,)`` of unit length."""
    mixed = clip + WORDS_WEIGHT * words
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)
