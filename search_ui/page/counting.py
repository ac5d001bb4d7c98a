"""Waiting for the clips to be counted, without keeping anybody from the rest of the page."""

import streamlit as st

from search_ui.page.opened import OpenedLibrary, explained

LOOK_SECONDS = 0.5


@st.fragment(run_every=LOOK_SECONDS)
def wait_for_count(shown: OpenedLibrary, text: str) -> None:
    """Say `text`, and draw the page anew as soon as all is counted."""
    with explained():
        st.caption(text)
        if shown.holdings_at_hand() is not None:
            st.rerun()
