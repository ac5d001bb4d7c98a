"""Search: one box, filters with counts beside it, and moments grouped by video."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

import streamlit as st

from catalog.interface import ClipFilter
from pipeline.browsing import ClipSummary, Holdings, LabelCount, find_clip
from pipeline.query import MAX_QUERY_CHARACTERS
from pipeline.searching import search
from search_ui.page.address import HITS_AT_ONCE, MOST_HITS, Asked, ask, asked
from search_ui.page.clip_cards import picture_html, show_groups
from search_ui.page.moments import Moment, by_video
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.welcome import show_empty_library
from search_ui.printing import count
from search_ui.terminal import printable

WORDS_KEY = "words"
OTHER_KIND = "not in the library"
"""The family of labels that a link asks for and no clip carries."""


def show() -> None:
    """Draw the page."""
    with explained():
        shown = opened()
        holdings = shown.holdings()
        if not holdings.clips:
            show_empty_library(shown)
            return
        wanted = asked()
        _box(wanted)
        _filters(wanted, holdings)
        moments = _found(wanted, shown, holdings)
        _results(wanted, moments, shown)


def _box(wanted: Asked) -> None:
    # The address bar decides, also when somebody goes back in it.
    st.session_state[WORDS_KEY] = wanted.words
    st.text_input(
        "What happens in the moment?",
        key=WORDS_KEY,
        placeholder="What happens? For instance: a man riding a bicycle",
        max_chars=MAX_QUERY_CHARACTERS,
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=_ask_for_words,
    )


def _ask_for_words() -> None:
    ask(replace(asked(), words=st.session_state[WORDS_KEY], like="", limit=HITS_AT_ONCE))


def _filters(wanted: Asked, holdings: Holdings) -> None:
    counts = holdings.counts(wanted.where)
    absent = set(wanted.labels) - {found.label for found in counts}
    counts += [LabelCount(OTHER_KIND, label, 0) for label in sorted(absent)]
    with st.sidebar:
        st.subheader("Only moments with")
        kinds = [kind for kind, _ in groupby(counts, key=lambda found: found.kind)]
        for kind in kinds:
            _filter(kind, [found for found in counts if found.kind == kind], wanted)
        if wanted.labels and st.button("Clear filters", icon=":material/close:"):
            ask(replace(wanted, labels=()))
            st.rerun()


def _filter(kind: str, counts: Sequence[LabelCount], wanted: Asked) -> None:
    clips = {found.label: found.clips for found in counts}
    key = f"filter-{kind}"
    st.session_state[key] = [label for label in wanted.labels if label in clips]
    st.multiselect(
        kind.capitalize(),
        list(clips),
        key=key,
        format_func=lambda label: f"{printable(label)} ({clips.get(label, 0)})",
        placeholder="any",
        on_change=_ask_for_labels,
        args=(key, tuple(clips)),
    )


def _ask_for_labels(key: str, of_kind: tuple[str, ...]) -> None:
    now = asked()
    others = tuple(label for label in now.labels if label not in of_kind)
    ask(replace(now, labels=(*others, *st.session_state[key]), limit=HITS_AT_ONCE))


def _found(wanted: Asked, shown: OpenedLibrary, holdings: Holdings) -> list[Moment]:
    limit, where, query = wanted.limit, wanted.where, wanted.query
    if query is not None:
        with st.spinner("Searching"):
            library = shown.library if wanted.like else shown.with_encoder()
            return [*map(Moment.of, search(library, query, limit=limit, where=where))]
    if wanted.labels:
        return [*map(Moment, holdings.admitted(where)[:limit])]
    return [*map(Moment, _one_of_each_video(holdings)[:limit])]


def _one_of_each_video(holdings: Holdings) -> list[ClipSummary]:
    groups = groupby(holdings.clips, key=lambda clip: clip.video_id)
    members = [list(group) for _, group in groups]
    return [clips[len(clips) // 2] for clips in members]


def _results(wanted: Asked, moments: Sequence[Moment], shown: OpenedLibrary) -> None:
    if wanted.like:
        _compared_with(wanted, shown)
    elif not (wanted.words or wanted.labels):
        st.caption("A moment of each video. Say above what happens in the one you look for.")
    if not moments:
        st.info("No moment fits. Clear a filter, or say it in other words.")
        return
    groups = by_video(moments)
    if wanted.words or wanted.like or wanted.labels:
        found, videos = count(len(moments), "moment"), count(len(groups), "video")
        st.caption(f"{found} in {videos}, the best first")
    show_groups(groups, shown.library.thumbnails, partial(_compared, wanted, shown))
    if len(moments) == wanted.limit < MOST_HITS and st.button("Show more", width="stretch"):
        ask(replace(wanted, limit=min(MOST_HITS, wanted.limit + HITS_AT_ONCE)))
        st.rerun()


def _compared(wanted: Asked, shown: OpenedLibrary, video_id: str) -> list[Moment]:
    """All clips of a video, as similar as they are to what is asked for."""
    clips = [*map(ClipSummary.of, shown.library.store.clips_of(video_id))]
    scores: dict[str, float] = {}
    if wanted.query is not None and clips:
        where = ClipFilter(video_ids=(video_id,))
        found = search(shown.library, wanted.query, limit=len(clips), where=where)
        # The clip that others are compared with is left out of what is found.
        scores = {wanted.like: 1.0, **{one.record.clip_id: one.score for one in found}}
    return [Moment(clip, scores.get(clip.clip_id)) for clip in clips]


def _compared_with(wanted: Asked, shown: OpenedLibrary) -> None:
    record = find_clip(shown.library.store, wanted.like)
    if record is None:
        return
    clip = ClipSummary.of(record)
    with st.container(horizontal=True, vertical_alignment="center", key="compared"):
        with st.container(width=160):
            st.html(picture_html(clip, shown.library.thumbnails))
        with st.container(width="stretch"):
            st.text(f"Moments like this one: {printable(clip.caption)}")
            if st.button("Back to words", icon=":material/close:"):
                ask(replace(wanted, like=""))
                st.rerun()
