"""What is said of one moment, to read and to put right."""

from collections.abc import Sequence

import streamlit as st

from catalog.interface import ClipSummary
from encoder.interface import CategoryScore
from pipeline.browsing import LabelCount
from pipeline.correcting import MAX_CAPTION_CHARACTERS, Change, CorrectionError, correct, undo
from pipeline.corrections import GROUP, SURE, Corrections, correction_of
from search_ui.failures import explanation
from search_ui.page.opened import OpenedLibrary
from search_ui.printing import span_text
from search_ui.terminal import printable


def show_corrections(shown: OpenedLibrary, clip: ClipSummary, known: Sequence[LabelCount]) -> None:
    """Draw the caption and the categories of a clip as fields; `known` labels are offered."""
    kinds = {found.label: found.kind for found in known if found.kind != GROUP}
    own = {category.label: category for category in clip.categories if category.kind != GROUP}
    corrections = Corrections(shown.library.settings.library).of(clip.video_id)
    is_corrected = correction_of(clip.span, corrections) is not None
    # What is said now is part of the name: other words, other fields.
    state = f"{clip.clip_id} {clip.caption} {sorted(own)}"
    with st.form(f"correct {state}", border=False):
        caption = st.text_area(
            f"What happens, {span_text(clip.span)}",
            clip.caption,
            key=f"caption {state}",
            max_chars=MAX_CAPTION_CHARACTERS,
            height=80,
        )
        labels = st.multiselect(
            "Categories",
            [*own, *(label for label in sorted(kinds) if label not in own)],
            default=list(own),
            key=f"labels {state}",
            format_func=printable,
            accept_new_options=True,
            help="Choose one of the library's, or type a new one.",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            saves = st.form_submit_button("Save", icon=":material/check:", type="primary")
            takes_back = is_corrected and st.form_submit_button(
                "Undo corrections", icon=":material/undo:"
            )
    if takes_back:
        _carry_out(shown, clip, None)
    if saves:
        new = tuple(
            CategoryScore(label, kinds[label], SURE) if label in kinds else label
            for label in labels
            if label not in own
        )
        said = None if caption.strip() == clip.caption else caption
        change = Change(said, new, tuple(label for label in own if label not in labels))
        if change != Change():
            _carry_out(shown, clip, change)


def _carry_out(shown: OpenedLibrary, clip: ClipSummary, change: Change | None) -> None:
    """Make the change, or undo all where there is none, and draw the page anew."""
    try:
        with st.spinner("Saving"):
            if change is None:
                undo(shown.library, clip.clip_id)
            else:
                with_words = shown.library if change.caption is None else shown.with_encoder()
                correct(with_words, clip.clip_id, change)
    except CorrectionError as error:
        st.warning(explanation(error) or "")
        return
    st.toast("As the encoder has it again" if change is None else "Saved; search knows it now")
    st.rerun()
