"""The list of watched folders: what it holds, what came of it, and taking folders off it."""

from pathlib import Path

import streamlit as st

from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.wording import plain

LOOK_SECONDS = 5.0


def show_watched(shown: OpenedLibrary) -> None:
    """Draw the list, where there is something on it."""
    folders = shown.watching.folders.all()
    if not folders:
        return
    label = f"Watched folders ({len(folders)})"
    expander = st.expander(label, icon=":material/visibility:", key="watched", on_change="rerun")
    if expander.open:
        with expander:
            _list()


@st.fragment(run_every=LOOK_SECONDS)
def _list() -> None:
    with explained():
        watching = opened().watching
        for folder in watching.folders.all():
            _folder(folder)
        if watching.trouble:
            st.warning(f"{plain(watching.trouble)}  \nIt is tried again by itself.")
        for failed in list(watching.failed):
            st.error(plain(failed.error))


def _folder(folder: Path) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        away = "" if folder.is_dir() else " (not there now; nothing is dropped because of that)"
        st.markdown(f"{plain(str(folder))}{away}")
        if st.button("Watch no more", key=f"unwatch {folder}", type="tertiary"):
            opened().watching.folders.remove(folder)
            st.rerun()
