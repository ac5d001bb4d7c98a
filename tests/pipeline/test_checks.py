"""The doctor: what works is said, what does not comes with advice, and nothing is touched."""

from pathlib import Path

import pytest

from pipeline.assembly import embedding_space, open_library
from pipeline.checks import Finding, diagnose
from pipeline.settings import Settings


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnose(settings)}


def test_all_is_well_before_the_first_run(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    found = findings(settings)
    assert {name for name, finding in found.items() if not finding.ok} == set()
    assert "torch 2." in found["packages"].detail
    assert embedding_space(settings).name in found["model"].detail
    assert "none yet" in found["catalog"].detail
    assert not settings.library.exists()


def test_an_open_catalog_is_a_finding_with_advice(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    with open_library(settings, create=True):
        locked = findings(settings)["catalog"]
    assert not locked.ok
    assert "another process" in locked.detail
    assert "try again" in locked.advice
    assert findings(settings)["catalog"].detail.startswith("0 videos, 0 clips")


def test_a_folder_that_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = findings(Settings(library=tmp_path / "file" / "library"))["library"]
    assert not found.ok
    assert found.advice


@pytest.mark.parametrize("name", ["model", "catalog"])
def test_an_unknown_encoder_is_a_finding(tmp_path: Path, name: str) -> None:
    (tmp_path / "catalog").mkdir()
    found = findings(Settings(library=tmp_path, encoder="magic"))[name]
    assert not found.ok
    assert "'magic'" in found.detail
    assert found.advice
