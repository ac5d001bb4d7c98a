import json
import subprocess
import sys
from pathlib import Path

from benchmarks.readme import BEGIN, END

MACHINE = {"processor": "x86_64", "cores": 4}


def write(path: Path, **figures: object) -> None:
    path.write_text(json.dumps({"machine": MACHINE, **figures}))


def rewritten(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "README.md").write_text(text)
    arguments = ["--folder", str(folder), "--readme", str(folder / "README.md")]
    command = [sys.executable, "-m", "benchmarks.readme", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_figures_replace_those_between_the_marks(tmp_path: Path) -> None:
    write(
        tmp_path / "ingest.json",
        ms_for_a_second_of_film={"index": [80, 100, 300]},
        ratios={"script / index": [7, 8, 9]},
    )
    write(tmp_path / "memory.json", peak_megabytes={"1": 1200.4, "120": 1300})
    assert rewritten(tmp_path, f"Before\n{BEGIN}\nold\n{END}\nAfter\n").returncode == 0
    assert (tmp_path / "README.md").read_text() == (
        f"Before\n{BEGIN}\n"
        "| x86_64, 4 cores | |\n|---|---|\n"
        "| indexing 720p, two threads | 10.0 x as fast as it plays |\n"
        "| script / index | 8.00 |\n"
        "| greatest size, 1 min of film | 1,200 MB |\n"
        "| greatest size, 120 min of film | 1,300 MB |\n"
        f"{END}\nAfter\n"
    )


def test_a_text_without_marks_is_left_alone(tmp_path: Path) -> None:
    run = rewritten(tmp_path, "Before\n")
    assert (run.returncode, (tmp_path / "README.md").read_text()) == (1, "Before\n")
    assert "put them in" in run.stderr
