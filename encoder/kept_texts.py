"""Embeddings of texts that were asked for before: a search needs those of its text twice."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

MOST_KEPT = 2000
"""Of 2 kB each."""


class KeptTexts:
    """Texts to embeddings, of which those used last are kept. Any thread may ask."""

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[np.float32]]) -> None:
        """`embed` makes ``(N, D)`` of ``(N,)`` texts, each row of its text alone."""
        self._embed = embed
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(N,)`` texts to ``(N, D)`` embeddings."""
        if len(texts) > MOST_KEPT or not texts:
            return self._embed(texts)
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._embed(new), strict=True))
        self._keep(found)
        return np.stack([found[text] for text in texts])

    def _keep(self, used: dict[str, NDArray[np.float32]]) -> None:
        with self._lock:
            for text, embedding in used.items():
                self._kept[text] = embedding
                self._kept.move_to_end(text)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
