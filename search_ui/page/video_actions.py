"""What can be done with one video: trying again, and taking it out after a second question."""

from pathlib import Path

import streamlit as st

from ingest.discovery import resolved
from pipeline.progress import State
from pipeline.removal import forget
from search_ui.page.library_rows import MISSING, Row
from search_ui.page.opened import OpenedLibrary
from search_ui.page.video_table import found_rows
from search_ui.page.wording import plain

CHOSEN_KEY, ASKED_TWICE_KEY = "chosen video", "asked twice about"
REPEATABLE = frozenset({State.FAILED, State.INCOMPLETE, State.PUT_OFF, MISSING})


def show_actions(shown: OpenedLibrary) -> None:
    """Let a video be chosen, and offer what can be done with it."""
    found = {row.video_id: row for row in found_rows(shown)}
    if not found:
        return
    again = [row for row in found.values() if row.state in REPEATABLE]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Try again, or remove",
            list(found),
            index=None,
            format_func=lambda video_id: _name(found.get(video_id)),
            placeholder="Choose a video",
            key=CHOSEN_KEY,
        )
        if st.button(
            f"Try all {len(again)} again" if again else "Nothing to try again",
            icon=":material/refresh:",
            disabled=not again,
        ):
            for row in again:
                _try_again(shown, row)
            st.rerun()
    if chosen in found:
        _one(shown, found[chosen])


def _one(shown: OpenedLibrary, row: Row) -> None:
    if row.trouble:
        st.warning(plain(row.trouble))
    if st.session_state.get(ASKED_TWICE_KEY) == row.video_id:
        _second_question(shown, row)
        return
    with st.container(horizontal=True):
        if row.state in REPEATABLE and st.button("Try again", icon=":material/refresh:"):
            _try_again(shown, row)
            st.rerun()
        if st.button("Remove from library", icon=":material/delete:"):
            st.session_state[ASKED_TWICE_KEY] = row.video_id
            st.rerun()


def _second_question(shown: OpenedLibrary, row: Row) -> None:
    uploaded = _is_uploaded(shown, row.path)
    fate = "Its uploaded file is deleted." if uploaded else "The file itself is not touched."
    st.warning(f"Really forget {plain(_name(row))}, with its captions and categories? {fate}")
    with st.container(horizontal=True):
        yes = st.button("Yes, forget it", type="primary")
        no = st.button("Keep it")
    if yes:
        forget(shown.library, row.video_id)
        if uploaded:
            row.path.unlink(missing_ok=True)
        st.toast("The library has forgotten it")
    if yes or no:
        del st.session_state[ASKED_TWICE_KEY]
        st.rerun()


def _try_again(shown: OpenedLibrary, row: Row) -> None:
    if row.state == State.INCOMPLETE:
        # What is held counts as indexed, so that only a new start takes up the missing parts.
        forget(shown.library, row.video_id)
    shown.additions.start(shown.library, row.path)


def _is_uploaded(shown: OpenedLibrary, path: Path) -> bool:
    return path.parent == resolved(shown.library.settings.uploads)


def _name(row: Row | None) -> str:
    return "" if row is None else f"{row.name}  ({row.folder})"
