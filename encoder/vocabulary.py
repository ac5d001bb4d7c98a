"""Words and their numbers, for the caption decoder."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

PAD, START, END, UNKNOWN = range(4)
_SPECIAL = ("<pad>", "<start>", "<end>", "<unknown>")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


def split_words(sentence: str) -> list[str]:
    """Lower-case words of a sentence without punctuation."""
    return _WORD.findall(sentence.lower())


class Vocabulary:
    """The words that the decoder can say; everything else is unknown."""

    def __init__(self, words: Sequence[str]) -> None:
        """`words` without the special tokens, in the order of their numbers."""
        self.words = list(words)
        self._all = [*_SPECIAL, *words]
        self._numbers = {word: number for number, word in enumerate(self._all)}

    @classmethod
    def from_sentences(cls, sentences: Iterable[str], *, at_least: int) -> "Vocabulary":
        """Keep the words that occur at least so many times, the most frequent first."""
        counts = Counter(word for sentence in sentences for word in split_words(sentence))
        kept = [(word, n) for word, n in counts.items() if n >= at_least]
        return cls([word for word, _ in sorted(kept, key=lambda pair: (-pair[1], pair[0]))])

    def __len__(self) -> int:
        return len(self._all)

    def encode(self, sentence: str) -> list[int]:
        """Numbers of a sentence's words between "start" and "end"."""
        words = [self._numbers.get(word, UNKNOWN) for word in split_words(sentence)]
        return [START, *words, END]

    def decode(self, numbers: Iterable[int]) -> str:
        """The sentence of some word numbers; special tokens are left out."""
        return " ".join(self._all[n] for n in numbers if n >= len(_SPECIAL))
