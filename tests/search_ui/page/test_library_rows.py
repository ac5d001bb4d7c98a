"""The table of videos: what is in it, and in which order."""

from pathlib import Path

from pipeline.progress import JobStatus, State
from search_ui.page.library_rows import MISSING, MISSING_ADVICE, rows
from tests.catalog_records import video


def job(video_id: str, state: State, *, done: float = 0, total: float = 0, error: str = ""):
    return JobStatus(
        video_id=video_id,
        path=Path(f"/films/{video_id}.mp4"),
        state=state,
        clips_done=3,
        clips_total=None,
        seconds_done=done,
        seconds_total=total,
        clips_per_second=1.5 if state is State.RUNNING else 0,
        seconds_left=61.2 if state is State.RUNNING else None,
        bound=None,
        error=error,
    )


def test_what_needs_a_look_comes_first() -> None:
    held = [video("a", "/films/a.mp4"), video("b", "/films/b.mp4", missing=True)]
    jobs = [
        job("a", State.READY),
        job("c", State.RUNNING, done=15, total=60),
        job("d", State.FAILED, error="/films/d.mp4: no video in it; choose another"),
        job("gone", State.READY),
    ]

    found = rows(held, jobs)

    assert [(row.video_id, row.state) for row in found] == [
        ("b", MISSING), ("c", "running"), ("d", "failed"), ("a", "ready"),
    ]  # fmt: skip
    assert [row.done for row in found] == [1.0, 0.25, 0.0, 1.0]
    assert found[0].trouble == MISSING_ADVICE
    assert found[1].pace == "1.5 clips/s, 1:02 left"
    assert found[2].trouble == "no video in it; choose another"
    assert found[3].trouble == ""
