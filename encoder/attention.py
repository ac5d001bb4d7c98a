"""Where the caption decoder looks for each word of a sentence.

The beam search keeps no attention: it drops most of what it tries. Saying the chosen words again
gives the same attention, since the decoder's state depends on nothing else.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from encoder.beam import WordDecoder
from encoder.captioner import DecoderState, Places


@torch.inference_mode()
def attention_along(
    decoder: WordDecoder, places: Places, state: DecoderState, *, words: Sequence[int], frames: int
) -> NDArray[np.float32]:
    """Let the decoder say given words of one clip.

    Args:
        decoder: what says them.
        places: of one clip, ``(1, P, ...)``; P is `frames` times the places of a square grid.
        state: the decoder's before the first word.
        words: word numbers, "start" first; the last one is not said any more.
        frames: how many frames the places are of.

    Returns:
        ``(len(words) - 1, frames, S, S)`` shares of attention, one for all places of each word;
        the first is where the decoder looked to say the word after "start".
    """
    maps = []
    for word in words[:-1]:
        read = torch.tensor([word], device=places.values.device)
        _, state, attention = decoder.step(read, state, places)  # (1, P)
        maps.append(attention[0])
    side = round((places.values.shape[1] / frames) ** 0.5)
    said = torch.stack(maps).reshape(len(maps), frames, side, side)
    return np.asarray(said.float().cpu().numpy(), np.float32)
