"""Clips as cards: a picture that plays, time, caption, categories, and how well it fits."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import streamlit as st

from catalog.interface import ClipSummary
from ingest.location import as_typed
from ingest.thumbnails import thumbnail_path
from pipeline.reasons import marked
from search_ui.page.address import LIKE, UNLIKE, ask, asked
from search_ui.page.clip_media import PREVIEW, THUMBNAIL, media_url
from search_ui.page.clip_player import play
from search_ui.page.moments import Moment, VideoGroup
from search_ui.page.video_address import link_to
from search_ui.printing import SHOWN_CATEGORIES, count, span_text
from search_ui.terminal import printable

Shown: TypeAlias = Mapping[str, object]
"""What the browser is told, as JSON has it."""

_here = Path(__file__).parent
_cards = st.components.v2.component(
    "clipseek_cards",
    html='<div class="clip-groups"></div>',
    css=(_here / "clip_cards.css").read_text(),
    js=(_here / "clip_cards.js").read_text(),
    isolate_styles=False,
)


@st.fragment
def show_groups(
    groups: Sequence[VideoGroup],
    thumbnails: Path,
    compared: Callable[[str], Sequence[Moment]],
    *,
    mixes: bool,
) -> None:
    """Draw all groups; what is played draws nothing else anew.

    `compared` gives all clips of a video, by its id, as similar as they are to what was asked;
    `mixes` offers to add a clip to that, or to take it away.
    """
    clicked = _cards(
        key="cards",
        data={"groups": [_group(group, thumbnails) for group in groups], "mixes": mixes},
        on_played_change=lambda: None,
        on_alike_change=lambda: None,
        on_liked_change=lambda: None,
        on_unliked_change=lambda: None,
    )
    clips = {moment.clip.clip_id: moment.clip for group in groups for moment in group.moments}
    if clicked.played in clips:
        play(clips[clicked.played], compared)
    now = asked()
    if clicked.alike in clips:
        ask(replace(now, like=clicked.alike, words=""))
    elif clicked.liked in clips:
        ask(now.mixed(LIKE, clicked.liked))
    elif clicked.unliked in clips:
        ask(now.mixed(UNLIKE, clicked.unliked))
    else:
        return
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


def _group(group: VideoGroup, thumbnails: Path) -> Shown:
    return {
        "name": printable(group.path.name),
        "folder": printable(as_typed(group.path.parent)),
        "link": link_to(group.moments[0].clip.video_id),
        "count": count(len(group.moments), "moment"),
        "moments": [_card(moment, thumbnails) for moment in group.moments],
    }


def _card(moment: Moment, thumbnails: Path) -> Shown:
    clip = moment.clip
    has_picture = thumbnail_path(clip.clip_id, thumbnails).is_file()
    return {
        "clip": clip.clip_id,
        "still": media_url(clip.clip_id, THUMBNAIL) if has_picture else "",
        "moving": media_url(clip.clip_id, PREVIEW),
        "alt": printable(clip.caption) or "a moment without a caption",
        "caption": [
            {"text": printable(text), "shared": is_shared}
            for text, is_shared in marked(clip.caption, moment.reason.words)
        ],
        "when": span_text(clip.span),
        "chips": [
            {
                "label": printable(category.label),
                "named": category.label in moment.reason.labels,
                "title": f"{printable(category.kind)}, {category.probability:.0%}",
            }
            for category in clip.categories[:SHOWN_CATEGORIES]
        ],
        "score": "" if moment.score is None else f"{moment.score:.3f}",
        "sure": "" if moment.probability is None else f"{moment.probability:.0%}",
    }
