"""Buttons that hand moments out as files."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from catalog.interface import ClipSummary
from pipeline.exporting import export, file_name
from search_ui.page.opened import OpenedLibrary

KINDS = {
    ".jpg": ("Contact sheet", "image/jpeg"),
    ".csv": ("Table, CSV", "text/csv"),
    ".json": ("Table, JSON", "application/json"),
    ".otio": ("Edit list, OpenTimelineIO", "application/json"),
    ".edl": ("Edit list, CMX3600", "text/plain"),
}


def show_cut_button(shown: OpenedLibrary, clip: ClipSummary) -> None:
    """Offer one moment as film, which is cut when it is asked for."""
    _button(shown, [clip], "Cut this moment out", name=f"{file_name(clip)}.mp4", mime="video/mp4")


def show_export_buttons(shown: OpenedLibrary, clips: Sequence[ClipSummary], *, name: str) -> None:
    """Offer some moments as pictures, tables and edit lists, in files called `name`."""
    for suffix, (label, mime) in KINDS.items():
        _button(shown, clips, label, name=f"{name}{suffix}", mime=mime)


def _button(
    shown: OpenedLibrary, clips: Sequence[ClipSummary], label: str, *, name: str, mime: str
) -> None:
    st.download_button(
        label,
        lambda: _content(shown, clips, name),
        file_name=name,
        mime=mime,
        key=f"export {name}",
        icon=":material/download:",
        on_click="ignore",
    )


def _content(shown: OpenedLibrary, clips: Sequence[ClipSummary], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (written,) = export(shown.library, clips, Path(folder) / name)
        return written.path.read_bytes()
