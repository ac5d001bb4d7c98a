"""Clips as cards: a picture that plays, time, caption, categories, and how well it fits."""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from encoder.interface import CategoryScore
from ingest.location import as_typed
from ingest.thumbnails import thumbnail_path
from pipeline.browsing import ClipSummary
from search_ui.page.address import ask, asked
from search_ui.page.clip_media import PREVIEW, THUMBNAIL, media_url
from search_ui.page.clip_player import play
from search_ui.page.moments import Moment, VideoGroup
from search_ui.page.video_address import link_to
from search_ui.printing import SHOWN_CATEGORIES, count, span_text
from search_ui.terminal import printable

CARD_WIDTH = 260
"""Pixels: three fit beside the filters at 1280, and one is no wider than a phone."""


@st.fragment
def show_groups(
    groups: Sequence[VideoGroup], thumbnails: Path, compared: Callable[[str], Sequence[Moment]]
) -> None:
    """Draw all groups; what is clicked here draws nothing else anew.

    `compared` gives all clips of a video, by its id, as similar as they are to what was asked.
    """
    for group in groups:
        st.html(_heading(group))
        with st.container(horizontal=True, gap="small"):
            for moment in group.moments:
                show_card(moment, thumbnails, lambda clip: play(clip, compared))


def show_card(moment: Moment, thumbnails: Path, on_play: Callable[[ClipSummary], None]) -> None:
    """Draw one clip."""
    clip = moment.clip
    with st.container(width=CARD_WIDTH, gap=None, key=f"card-{_key(clip)}"):
        st.html(picture_html(clip, thumbnails))
        if st.button(
            f"Play {span_text(clip.span)}",
            key=f"play-{clip.clip_id}",
            icon=":material/play_arrow:",
            width="stretch",
        ):
            on_play(clip)
        st.html(_words(moment))
        if st.button("More like this", key=f"like-{clip.clip_id}", type="tertiary"):
            ask(replace(asked(), like=clip.clip_id, words=""))
            st.rerun()


def picture_html(clip: ClipSummary, thumbnails: Path) -> str:
    """A clip's thumbnail, which a card moves; a grey field of the same size where there is none."""
    alt = html.escape(printable(clip.caption) or "a moment without a caption")
    if not thumbnail_path(clip.clip_id, thumbnails).is_file():
        return f'<div class="clip-picture" role="img" aria-label="{alt}"></div>'
    still, moving = (html.escape(media_url(clip.clip_id, kind)) for kind in (THUMBNAIL, PREVIEW))
    return (
        f'<img class="clip-picture" alt="{alt}" loading="lazy" src="{still}" '
        f'data-still="{still}" data-moving="{moving}">'
    )


def _key(clip: ClipSummary) -> str:
    return clip.clip_id.replace(":", "-")


def _heading(group: VideoGroup) -> str:
    folder = html.escape(printable(as_typed(group.path.parent)))
    name = html.escape(printable(group.path.name))
    found = count(len(group.moments), "moment")
    link = html.escape(link_to(group.moments[0].clip.video_id))
    named = f'<a href="{link}" target="_self">{name}</a>'
    return f'<h2 class="clip-video" title="{folder}">{named} <span>{found}</span></h2>'


def _words(moment: Moment) -> str:
    caption = html.escape(printable(moment.clip.caption)) or "no caption"
    chips = "".join(map(_chip, moment.clip.categories[:SHOWN_CATEGORIES]))
    score = ""
    if moment.score is not None:
        score = f'<span class="clip-score" title="cosine similarity">{moment.score:.3f}</span>'
    return f'<div class="clip-words"><p>{caption}</p><div>{chips}{score}</div></div>'


def _chip(category: CategoryScore) -> str:
    label, kind = html.escape(printable(category.label)), html.escape(printable(category.kind))
    return f'<span class="clip-chip" title="{kind}, {category.probability:.0%}">{label}</span>'
