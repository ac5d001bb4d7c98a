"""What is asked for, as the address bar has it: a link makes the same search again."""

from dataclasses import dataclass, replace

import streamlit as st

from catalog.interface import ClipFilter
from pipeline.query import LibraryClip, Query, QueryError, Sort
from pipeline.query_language import Request, parse

HITS_AT_ONCE = 24
MOST_HITS = 480
WORDS, LIKE, CATEGORY, LIMIT, SORT = "q", "like", "category", "n", "sort"
UNLIKE = "unlike"
"""Together with `LIKE` what the query language calls examples of the library."""


@dataclass(frozen=True)
class Asked:
    """One search."""

    words: str = ""
    like: str = ""
    """Id of the clip to find others like; it wins over words."""
    labels: tuple[str, ...] = ()
    limit: int = HITS_AT_ONCE
    sort: Sort = Sort.RELEVANCE

    def mixed(self, key: str, clip_id: str) -> "Asked":
        """The same search with a clip of the library mixed in: `LIKE` it, or `UNLIKE` it."""
        words = self.words or f"{LIKE}:{self.like}"
        return replace(self, words=f"{words} {key}:{clip_id}", like="", limit=HITS_AT_ONCE)

    @property
    def where(self) -> ClipFilter:
        """What moments must meet; words that cannot be read restrict nothing."""
        try:
            return self._request.where
        except QueryError:
            return ClipFilter(categories=self.labels)

    @property
    def query(self) -> Query | None:
        """What is to be compared; None where all that fits the filter is. Raises ``QueryError``."""
        return self._request.query

    @property
    def _request(self) -> Request:
        if self.like:
            query = Query.of(LibraryClip(self.like))
            return Request(query, ClipFilter(categories=self.labels))
        if not self.words:
            return Request(None, ClipFilter(categories=self.labels))
        said = parse(self.words)
        categories = tuple(dict.fromkeys((*said.where.categories, *self.labels)))
        return Request(said.query, replace(said.where, categories=categories))


def asked() -> Asked:
    """What the address bar says; nonsense in it counts as absent."""
    parameters = st.query_params
    return Asked(
        words=parameters.get(WORDS, "").strip(),
        like=parameters.get(LIKE, ""),
        labels=tuple(dict.fromkeys(parameters.get_all(CATEGORY))),
        limit=_limit(parameters.get(LIMIT, "")),
        sort=_sort(parameters.get(SORT, "")),
    )


def ask(new: Asked) -> None:
    """Put a search into the address bar."""
    st.query_params.from_dict(parameters(new))


def parameters(new: Asked) -> dict[str, str | list[str]]:
    """A search as Streamlit's query parameters, without what is usual."""
    found: dict[str, str | list[str]] = {}
    if new.words:
        found[WORDS] = new.words
    if new.like:
        found[LIKE] = new.like
    if new.labels:
        found[CATEGORY] = list(new.labels)
    if new.limit != HITS_AT_ONCE:
        found[LIMIT] = str(new.limit)
    if new.sort is not Sort.RELEVANCE:
        found[SORT] = new.sort.value
    return found


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        return HITS_AT_ONCE
    return min(max(int(text[:6]), 1), MOST_HITS)


def _sort(text: str) -> Sort:
    return Sort(text) if text in {*Sort} else Sort.RELEVANCE
