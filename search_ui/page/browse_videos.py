"""The videos of a library, all together or by the month of their files."""

import html
from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from catalog.interface import ClipSummary, VideoRecord
from ingest.location import as_typed
from pipeline.browsing import Holdings
from pipeline.surveys import by_month
from search_ui.page.clip_cards import picture_html
from search_ui.page.opened import OpenedLibrary
from search_ui.page.video_address import link_to
from search_ui.printing import clock, count
from search_ui.terminal import printable

VIDEOS_AT_ONCE = 48
MONTHS_AT_ONCE = 6
VIDEOS_OF_A_MONTH = 12

_Each = TypeVar("_Each")


def show_videos(shown: OpenedLibrary, holdings: Holdings) -> None:
    """Draw a card for each video, by name."""
    videos = sorted(holdings.videos, key=lambda video: (video.path.name.lower(), video.path))
    found = _part(videos, VIDEOS_AT_ONCE, "videos")
    st.html(_cards(found, shown, holdings))
    _more(videos, found, "videos")


def show_by_month(shown: OpenedLibrary, holdings: Holdings) -> None:
    """Draw the months of the files, the latest first, with some videos of each."""
    months = by_month(holdings.videos)
    found = _part(months, MONTHS_AT_ONCE, "months")
    for month in found:
        moments = sum(video.clip_count for video in month.videos)
        head = f"{count(len(month.videos), 'video')}, {count(moments, 'moment')}"
        left = len(month.videos) - VIDEOS_OF_A_MONTH
        st.html(
            f'<h2 class="clip-video">{month.month} <span>{head}</span></h2>'
            + _cards(month.videos[:VIDEOS_OF_A_MONTH], shown, holdings)
            + (f"<p>and {count(left, 'more video')}</p>" if left > 0 else "")
        )
    _more(months, found, "months")


def _part(every: Sequence[_Each], at_once: int, what: str) -> Sequence[_Each]:
    return every[: at_once * st.session_state.get(f"pages of {what}", 1)]


def _more(every: Sequence[object], found: Sequence[object], what: str) -> None:
    if len(found) < len(every) and st.button(f"Show more {what}", width="stretch"):
        st.session_state[f"pages of {what}"] = st.session_state.get(f"pages of {what}", 1) + 1
        st.rerun()


def _cards(videos: Sequence[VideoRecord], shown: OpenedLibrary, holdings: Holdings) -> str:
    wanted = {video.video_id for video in videos}
    clips: dict[str, list[ClipSummary]] = {}
    for clip in holdings.clips:
        if clip.video_id in wanted:
            clips.setdefault(clip.video_id, []).append(clip)
    cards = (_card(v, clips[v.video_id], shown) for v in videos if v.video_id in clips)
    return f'<div class="video-cards">{"".join(cards)}</div>'


def _card(video: VideoRecord, clips: Sequence[ClipSummary], shown: OpenedLibrary) -> str:
    picture = picture_html(clips[len(clips) // 2], shown.library.thumbnails)
    name = html.escape(printable(video.path.name))
    folder = html.escape(printable(as_typed(video.path.parent)))
    facts = f"{clock(round(video.duration_seconds))}, {count(len(clips), 'moment')}"
    return (
        f'<a href="{html.escape(link_to(video.video_id))}" target="_self" title="{folder}">'
        f"{picture}<strong>{name}</strong><span>{facts}</span></a>"
    )
