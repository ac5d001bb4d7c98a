"""docker-compose.yml as Docker Compose would understand it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})")


class MissingVariableError(Exception):
    """A variable has no value, and there is no default."""


def load(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file with `variables` put in, as Compose puts in those of ``.env``."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    filled: dict[str, Any] = _filled(document, variables)
    return filled


def example_variables() -> dict[str, str]:
    """What ``.env.example`` names, with its values."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def named_variables() -> dict[str, bool]:
    """Every variable of the file, and whether it must be set."""
    found = _VARIABLE.findall(FILE.read_text())
    required = {name for _, name, kind, _ in found if kind == "?"}
    return {name: name in required for _, name, _, _ in found if name}


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, variables) for item in value]
    if not isinstance(value, str):
        return value

    def put_in(found: re.Match[str]) -> str:
        escaped, name, kind, other = found.groups()
        if escaped:
            return "$"
        given = variables.get(name, "")
        if given or kind is None:
            return given
        if kind == "?":
            raise MissingVariableError(name)
        return str(other)

    return _VARIABLE.sub(put_in, value)
