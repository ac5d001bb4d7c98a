"""Search: one box, filters with counts beside it, and moments grouped by video."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from catalog.interface import ClipFilter, ClipStore, ClipSummary
from pipeline.browsing import find_clip, read_clips
from pipeline.curves import similarity_curve
from pipeline.query import MAX_QUERY_CHARACTERS
from pipeline.searching import search
from search_ui.page.address import HITS_AT_ONCE, MOST_HITS, Asked, ask, asked
from search_ui.page.clip_cards import picture_html, show_groups
from search_ui.page.example_upload import Uploaded, show_example_box, with_example
from search_ui.page.filters import show_filters
from search_ui.page.moments import Moment, by_video
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.order_choice import choose_order
from search_ui.page.query_examples import show_examples, show_keywords
from search_ui.page.welcome import show_empty_library
from search_ui.printing import NOTHING_MATCHES, count
from search_ui.terminal import printable

WORDS_KEY = "words"


def show() -> None:
    """Draw the page."""
    with explained():
        shown, wanted = opened(), asked()
        # Whoever asks for something is not kept waiting by this.
        if not (wanted.words or wanted.like) and shown.is_empty():
            show_empty_library(shown)
            return
        uploaded = _box(wanted)
        # What was asked for comes first; to count for the filters takes longer in a large library.
        with explained():
            _results(wanted, uploaded, shown)
        with st.sidebar:
            show_filters(wanted, shown)


def _box(wanted: Asked) -> Uploaded | None:
    # The address bar decides, also when somebody goes back in it.
    st.session_state[WORDS_KEY] = wanted.words
    with st.container(horizontal=True, gap="small", key="asking"):
        st.text_input(
            "What happens in the moment?",
            key=WORDS_KEY,
            placeholder="What happens? For instance: a man riding a bicycle",
            max_chars=MAX_QUERY_CHARACTERS,
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=_ask_for_words,
        )
        uploaded = show_example_box()
    # A moment of the library stands alone.
    return None if wanted.like else uploaded


def _ask_for_words() -> None:
    ask(replace(asked(), words=st.session_state[WORDS_KEY], like="", limit=HITS_AT_ONCE))


def _found(wanted: Asked, uploaded: Uploaded | None, shown: OpenedLibrary) -> list[Moment]:
    limit, where, sort = wanted.limit, wanted.where, wanted.sort
    with with_example(wanted.query, uploaded) as query:
        if query is not None:
            with st.spinner("Searching"):
                library = shown.library if wanted.like else shown.with_encoder()
                found = search(library, query, limit=limit, where=where, sort=sort)
                return [*map(Moment.of, found)]
    if where != ClipFilter():
        with st.spinner("Counting"):
            return [*map(Moment, shown.holdings().admitted(where)[:limit])]
    return [*map(Moment, _one_of_each_video(shown.library.store, limit))]


def _one_of_each_video(store: ClipStore, limit: int) -> list[ClipSummary]:
    members = read_clips(store, store.videos()[:limit])
    return [clips[len(clips) // 2] for _, clips in members if clips]


def _results(wanted: Asked, uploaded: Uploaded | None, shown: OpenedLibrary) -> None:
    show_examples(wanted, shown)
    moments = _found(wanted, uploaded, shown)
    is_asked = bool(wanted.words or wanted.like or wanted.labels or uploaded)
    if wanted.like:
        _compared_with(wanted, shown)
    elif not is_asked:
        st.caption("A moment of each video. Say above what happens in the one you look for.")
    if not moments and shown.is_empty():
        show_empty_library(shown)
        return
    if not moments:
        st.info("No moment fits. Clear a filter, or say it in other words.")
        return
    groups = by_video(moments)
    if is_asked:
        _say_what_was_found(wanted, moments, len(groups))
    show_groups(
        groups,
        shown.library.thumbnails,
        partial(_compared, wanted, uploaded, shown),
        mixes=bool(wanted.words or wanted.like),
    )
    if len(moments) == wanted.limit < MOST_HITS and st.button("Show more", width="stretch"):
        ask(replace(wanted, limit=min(MOST_HITS, wanted.limit + HITS_AT_ONCE)))
        st.rerun()


def _say_what_was_found(wanted: Asked, moments: Sequence[Moment], videos: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="order"):
        show_keywords(f"{count(len(moments), 'moment')} in {count(videos, 'video')}")
        if moments[0].score is not None:
            choose_order(wanted)
    if all(moment.matches is False for moment in moments):
        st.info(NOTHING_MATCHES)


def _compared(
    wanted: Asked, uploaded: Uploaded | None, shown: OpenedLibrary, video_id: str
) -> list[Moment]:
    """All clips of a video, as similar as they are to what is asked for."""
    clips = shown.library.store.summaries_of([video_id])
    with with_example(wanted.query, uploaded) as query:
        if query is None or not clips:
            return [*map(Moment, clips)]
        curve = similarity_curve(shown.library, query, video_id)
    scores = {point.clip_id: point.score for point in curve.points}
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
