"""How a sentence is worded."""

from collections.abc import Sequence

from encoder.vocabulary import split_words

_FUNCTION_WORDS = frozenset(
    split_words(
        """
        a an the in on of at by to for from with into onto over under through near and or while as
        is are be being has have his her its their it he she they him them that which who one two
        another other up down out off front man men woman women people person
        """
    )
)
"""Words that a good sentence may say twice; people too: "a man beside another man"."""


def repeats_itself(words: Sequence[str]) -> bool:
    """Whether a word that carries meaning comes twice: "a white and blue and white shirt"."""
    meant = [word for word in words if word not in _FUNCTION_WORDS]
    return len(set(meant)) < len(meant)
