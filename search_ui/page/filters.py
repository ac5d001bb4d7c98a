"""Filters beside a search: the labels of what was found, with counts."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import streamlit as st

from pipeline.browsing import Holdings, LabelCount
from search_ui.page.address import HITS_AT_ONCE, Asked, ask, asked
from search_ui.page.counting import wait_for_count
from search_ui.page.opened import OpenedLibrary
from search_ui.terminal import printable

OTHER_KIND = "not in the library"
"""The family of labels that a link asks for and no clip carries."""


def show_filters(wanted: Asked, shown: OpenedLibrary) -> None:
    """Draw the filters of what is asked for."""
    st.subheader("Only moments with")
    holdings = shown.holdings_at_hand()
    if holdings is None:
        wait_for_count(shown, "To choose from as soon as all moments are counted.")
    else:
        _choices(wanted, holdings)
    if wanted.labels and st.button("Clear filters", icon=":material/close:"):
        ask(replace(wanted, labels=()))
        st.rerun()


def _choices(wanted: Asked, holdings: Holdings) -> None:
    counts = holdings.counts(wanted.where)
    absent = set(wanted.labels) - {found.label for found in counts}
    counts += [LabelCount(OTHER_KIND, label, 0) for label in sorted(absent)]
    for kind, found in groupby(counts, key=lambda found: found.kind):
        _filter(kind, list(found), wanted)


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
