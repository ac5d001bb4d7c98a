"""`clipseek correct` with the real encoder and catalog."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pipeline.assembly import open_library
from pipeline.indexing import index_paths
from pipeline.query import Query, Text
from pipeline.searching import search
from pipeline.settings import Settings
from search_ui.command_line import app
from tests.search_ui.test_end_to_end import film

WORDS = "a blue whale under water"


def run(*arguments: object) -> Any:
    """The document that a command prints, without a process of its own: those take seconds."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.stdout)


def test_a_correction_is_found_by_its_words_and_taken_back(tmp_path: Path) -> None:
    film(tmp_path / "one.mp4", "chelsea.png")
    film(tmp_path / "two.mp4", "rocket.jpg")
    library = ("--library", tmp_path / "library")
    with open_library(Settings(library=library[1]), create=True) as opened:
        index_paths(opened, [tmp_path])
        worst = search(opened, Query.of(Text(WORDS)))[-1].record

    corrected = run(
        "correct", worst.clip_id, "--caption", WORDS, "--add", "sea", *library
    )  # fmt: skip

    assert corrected["caption"] == WORDS
    assert {"label": "sea", "kind": "label", "probability": 1.0} in corrected["categories"]
    with open_library(Settings(library=library[1])) as opened:
        first = search(opened, Query.of(Text("whale")))[0].record
    assert (first.clip_id, first.description.caption.text) == (worst.clip_id, WORDS)
    back = run("uncorrect", worst.clip_id, *library)
    assert back["caption"] == worst.description.caption.text
    assert "sea" not in {category["label"] for category in back["categories"]}
