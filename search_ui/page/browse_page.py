"""Browse: the categories of each kind, with counts and pictures of their surest moments."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from catalog.interface import ClipFilter
from pipeline.browsing import Holdings, LabelCount
from search_ui.page.address import Asked, parameters
from search_ui.page.clip_cards import picture_html
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.welcome import show_empty_library
from search_ui.printing import count
from search_ui.terminal import printable

LABELS_AT_ONCE = 24
SAMPLES = 3


def show(to_search: StreamlitPage) -> None:
    """Draw the page; its links lead `to_search`."""
    with explained():
        shown = opened()
        holdings = shown.holdings()
        if not holdings.clips:
            show_empty_library(shown)
            return
        kinds = {
            kind: list(found)
            for kind, found in groupby(holdings.counts(), key=lambda found: found.kind)
        }
        if not kinds:
            st.info("No clip of this library is in a category.")
            return
        kind = st.segmented_control(
            "Kind of category",
            list(kinds),
            default=next(iter(kinds)),
            format_func=lambda kind: f"{kind.capitalize()} ({len(kinds[kind])})",
            required=True,
            label_visibility="collapsed",
        )
        _labels(kinds[kind or next(iter(kinds))], holdings, shown, to_search)


def _labels(
    counts: Sequence[LabelCount],
    holdings: Holdings,
    shown: OpenedLibrary,
    to_search: StreamlitPage,
) -> None:
    shown_all = len(counts) <= LABELS_AT_ONCE or st.toggle(f"Show all {len(counts)}")
    with st.container(horizontal=True, gap="medium"):
        for found in counts if shown_all else counts[:LABELS_AT_ONCE]:
            _label(found, holdings, shown, to_search)


def _label(
    found: LabelCount, holdings: Holdings, shown: OpenedLibrary, to_search: StreamlitPage
) -> None:
    clips = holdings.admitted(ClipFilter(categories=(found.label,)))[:SAMPLES]
    pictures = "".join(picture_html(clip, shown.library.thumbnails) for clip in clips)
    with st.container(width=352, gap=None, key=f"label-{found.kind}-{found.label}"):
        st.html(f'<div class="label-samples">{pictures}</div>')
        if st.button(
            f"{printable(found.label)}: {count(found.clips, 'moment')}",
            key=f"show-{found.kind}-{found.label}",
            width="stretch",
        ):
            st.switch_page(to_search, query_params=parameters(Asked(labels=(found.label,))))
