"""`clipseek watch` as a person would run it."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.search_ui.child import CommandLine
from tests.tiny_videos import write_scenes

LONGEST_SECONDS = 240


@contextmanager
def watching(clipseek: CommandLine, folder: Path) -> Iterator[subprocess.Popen[str]]:
    child = clipseek.start("watch", folder, "--library", "library")
    # Waiting for a line that never comes must end.
    limit = threading.Timer(LONGEST_SECONDS, child.kill)
    limit.start()
    try:
        yield child
    finally:
        limit.cancel()
        child.kill()
        child.communicate()


def line_of(child: subprocess.Popen[str], start: str) -> str:
    """Wait for a line on standard output."""
    assert child.stdout is not None
    return next(line.rstrip() for line in child.stdout if line.startswith(start))


def test_a_film_that_appears_becomes_searchable_until_it_is_deleted(
    clipseek: CommandLine, tmp_path: Path
) -> None:
    films = tmp_path / "films"
    films.mkdir()
    (films / "bad.mp4").write_bytes(b"no video")
    with watching(clipseek, films) as child:
        assert "bad.mp4: is not a video that can be opened" in line_of(child, "failed: ")
        path = write_scenes(films / "a.mp4", ["red"])
        assert line_of(child, "indexed: ") == "indexed: films/a.mp4 (1 clip)"
        # The catalog is free for others between two looks.
        found = clipseek.run("status", "--library", "library", "--json")
        assert '"clips": 1' in found.stdout, found.stderr
        path.unlink()
        assert line_of(child, "removed: ") == "removed: films/a.mp4 (1 clip)"
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert errors.splitlines()[0] == "watching films; stop with Ctrl-C"
    assert errors.splitlines()[-1].startswith("stopped: ")
    assert "Traceback" not in errors


def test_a_folder_that_does_not_exist_is_one_clear_line(clipseek: CommandLine) -> None:
    done = clipseek.run("watch", "nowhere", "--library", "library")
    assert done.returncode == 1
    assert done.stderr == (
        "clipseek: nowhere: there is no such folder; name a folder of videos on this machine\n"
    )
