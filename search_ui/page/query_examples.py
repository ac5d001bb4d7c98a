"""What a search is mixed from: clips of the library, each with a way out, and words to go on."""

import re
from dataclasses import replace

import streamlit as st

from catalog.interface import ClipSummary
from search_ui.page.address import LIKE, UNLIKE, Asked, ask
from search_ui.page.clip_cards import picture_html
from search_ui.page.opened import OpenedLibrary

KEYWORDS = {
    "plus": "another example in the mixture",
    "minus": "something to take away",
    "then": "what happens next in the same video",
}
"""What page.js puts into the box."""
NAMES = {LIKE: "like this", UNLIKE: "less of this"}

_example = re.compile(rf"\b(?P<key>{LIKE}|{UNLIKE}):(?P<clip_id>\S+)")
_keywords = "".join(
    f'<button type="button" data-keyword="{word}" title="{title}">{word}</button>'
    for word, title in KEYWORDS.items()
)


def show_keywords(found: str) -> None:
    """Say what was `found`, and offer words of the query language to go on with."""
    st.html(f'<p class="found"><span>{found}</span><span>Add {_keywords}</span></p>')


def show_examples(wanted: Asked, shown: OpenedLibrary) -> None:
    """Draw the clips that the words name as examples."""
    said = {found["clip_id"]: found for found in _example.finditer(wanted.words)}
    clips = [*map(ClipSummary.of, shown.library.store.clips([*said]))] if said else []
    if not clips:
        return
    with st.container(horizontal=True, key="examples"):
        for clip in clips:
            found = said[clip.clip_id]
            with st.container(width=128, gap=None):
                st.html(picture_html(clip, shown.library.thumbnails))
                label, key = NAMES[found["key"]], f"without {found[0]}"
                if st.button(label, icon=":material/close:", key=key, type="tertiary"):
                    left = wanted.words[: found.start()] + wanted.words[found.end() :]
                    ask(replace(wanted, words=" ".join(left.split())))
                    st.rerun()
