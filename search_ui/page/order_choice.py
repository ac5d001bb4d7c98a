"""The order of what was found: a choice beside how much there is."""

from dataclasses import replace

import streamlit as st

from pipeline.query import Sort
from search_ui.page.address import HITS_AT_ONCE, Asked, ask, asked

NAMES = {
    Sort.RELEVANCE: "The best first",
    Sort.DATE: "The latest first",
    Sort.PLACE: "In order of time",
}
SORT_KEY = "sort"


def choose_order(wanted: Asked) -> None:
    """Draw the choice."""
    st.session_state[SORT_KEY] = wanted.sort
    st.selectbox(
        "Order of the moments",
        list(Sort),
        key=SORT_KEY,
        format_func=NAMES.__getitem__,
        label_visibility="collapsed",
        width=180,
        on_change=_ask_for_order,
    )


def _ask_for_order() -> None:
    ask(replace(asked(), sort=st.session_state[SORT_KEY], limit=HITS_AT_ONCE))
