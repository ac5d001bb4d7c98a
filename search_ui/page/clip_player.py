"""Playing a moment, from its very first frame."""

import tempfile
from pathlib import Path

import streamlit as st

from ingest.clip import ClipSpan
from ingest.errors import VideoError
from ingest.excerpt import write_excerpt
from ingest.location import as_typed
from pipeline.browsing import ClipSummary, find_clip
from search_ui.page.opened import explained, opened
from search_ui.printing import span_text
from search_ui.terminal import printable

KEPT_EXCERPTS = 40
"""About half a megabyte each."""


@st.dialog("Moment", width="medium")
def play(clip: ClipSummary) -> None:
    """Play a clip above the page."""
    with explained():
        # The catalog decides which file is read, and it may have changed since the page was drawn.
        record = find_clip(opened().library.store, clip.clip_id)
        if record is None:
            st.warning("This moment is not in the library any more; search anew.")
            return
        try:
            with st.spinner("Cutting the moment out"):
                content = _excerpt(record.path, record.span, record.clip_id)
        except FileNotFoundError:
            st.warning(
                "The video file is gone from its place; put it back, or remove the video on the "
                "Library page."
            )
            return
        except VideoError as error:
            st.error(str(error))
            return
        st.video(content, format="video/mp4", autoplay=True, loop=True)
        st.text(printable(clip.caption))
        st.caption(f"{span_text(record.span)} of this file:")
        st.code(printable(as_typed(record.path)), language=None, wrap_lines=True)


@st.cache_data(max_entries=KEPT_EXCERPTS, show_spinner=False)
def _excerpt(path: Path, span: ClipSpan, clip_id: str) -> bytes:
    # The id names the content: with it, another film at the same path is another excerpt.
    video_id = clip_id.rpartition(":")[0]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "moment.mp4"
        write_excerpt(path, span, target, video_id=video_id)
        return target.read_bytes()
