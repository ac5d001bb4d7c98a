"""Every package that ClipSeek asks for stands in docs/licences.md."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_dependency_has_a_known_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(package for extra in extras for package in extra)]
    # Extras that name ClipSeek itself, or more of a package, ask for nothing new by name.
    names = {re.split(r"[^\w-]", package)[0] for package in wanted} - {"clipseek"}

    told = (ROOT / "docs" / "licences.md").read_text()
    listed = set(re.findall(r"[a-z][\w-]*", told))
    assert names - listed == set()
