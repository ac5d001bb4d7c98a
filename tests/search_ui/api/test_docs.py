"""What docs/api.md shows works as it stands there."""

import re
import textwrap
from pathlib import Path

import pytest

from catalog.milvus import MilvusStore
from pipeline import assembly
from pipeline.library import Library
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.search_ui.api.interface import Interface
from tests.search_ui.api.serving import indexed
from tests.search_ui.child import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text()


def test_the_lines_of_python_find_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    indexed(tmp_path)

    def open_library(settings: object) -> Library:
        store = MilvusStore.open(tmp_path / "library" / "catalog", space=COLOUR_SPACE)
        return Library(settings, store, FakeEncoder)

    monkeypatch.setattr(assembly, "open_library", open_library)
    (lines,) = re.findall(r"## In Python\n\n((?:    .*\n)+)", TEXT)
    assert len(re.findall(r"^    (?!from)", lines, re.MULTILINE)) <= 5
    named = lines.replace('"clipseek-library"', repr(str(tmp_path / "library")))
    named = named.replace("a dog minus people in:holiday", "green minus blue in:a.mp4")
    exec(textwrap.dedent(named), {})

    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{tmp_path / 'films' / 'a.mp4'} 2.0 ")


def test_every_route_is_told_of_and_no_other(interface: Interface) -> None:
    rows = "".join(re.findall(r"^\| `.*$", TEXT, re.MULTILINE))
    told = set(re.findall(r"`(?:GET |POST )?(/[A-Za-z/.]+)", rows))
    names = {"{video_id}": "ID", "{clip_id}": "ID", "{number}": "NUMBER"}
    paths = " ".join(interface.get("/openapi.json")["paths"])
    for name, shown in names.items():
        paths = paths.replace(name, shown)
    assert told - {"/openapi.json"} == set(paths.split())


def test_the_requests_of_the_text_are_answered(interface: Interface) -> None:
    asked = re.findall(r'curl .*"http://127\.0\.0\.1:8502([^"]+)"', TEXT)
    assert len(asked) == 5
    video = interface.get("/videos")[0]["video_id"]
    picture = interface.ask(f"/clips/{interface.clip('red')}/picture").content
    path = {"path": str(interface.folder / "films")}
    options = [
        {}, {"method": "POST", "files": {"image": picture}}, {},
        {"method": "POST", "json": path}, {"headers": {"Range": "bytes=0-1023"}},
    ]  # fmt: skip
    statuses = [
        interface.ask(address.replace("VIDEO_ID", video), **option).status_code
        for address, option in zip(asked, options, strict=True)
    ]
    assert statuses == [200, 200, 200, 202, 206]
