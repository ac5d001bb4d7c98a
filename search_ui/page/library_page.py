"""The library: adding videos, how far each is, and what it all runs on."""

from pathlib import Path

import streamlit as st

from search_ui.page.admission import show_way_out
from search_ui.page.encoder_choice import show_encoder
from search_ui.page.health import show_health
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.upload_box import show_upload_box
from search_ui.page.video_actions import show_actions
from search_ui.page.video_table import show_table
from search_ui.page.watched_folders import show_watched
from search_ui.terminal import printable

PATH_KEY, WATCH_KEY = "folder to add", "watch the folder to add"


def show() -> None:
    """Draw the page."""
    with explained():
        shown = opened()
        st.header("Library")
        add_videos(shown)
        show_table()
        show_actions(shown)
        show_watched(shown)
        show_encoder(shown)
        show_health(shown)
        show_way_out(shown.library.settings)


def add_videos(shown: OpenedLibrary) -> None:
    """Take uploads and folders, which are indexed in the background."""
    show_upload_box(shown.library.settings)
    with st.form("add", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            typed = st.text_input(
                "Folder or video file on this machine",
                key=PATH_KEY,
                placeholder="/home/me/Videos",
            )
            wants = st.form_submit_button("Add", icon=":material/add:", type="primary")
        watch = st.checkbox(
            "Keep watching the folder: index what appears there, drop what is deleted",
            key=WATCH_KEY,
        )
    if wants:
        _add(shown, typed.strip(), watch=watch)


def _add(shown: OpenedLibrary, typed: str, *, watch: bool) -> None:
    path = Path(typed).expanduser()
    name = printable(str(path))
    if not typed or not path.is_absolute():
        st.warning("Type the whole path, from the root on: for instance /home/me/Videos")
    elif not path.exists():
        st.warning(f"{name}: there is no such file or folder; check the name")
    elif watch and not path.is_dir():
        st.warning(f"{name}: is a file, and only folders are watched; name its folder")
    elif watch:
        shown.watching.folders.add(path)
        st.toast(f"Watching {name}; its videos appear below in some seconds")
    else:
        shown.additions.start(shown.library, path)
        st.toast(f"Adding {name}; you can go on searching meanwhile")
