"""What an empty library says of itself."""

import streamlit as st

from search_ui.demo_footage import DemoError, prepare_footage, require_footage
from search_ui.page.library_page import add_videos
from search_ui.page.opened import OpenedLibrary
from search_ui.page.video_table import show_table

DEMO = "sample footage"
"""Folder within the library."""


def show_empty_library(shown: OpenedLibrary) -> None:
    """Say what is missing, and offer to add it, or to try everything on sample footage."""
    st.header("This library is empty")
    st.markdown(
        "Add videos: each is cut into moments, every moment gets a caption and categories, and "
        "then you find it by saying what happens in it. Files in folders stay where they are, and "
        "nothing leaves this machine."
    )
    if not shown.additions.all():
        _offer_footage(shown)
    add_videos(shown)
    if shown.additions.all() or shown.watching.folders.all():
        show_table()
        st.caption("Moments appear here as soon as the first video is done.")
        if st.button("Look again", icon=":material/refresh:"):
            st.rerun()


def _offer_footage(shown: OpenedLibrary) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("**No video at hand?** Five short ones show what ClipSeek does, in a minute.")
        try:
            require_footage()
        except DemoError as error:
            st.caption(f"They are missing: {error}, and load this page again.")
            return
        if st.button("Try it on sample footage", icon=":material/movie:"):
            footage = shown.library.settings.library / DEMO
            shown.additions.start(shown.library, footage, prepare=lambda: prepare_footage(footage))
            st.rerun()
