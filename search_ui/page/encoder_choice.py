"""Choosing the encoder that describes the library."""

import streamlit as st

from pipeline.assembly import COMPACT
from search_ui.page.encoder_move import EncoderMove
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.wording import plain
from search_ui.printing import clock, count

LOOK_SECONDS = 2.0
NAME_KEY = "encoder to move to"


def show_encoder(shown: OpenedLibrary) -> None:
    """Say which encoder describes the library, and offer to move to another."""
    expander = st.expander("Encoder", icon=":material/neurology:", key="encoder", on_change="rerun")
    if not expander.open:
        return
    with expander:
        if shown.move.is_running:
            st.fragment(_running, run_every=LOOK_SECONDS)()
        else:
            _choice(shown)


def _running() -> None:
    move = opened().move
    if not move.is_running:
        st.rerun()
    at = move.progress
    share = min(1.0, max(0, move.begun - 1) / move.total) if move.total else 0.0
    text = f"Moving to {plain(move.encoder)}"
    if at is not None:
        where = f"{clock(round(at.seconds_done))} of {clock(round(at.seconds_total))}"
        text += f": video {move.begun} of {move.total}, {plain(at.path.name)}, {where}"
    st.progress(share, text=text)
    st.caption("Searches go on, with the old encoder until the end.")


def _choice(shown: OpenedLibrary) -> None:
    with explained():
        st.markdown(f"The library is described by **{plain(shown.library.store.space.name)}**.")
    with (
        st.form("encoder", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            "Describe all videos anew with",
            key=NAME_KEY,
            placeholder=f"{COMPACT}, or openclip/<model>/<pretrained>",
        )
        wants = st.form_submit_button("Move", icon=":material/move_up:")
    if wants and typed.strip():
        shown.move.start(shown.library, typed.strip())
        st.rerun()
    _outcome(shown, shown.move)


def _outcome(shown: OpenedLibrary, move: EncoderMove) -> None:
    if move.error:
        st.error(plain(move.error))
    if move.report is None:
        return
    if move.report.switched:
        st.success(
            f"{count(move.report.videos, 'video')} are searched with {plain(move.encoder)} now."
        )
        return
    st.warning(
        f"Nothing has changed: {count(len(move.report.left_out), 'video')} cannot be read any "
        "more. Put the files back and move again, or go on without them."
    )
    for failed in move.report.left_out:
        st.error(plain(failed.error))
    if st.button("Go on without them: the library loses them"):
        shown.move.start(shown.library, move.encoder, leave_out=True)
        st.rerun()
