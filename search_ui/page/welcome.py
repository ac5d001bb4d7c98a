"""What an empty library says of itself."""

import streamlit as st

from search_ui.page.library_page import add_folder
from search_ui.page.opened import OpenedLibrary


def show_empty_library(shown: OpenedLibrary) -> None:
    """Say what is missing, and offer to add it."""
    st.header("This library is empty")
    st.markdown(
        "Name a folder of videos on this machine. Each video is cut into moments, every moment "
        "gets a caption and categories, and then you find it by saying what happens in it. "
        "The files stay where they are, and nothing leaves this machine."
    )
    add_folder(shown)
    if shown.additions.all():
        st.info(
            "Moments appear here as soon as the first video is done. "
            "How far things are stands on the Library page.",
            icon=":material/hourglass_top:",
        )
        if st.button("Look again"):
            st.rerun()
