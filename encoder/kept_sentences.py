"""Features of sentences that were asked for before: a search needs those of its text twice."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import torch
from torch import Tensor

MOST_KEPT = 2000
"""Of 3 kB each."""


class KeptSentences:
    """Texts to features, of which those used last are kept. Any thread may ask."""

    def __init__(self, encode: Callable[[Sequence[str]], Tensor]) -> None:
        """`encode` makes ``(N, C)`` of ``(N,)`` texts, each row of its text alone."""
        self._encode = encode
        self._kept: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """``(N,)`` texts to ``(N, C)`` features."""
        if len(texts) > MOST_KEPT or not texts:
            return self._encode(texts)
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._encode(new), strict=True))
        self._keep(found)
        return torch.stack([found[text] for text in texts])

    def _keep(self, used: dict[str, Tensor]) -> None:
        with self._lock:
            for text, features in used.items():
                self._kept[text] = features
                self._kept.move_to_end(text)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
