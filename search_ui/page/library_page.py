"""The library: adding folders, how far each video is, taking videos out, whether services run."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from pipeline.progress import statuses
from pipeline.removal import remove_video
from pipeline.running import running_system
from search_ui.page.adding import Addition
from search_ui.page.admission import show_way_out
from search_ui.page.library_rows import Row, rows
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.upload_box import show_upload_box
from search_ui.printing import count
from search_ui.terminal import printable

LOOK_SECONDS = 2.0
PATH_KEY, ASKED_TWICE_KEY = "folder to add", "asked twice about"


def show() -> None:
    """Draw the page."""
    with explained():
        shown = opened()
        st.subheader("Add videos")
        show_upload_box(shown.library.settings)
        add_folder(shown)
        _watched_table()
        _removal(shown)
        _services(shown)
        show_way_out(shown.library.settings)


def add_folder(shown: OpenedLibrary) -> None:
    """Ask for a folder, and have it indexed in the background."""
    with st.form("add", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Folder or video file on this machine", key=PATH_KEY, placeholder="/home/me/Videos"
        )
        wants = st.form_submit_button("Add", icon=":material/add:", type="primary")
    if not wants:
        return
    path = Path(typed.strip()).expanduser()
    if not typed.strip() or not path.is_absolute():
        st.warning("Type the whole path, from the root on: for instance /home/me/Videos")
    elif not path.exists():
        st.warning(f"{printable(str(path))}: there is no such file or folder; check the name")
    else:
        shown.additions.start(shown.library, path)
        st.toast(f"Adding {printable(path.name)}; you can go on searching meanwhile")


@st.fragment(run_every=LOOK_SECONDS)
def _watched_table() -> None:
    with explained():
        shown = opened()
        for addition in shown.additions.all():
            _addition(shown, addition)
        found = _rows(shown)
        if not found:
            st.info("No video yet. Add a folder above.")
            return
        st.subheader(f"{count(len(found), 'video')}, {_clips(found)}")
        _table(found)


def _rows(shown: OpenedLibrary) -> list[Row]:
    return rows(shown.library.store.videos(), statuses(shown.library.jobs))


def _clips(found: Sequence[Row]) -> str:
    return count(sum(row.clips for row in found), "clip")


def _table(found: Sequence[Row]) -> None:
    st.dataframe(
        [asdict(row) for row in found],
        hide_index=True,
        column_order=("name", "state", "done", "clips", "length", "pace", "trouble", "folder"),
        column_config={
            "name": "Video",
            "state": "State",
            "done": st.column_config.ProgressColumn(
                "Done", format="percent", min_value=0.0, max_value=1.0, width="small"
            ),
            "clips": st.column_config.NumberColumn("Clips", width="small"),
            "length": st.column_config.TextColumn("Length", width="small"),
            "pace": "Pace",
            "trouble": st.column_config.TextColumn("What to do", width="large"),
            "folder": "Folder",
        },
    )


def _addition(shown: OpenedLibrary, addition: Addition) -> None:
    name = printable(str(addition.path))
    if not addition.is_done:
        at = "" if addition.progress is None else f": {printable(addition.progress.path.name)}"
        st.info(f"Adding {_plain(name + at)}", icon=":material/hourglass_top:")
        return
    report = addition.report
    problems = [addition.error] if report is None else [failed.error for failed in report.failed]
    with st.container(border=True):
        if report is not None:
            st.markdown(
                f"**{_plain(name)}**: {count(len(report.indexed), 'video')} added, "
                f"{len(report.skipped)} already known, {len(report.failed)} failed"
            )
        for problem in problems:
            st.error(_plain(printable(problem)))
        with st.container(horizontal=True):
            key = str(addition.path)
            if problems and st.button("Try again", key=f"again {key}"):
                shown.additions.start(shown.library, addition.path)
                st.rerun(scope="fragment")
            if st.button("Dismiss", key=f"dismiss {key}", type="tertiary"):
                shown.additions.dismiss(addition)
                st.rerun(scope="fragment")


def _plain(text: str) -> str:
    """The text as Markdown that shows just that."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-!|<>$:~" else c for c in text)


def _removal(shown: OpenedLibrary) -> None:
    names = {row.video_id: f"{row.name}  ({row.folder})" for row in _rows(shown)}
    if not names:
        return
    st.subheader("Remove a video")
    chosen = st.selectbox(
        "The library forgets it; the file itself is not touched.",
        list(names),
        index=None,
        format_func=lambda video_id: names.get(video_id, video_id),
        placeholder="Choose a video",
        key="video to remove",
    )
    if chosen is None:
        return
    if st.session_state.get(ASKED_TWICE_KEY) != chosen:
        if st.button("Remove from library", icon=":material/delete:"):
            st.session_state[ASKED_TWICE_KEY] = chosen
            st.rerun()
        return
    st.warning(f"Really forget {_plain(names[chosen])}, with its captions and categories?")
    with st.container(horizontal=True):
        yes = st.button("Yes, forget it", type="primary")
        no = st.button("Keep it")
    if yes:
        remove_video(shown.library, chosen)
        st.toast("The library has forgotten it")
    if yes or no:
        del st.session_state[ASKED_TWICE_KEY]
        st.rerun()


def _services(shown: OpenedLibrary) -> None:
    system = running_system(shown.library.settings.library)
    if system is None:
        return
    with st.expander("Services"):
        st.dataframe(
            [
                {
                    "Service": service.name,
                    "State": "running" if service.pid is not None else "starting again",
                    "Address": service.address,
                    "Restarts": service.restarts,
                }
                for service in system.services
            ],
            hide_index=True,
        )
