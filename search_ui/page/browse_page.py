"""Browse: a library by its categories, as a map, by words, by date and by video."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pipeline.browsing import Holdings
from pipeline.surveys import LabelSurvey, WordCount, survey_labels, survey_words
from search_ui.page.address import Asked, parameters
from search_ui.page.browse_map import show_map
from search_ui.page.browse_videos import show_by_month, show_videos
from search_ui.page.clip_cards import picture_html
from search_ui.page.counting import wait_for_count
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.welcome import show_empty_library
from search_ui.page.wording import plain
from search_ui.printing import count
from search_ui.terminal import printable

LABELS_AT_ONCE = 24
WORDS_AT_ONCE = 120
CATEGORIES, MAP, WORDS, DATES, VIDEOS = "Categories", "Map", "Words", "Dates", "Videos"
WORD_KEY = "word of captions"


def show(to_search: StreamlitPage) -> None:
    """Draw the page; its links lead `to_search`."""
    with explained():
        shown = opened()
        holdings = shown.holdings_at_hand()
        if holdings is None:
            wait_for_count(shown, "Reading all moments of the library.")
            return
        if not holdings.clips:
            show_empty_library(shown)
            return
        way = st.segmented_control(
            "Browse by",
            [CATEGORIES, MAP, WORDS, DATES, VIDEOS],
            default=CATEGORIES,
            required=True,
            key="browse by",
            label_visibility="collapsed",
        )
        if way == MAP:
            show_map(shown, holdings)
        elif way == WORDS:
            _words(holdings, to_search)
        elif way == DATES:
            show_by_month(shown, holdings)
        elif way == VIDEOS:
            show_videos(shown, holdings)
        else:
            _categories(shown, holdings, to_search)


# What was counted for one look is shown to all who look at the same.
@lru_cache(2)
def _surveyed(holdings: Holdings) -> list[LabelSurvey]:
    return survey_labels(holdings.clips)


@lru_cache(2)
def _worded(holdings: Holdings) -> list[WordCount]:
    return survey_words(holdings.clips)[:WORDS_AT_ONCE]


def _categories(shown: OpenedLibrary, holdings: Holdings, to_search: StreamlitPage) -> None:
    kinds = {
        kind: list(found)
        for kind, found in groupby(_surveyed(holdings), key=lambda found: found.kind)
    }
    if not kinds:
        st.info("No clip of this library is in a category.")
        return
    # What says the most of this library comes first.
    names = sorted(kinds, key=lambda kind: -len(kinds[kind]))
    kind = st.segmented_control(
        "Kind of category",
        names,
        default=names[0],
        format_func=lambda kind: f"{kind.capitalize()} ({len(kinds[kind])})",
        required=True,
        label_visibility="collapsed",
    )
    _labels(kinds[kind or names[0]], shown, to_search)


def _labels(found: Sequence[LabelSurvey], shown: OpenedLibrary, to_search: StreamlitPage) -> None:
    shown_all = len(found) <= LABELS_AT_ONCE or st.toggle(f"Show all {len(found)}")
    with st.container(horizontal=True, gap="medium"):
        for label in found if shown_all else found[:LABELS_AT_ONCE]:
            _label(label, shown, to_search)


def _label(found: LabelSurvey, shown: OpenedLibrary, to_search: StreamlitPage) -> None:
    pictures = "".join(picture_html(clip, shown.library.thumbnails) for clip in found.examples)
    with st.container(width=352, gap=None, key=f"label-{found.kind}-{found.label}"):
        st.html(f'<div class="label-samples">{pictures}</div>')
        if st.button(
            f"{plain(found.label)}: {count(found.clips, 'moment')}",
            key=f"show-{found.kind}-{found.label}",
            width="stretch",
        ):
            st.switch_page(to_search, query_params=parameters(Asked(labels=(found.label,))))


def _words(holdings: Holdings, to_search: StreamlitPage) -> None:
    clips = {word.word: word.clips for word in _worded(holdings)}
    if not clips:
        st.info("No moment of this library has a caption with words in it.")
        return
    st.caption("What the captions speak of, the most frequent first. Choose a word to search it.")
    # Nothing is chosen when somebody comes back.
    st.session_state[WORD_KEY] = None
    st.pills(
        "Words",
        list(clips),
        key=WORD_KEY,
        format_func=lambda word: f"{printable(word)} {clips.get(word, 0)}",
        label_visibility="collapsed",
        on_change=_note_word,
    )
    if word := st.session_state.pop("word chosen", None):
        st.switch_page(to_search, query_params=parameters(Asked(words=word)))


def _note_word() -> None:
    st.session_state["word chosen"] = st.session_state[WORD_KEY]
