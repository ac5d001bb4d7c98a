"""Help is complete and light, and the README names no command or option that does not exist."""

import re
from pathlib import Path

import pytest

from tests.search_ui.child import ROOT, CommandLine

COMMANDS = {
    ("index",): ("--library", "--json"),
    ("watch",): ("--library",),
    ("search",): (
        "--image",
        "--video",
        "--start",
        "--end",
        "--like",
        "--unlike",
        "--minus",
        "--then",
        "--within",
        "--category",
        "--in",
        "--after",
        "--before",
        "--min-height",
        "--group",
        "--limit",
        "--json",
        "--library",
    ),
    ("status",): ("--library", "--json", "--follow"),
    ("reindex",): ("--library", "--json", "--encoder", "--leave-out-unreadable"),
    ("api",): ("--library", "--port"),
    ("up",): ("--library", "--workers", "--detach"),
    ("down",): ("--library",),
    ("groups",): ("--library", "--json"),
    ("train",): ("--library", "--json", "--captions", "--media", "--corrections"),
    ("correct",): ("--library", "--json", "--caption", "--add", "--remove"),
    ("uncorrect",): ("--library", "--json"),
    ("browse",): ("--library", "--json", "--limit"),
    ("export",): ("--library", "--json", "--query", "--limit"),
    ("remove",): ("--library", "--json"),
    ("describe",): ("--library", "--json", "--attention"),
    ("doctor",): ("--library", "--json"),
    ("evaluate", "retrieval"): ("--library", "--json", "--images", "--captions"),
    ("evaluate", "captions"): ("--library", "--json", "--images", "--captions"),
    ("evaluate", "categories"): ("--library", "--json", "--captions"),
    ("evaluate", "actions"): ("--library", "--json", "--clips", "--confusion"),
    ("evaluate", "camera"): ("--json", "--clips", "--moves"),
    ("demo",): ("--folder",),
}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_explains_its_options(clipseek: CommandLine, words: tuple[str, ...]) -> None:
    done = clipseek.run(*words, "--help")

    assert done.returncode == 0
    for option in COMMANDS[words]:
        assert option in done.stdout


def test_help_lists_every_command_that_the_readme_names(clipseek: CommandLine) -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"clipseek ([a-z]+)", readme))
    listed = clipseek.run("--help").stdout

    assert named == {words[0] for words in COMMANDS}
    for name in named:
        assert re.search(rf"^\W*{name}\b", listed, re.MULTILINE), name


def test_help_loads_neither_model_nor_catalog(tmp_path: Path) -> None:
    # -X importtime writes every module that is loaded to standard error.
    done = CommandLine(tmp_path).run("--help", PYTHONPROFILEIMPORTTIME="1")

    assert done.returncode == 0
    loaded = {line.rsplit("|")[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "typer" in loaded
    assert not loaded & {"torch", "pymilvus", "milvus_lite", "av", "numpy"}


def test_the_version_is_one_line(clipseek: CommandLine) -> None:
    done = clipseek.run("--version")

    assert re.fullmatch(r"clipseek \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "cat", "--limit", "0"),
        ("index",),
        ("fly",),
        ("search", "--fly", "x"),
        ("train",),
        ("export", "x.csv"),
    ],
)
def test_wrong_usage_is_exit_code_2_without_a_traceback(
    clipseek: CommandLine, arguments: tuple[str, ...]
) -> None:
    done = clipseek.run(*arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
