"""The query language that the command line, Python and the page share.

    dog on a beach minus people then "a sunset" within 30 category:sports in:holiday after:2020

Words say what happens. `plus` adds another example to the mixture, `minus` takes one away, `then`
begins the next step, and `within` says how many seconds later it may begin. An example's weight
stands after it, ``beach^2``. Quotes take keywords as plain words. Conditions stand anywhere.
Files have no place in it: whoever may ask need not be one who may read files.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from catalog.interface import ClipFilter
from pipeline.query import (
    USUAL_SECONDS,
    LibraryClip,
    Part,
    Query,
    QueryError,
    Step,
    Text,
)
from pipeline.query_conditions import CONDITIONS, Condition

_T = TypeVar("_T")

EXAMPLES = ("like", "unlike")
KEYS = (*CONDITIONS, *EXAMPLES)
SHOWN_CHARACTERS = 60

_TOKEN = re.compile(
    r"""
    (?P<key>[A-Za-z]+):(?:"(?P<quoted_value>[^"]*)"|(?P<value>[^\s">]+))(?:>(?P<least>[^\s"]*))?
    | "(?P<quoted>[^"]*)"(?:\^(?P<quoted_weight>[^\s"]*))?
    | (?P<open>")
    | (?P<word>[^\s"^]+|\^)(?:\^(?P<weight>[^\s"]*))?
    """,
    re.VERBOSE,
)
_COMPARED = re.compile(rf"({'|'.join(KEYS)})[<>=]", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)(?:s|sec|seconds)?", re.ASCII | re.IGNORECASE)


class QuerySyntaxError(QueryError):
    """The query cannot be read; `pointed` shows the place."""

    def __init__(self, problem: str, text: str, at: int) -> None:
        super().__init__(f"character {at + 1} of the query: {problem}")
        self.text = text
        self.at = at
        """How many characters stand before the place."""

    @property
    def pointed(self) -> str:
        """The piece of the query around the place, and under it a line with a caret there."""
        begin = max(0, self.at - SHOWN_CHARACTERS // 2)
        piece = self.text[begin : begin + SHOWN_CHARACTERS]
        return re.sub(r"\s", " ", piece) + "\n" + " " * (self.at - begin) + "^"


@dataclass(frozen=True)
class Request:
    """What a query in words asks for."""

    query: Query | None
    """None where it holds conditions only."""
    where: ClipFilter


def parse(text: str) -> Request:
    """Read a query; :class:`QueryError` where it is empty, :class:`QuerySyntaxError` elsewhere."""
    Text(text)  # says what is wrong with all of it
    reader = _Reader(text)
    for token in _tokens(text):
        reader.read(token)
    return reader.finished()


@dataclass(frozen=True)
class _Token:
    at: int
    key: str = ""
    """Of a condition or an example of the library."""
    word: str = ""
    quoted: bool = False
    number: str | None = None
    """The weight of a word, or the least probability of a condition."""

    def is_keyword(self, word: str) -> bool:
        return not self.quoted and not self.key and self.word.lower() == word


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        at, part = found.start(), found.groupdict()
        if part["open"]:
            raise QuerySyntaxError("this quote is never closed; close it or leave it out", text, at)
        if part["key"]:
            value = part["value"] if part["quoted_value"] is None else part["quoted_value"]
            yield _Token(at, part["key"].lower(), value, number=part["least"])
        elif part["quoted"] is not None:
            yield _Token(at, word=part["quoted"], quoted=True, number=part["quoted_weight"])
        else:
            yield _Token(at, word=part["word"], number=part["weight"])


@dataclass
class _Phrase:
    """An example of words while it is read."""

    at: int
    """Where it, or the keyword that begins it, stands."""
    unwanted: bool = False
    keyword: str = ""
    words: list[str] = field(default_factory=list)
    weight: float = 1.0


@dataclass
class _Reader:
    """Reads tokens one after the other."""

    text: str
    where: ClipFilter = field(default_factory=ClipFilter)
    steps: list[Step] = field(default_factory=list)
    wanted: list[Part] = field(default_factory=list)
    unwanted: list[Part] = field(default_factory=list)
    phrase: _Phrase | None = None
    step_at: int = 0
    within: float = USUAL_SECONDS
    awaits_seconds: _Token | None = None
    """A `within` whose number comes next, if it is one."""

    def read(self, token: _Token) -> None:
        if self.awaits_seconds is not None and self._read_seconds(token):
            return
        if token.key:
            self._read_key(token)
        elif token.is_keyword("then"):
            self._end_step(token.at)
        elif token.is_keyword("plus") or token.is_keyword("minus"):
            self._end_phrase()
            keyword = token.word.lower()
            self.phrase = _Phrase(token.at, keyword == "minus", keyword)
        elif token.is_keyword("within") and self.steps:
            self.awaits_seconds = token
        else:
            self._read_word(token)

    def finished(self) -> Request:
        if self.awaits_seconds is not None:
            raise self._error(
                "say after 'within' how many seconds, or put it in quotes", self.awaits_seconds.at
            )
        self._end_phrase()
        if not (self.steps or self.wanted or self.unwanted):
            return Request(None, self.where)
        self._close_step(self.step_at)
        with_steps = self._made(lambda: Query(tuple(self.steps), self.within), 0)
        return Request(with_steps, self.where)

    def _read_seconds(self, token: _Token) -> bool:
        """Whether the token after a `within` belongs to it; else that was a word like others."""
        keyword, self.awaits_seconds = self.awaits_seconds, None
        written = _SECONDS.fullmatch(token.word) if not (token.key or token.quoted) else None
        if written is None:
            if keyword is not None:
                self._read_word(keyword)
            return False
        self.within = float(written[1])
        return True

    def _read_key(self, token: _Token) -> None:
        if token.key in EXAMPLES:
            self._end_phrase()
            parts = self.wanted if token.key == "like" else self.unwanted
            parts.append(Part(LibraryClip(token.word)))
        elif token.key in CONDITIONS:
            condition = Condition(token.word, token.number)
            narrow = CONDITIONS[token.key]
            self.where = self._made(lambda: narrow(self.where, condition), token.at)
        else:
            known = ", ".join(f"{key}:" for key in KEYS)
            raise self._error(
                f"there is no '{token.key}:'; there are {known} or put it in quotes", token.at
            )

    def _read_word(self, token: _Token) -> None:
        if not token.quoted and token.word[:-1].lower() in KEYS and token.word.endswith(":"):
            raise self._error(f"say what it is right after '{token.word}'", token.at)
        if not token.quoted and (compared := _COMPARED.match(token.word)):
            key = compared[1]
            raise self._error(f"write it with a colon, '{key}:', or put it in quotes", token.at)
        if self.phrase is None:
            self.phrase = _Phrase(token.at)
        self.phrase.words.append(token.word)
        if token.number is not None:
            if not _NUMBER.fullmatch(token.number):
                raise self._error("say after '^' how much it counts, like beach^2", token.at)
            self.phrase.weight = float(token.number)

    def _end_phrase(self) -> None:
        phrase, self.phrase = self.phrase, None
        if phrase is None:
            return
        words = " ".join(phrase.words)
        if phrase.keyword and not words.strip():
            raise self._error(f"say after '{phrase.keyword}' what it is", phrase.at)
        part = self._made(lambda: Part(Text(words), phrase.weight), phrase.at)
        (self.unwanted if phrase.unwanted else self.wanted).append(part)

    def _end_step(self, at: int) -> None:
        self._end_phrase()
        if not (self.wanted or self.unwanted):
            raise self._error("say before 'then' what happens first", at)
        self._close_step(self.step_at)
        self.step_at = at

    def _close_step(self, at: int) -> None:
        if not (self.wanted or self.unwanted):
            raise self._error("say after 'then' what happens next", at)
        step = self._made(lambda: Step(tuple(self.wanted), tuple(self.unwanted)), at)
        self.steps.append(step)
        self.wanted, self.unwanted = [], []

    def _made(self, make: Callable[[], _T], at: int) -> _T:
        """What `make` makes; what it finds wrong is said of this place."""
        try:
            return make()
        except QueryError as error:
            raise self._error(str(error), at) from error

    def _error(self, problem: str, at: int) -> QuerySyntaxError:
        return QuerySyntaxError(problem, self.text, at)
