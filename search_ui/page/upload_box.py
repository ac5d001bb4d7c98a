"""The field to drop videos on; what is sent goes to disk by a route of ours.

Streamlit's own holds every file in memory, whole.
"""

from pathlib import Path

import streamlit as st

from ingest.discovery import VIDEO_SUFFIXES
from pipeline.settings import Settings
from search_ui.upload_permit import permit
from search_ui.upload_route import ADDRESS

HTML = f"""<div class="uploads"><label><strong>Upload videos</strong>: choose files, or drop them
here<small class="limit">&nbsp;</small>
<input type="file" multiple accept="{",".join(sorted(VIDEO_SUFFIXES))},video/*"></label>
<ul aria-live="polite"></ul></div>"""

_here = Path(__file__).parent
_box = st.components.v2.component(
    "clipseek_upload_box",
    html=HTML,
    css=(_here / "upload_box.css").read_text(),
    js=(_here / "upload_box.js").read_text(),
)


def show_upload_box(settings: Settings) -> None:
    """Take videos from the browser; those that are there complete are indexed at once."""
    _box(
        key="upload box",
        data={
            "address": ADDRESS,
            "permit": permit(),
            "limit_bytes": round(settings.upload_gigabytes * 1e9),
        },
        # What arrives draws the page anew, so that the video stands in the table.
        on_added_change=lambda: None,
    )
