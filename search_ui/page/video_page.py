"""Video: one film with its moments, what is said of them and how to put that right."""

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from catalog.interface import ClipSummary, VideoRecord
from ingest.location import as_typed
from pipeline.browsing import Holdings
from search_ui.page.address import Asked, parameters
from search_ui.page.category_chart import show_chart
from search_ui.page.correction_panel import show_corrections
from search_ui.page.counting import wait_for_count
from search_ui.page.export_buttons import show_cut_button, show_export_buttons
from search_ui.page.film_player import show_film
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.video_address import MOMENT, VIDEO
from search_ui.page.welcome import show_empty_library
from search_ui.printing import clock, count, span_text
from search_ui.terminal import printable

CHOICE_KEY = "video to show"


def show(to_search: StreamlitPage) -> None:
    """Draw the page; what searches leads `to_search`."""
    with explained():
        shown = opened()
        holdings = shown.holdings_at_hand()
        if holdings is None:
            wait_for_count(shown, "Reading all moments of the library.")
            return
        if not holdings.clips:
            show_empty_library(shown)
            return
        video = _chosen_video(holdings)
        clips = [clip for clip in holdings.clips if clip.video_id == video.video_id]
        _facts(video, clips)
        _film(video, to_search)
        _export(shown, video, clips)


def _chosen_video(holdings: Holdings) -> VideoRecord:
    held = {video.video_id: video for video in _with_clips(holdings)}
    asked = st.query_params.get(VIDEO, "")
    if asked and asked not in held:
        st.warning("The video of this link is not in the library any more.")
    # The address bar decides, also when somebody goes back in it.
    st.session_state[CHOICE_KEY] = asked if asked in held else next(iter(held))
    chosen = st.selectbox(
        "Video",
        list(held),
        key=CHOICE_KEY,
        format_func=lambda video_id: printable(held[video_id].path.name),
        label_visibility="collapsed",
        on_change=_choose,
    )
    return held[chosen]


def _with_clips(holdings: Holdings) -> list[VideoRecord]:
    filled = {clip.video_id for clip in holdings.clips}
    return [video for video in holdings.videos if video.video_id in filled]


def _choose() -> None:
    st.query_params.from_dict({VIDEO: st.session_state[CHOICE_KEY]})


def _facts(video: VideoRecord, clips: Sequence[ClipSummary]) -> None:
    length = clock(round(video.duration_seconds))
    gone = ", **its file is gone**" if video.missing else ""
    st.caption(f"{length}, {count(len(clips), 'moment')}{gone}")


@st.fragment
def _film(video: VideoRecord, to_search: StreamlitPage) -> None:
    with explained():
        shown = opened()
        holdings = shown.holdings()
        clips = [clip for clip in holdings.clips if clip.video_id == video.video_id]
        by_id = {clip.clip_id: clip for clip in clips}
        if not clips:
            st.info("This video is not in the library any more.")
            return
        asked = st.query_params.get(MOMENT, "")
        chosen = by_id.get(asked, clips[0])
        clicked = show_film(video, clips, chosen=chosen.clip_id)
        if clicked in by_id and clicked != chosen.clip_id:
            chosen = by_id[clicked or ""]
            st.query_params.from_dict({VIDEO: video.video_id, MOMENT: chosen.clip_id})
        said, over_time = st.columns([2, 3], gap="large")
        with said:
            show_corrections(shown, chosen, holdings.counts())
            _actions(shown, chosen, to_search)
        with over_time:
            st.markdown(f"**Categories over time**, the line at {span_text(chosen.span)}")
            show_chart(clips, chosen=chosen)
        st.code(printable(as_typed(video.path)), language=None, wrap_lines=True)


def _export(shown: OpenedLibrary, video: VideoRecord, clips: Sequence[ClipSummary]) -> None:
    label = "Export all moments of this video"
    # With a key it stays open when the page is drawn again.
    expander = st.expander(label, icon=":material/download:", key="export", on_change="rerun")
    if expander.open:
        with expander, st.container(horizontal=True):
            show_export_buttons(shown, clips, name=video.path.stem or "moments")


def _actions(shown: OpenedLibrary, chosen: ClipSummary, to_search: StreamlitPage) -> None:
    with st.container(horizontal=True):
        show_cut_button(shown, chosen)
        if st.button("More like this", icon=":material/search:"):
            st.switch_page(to_search, query_params=parameters(Asked(like=chosen.clip_id)))
