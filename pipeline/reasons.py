"""Why something was found, as far as words tell: those that the query shares with what it says.

A picture is found by its likeness to the query, not by its caption, so there may be none.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from encoder.interface import ClipDescription
from pipeline.found import Found, Reason
from pipeline.query import Query, Step, Text
from pipeline.wording import SMALL_WORDS

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SHORTEST_BASE = 3
_ENDINGS = (
    (r"ies$", "y"),
    (r"(?:(?<=[sxzo])|(?<=[cs]h))es$", ""),
    (r"(?<!s)s$", ""),
    (r"(?:ing|ed)$", ""),
    (r"(?:ing|ed)$", "e"),
    (r"(.)\1(?:ing|ed)$", r"\1"),
)
"""Of plurals and verbs, and what stands there without them."""


def explained(query: Query, found: Sequence[Found]) -> list[Found]:
    """Results with the words and labels of each clip that its step of the query names."""
    asked = [_bases_of(_said(step)) for step in query.steps]
    return [
        replace(
            one,
            reasons=tuple(
                _reason(hit.record.description, words)
                for hit, words in zip(one.hits, asked, strict=True)
            ),
        )
        for one in found
    ]


def marked(text: str, words: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, with whether each is one of some words in small letters."""
    pieces, done = [], 0
    for found in WORD.finditer(text):
        if found[0].lower() in words:
            pieces += [(text[done : found.start()], False), (found[0], True)]
            done = found.end()
    return [piece for piece in (*pieces, (text[done:], False)) if piece[0]]


def _said(step: Step) -> str:
    return " ".join(p.example.words for p in step.wanted if isinstance(p.example, Text))


def _reason(description: ClipDescription, asked: set[str]) -> Reason:
    words = dict.fromkeys(telling_words(description.caption.text))
    return Reason(
        tuple(word for word in words if asked & bases(word)),
        tuple(c.label for c in description.categories if _is_named(c.label, asked)),
    )


def _is_named(label: str, asked: set[str]) -> bool:
    words = telling_words(label)
    return bool(words) and all(asked & bases(word) for word in words)


def _bases_of(text: str) -> set[str]:
    return set().union(*map(bases, telling_words(text)))


def telling_words(text: str) -> list[str]:
    """The words of a text in small letters, without those that say little."""
    return [word for word in WORD.findall(text.lower()) if word not in SMALL_WORDS]


def bases(word: str) -> set[str]:
    """What a word may be a form of: itself, and what is left without an ending."""
    without = (re.sub(ending, instead, word) for ending, instead in _ENDINGS)
    return {word, *(base for base in without if len(base) >= _SHORTEST_BASE)}
