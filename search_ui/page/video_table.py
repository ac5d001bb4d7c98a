"""The table of videos, drawn anew while something changes."""

import math
from collections.abc import Sequence

import streamlit as st

from pipeline.progress import JobStatus, State, overview, statuses
from search_ui.page.adding import Addition
from search_ui.page.library_rows import Row, rows
from search_ui.page.opened import OpenedLibrary, explained, opened
from search_ui.page.wording import plain
from search_ui.printing import clock, count

LOOK_SECONDS = 2.0
QUIET_SECONDS = 10.0
"""Where nothing is being done; others may begin something."""

COLUMNS = ("name", "state", "done", "trouble", "clips", "length", "pace", "folder")
BUSY = frozenset({State.WAITING, State.RUNNING, State.PUT_OFF})


def show_table() -> None:
    """Draw all videos, and what was added of late."""
    shown = opened()
    busy = any(job.state in BUSY for job in statuses(shown.library.jobs)) or any(
        not addition.is_done for addition in shown.additions.all()
    )
    st.fragment(_table, run_every=LOOK_SECONDS if busy else QUIET_SECONDS)()


def found_rows(shown: OpenedLibrary) -> list[Row]:
    """All videos as they are now. Raises ``CatalogError``."""
    return rows(shown.library.store.videos(), statuses(shown.library.jobs))


def _table() -> None:
    with explained(), st.container(key="videos"):
        shown = opened()
        for addition in shown.additions.all():
            _addition(shown, addition)
        jobs = statuses(shown.library.jobs)
        found = rows(shown.library.store.videos(), jobs)
        if not found:
            st.info("No video yet. Upload one, or add a folder.")
            return
        clips = sum(row.clips for row in found)
        st.subheader(f"{count(len(found), 'video')}, {count(clips, 'clip')}")
        _progress(jobs, found)
        _rows(found)


def _progress(jobs: Sequence[JobStatus], found: Sequence[Row]) -> None:
    """One line that is always there, so that nothing jumps when work begins or ends."""
    open_ones = [job for job in jobs if job.state in BUSY]
    if not open_ones:
        troubled = sum(bool(row.trouble) for row in found)
        st.caption(f"{count(troubled, 'video')} in trouble" if troubled else "All done")
        return
    whole = overview(open_ones)
    parts = [f"{count(len(open_ones), 'video')} to go"]
    if whole.clips_per_second:
        parts.append(f"{whole.clips_per_second:.1f} clips/s")
    if whole.seconds_left is not None:
        parts.append(f"{clock(math.ceil(whole.seconds_left))} left")
    st.caption(", ".join(parts))


def _rows(found: Sequence[Row]) -> None:
    st.dataframe(
        [{column: getattr(row, column) for column in COLUMNS} for row in found],
        hide_index=True,
        column_config={
            "name": "Video",
            "state": "State",
            "done": st.column_config.ProgressColumn(
                "Done", format="percent", min_value=0.0, max_value=1.0, width="small"
            ),
            "clips": st.column_config.NumberColumn("Clips", width="small"),
            "length": st.column_config.TextColumn("Length", width="small"),
            "pace": "Pace",
            "trouble": st.column_config.TextColumn("Trouble, and what to do", width="medium"),
            "folder": "Folder",
        },
    )


def _addition(shown: OpenedLibrary, addition: Addition) -> None:
    key, name = str(addition.path), plain(addition.path.name)
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"addition {key}"
    ):
        if not addition.is_done:
            at = addition.progress
            video = "" if at is None else f": {plain(at.path.name)}"
            st.markdown(f":material/hourglass_top: Adding {name}{video}")
            return
        with st.container():
            problems = _outcome(addition, name)
        if problems and st.button("Try again", key=f"again {key}"):
            shown.additions.start(shown.library, addition.path)
            st.rerun(scope="fragment")
        if st.button("Dismiss", key=f"dismiss {key}", type="tertiary"):
            shown.additions.dismiss(addition)
            st.rerun(scope="fragment")


def _outcome(addition: Addition, name: str) -> bool:
    """Say what became of it; true where something went wrong."""
    report = addition.report
    problems = [addition.error] if report is None else [file.error for file in report.failed]
    if report is not None:
        known = f", {len(report.skipped)} already known" if report.skipped else ""
        failed = f", {len(report.failed)} failed" if report.failed else ""
        added = count(len(report.indexed), "video")
        st.markdown(f":material/check: {name}: {added} added{known}{failed}")
    for problem in problems:
        st.error(plain(problem))
    return bool(problems)
