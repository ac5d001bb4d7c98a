"""The real command as a child process."""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


PHOTOGRAPHS = Path(importlib.util.find_spec("skimage").submodule_search_locations[0]) / "data"


def one_line(text: str) -> str:
    """The only line of `text`."""
    assert "Traceback" not in text
    (line,) = text.splitlines()
    return line


@dataclass(frozen=True)
class CommandLine:
    """Runs `clipseek` in one folder, without the caller's settings."""

    folder: Path

    def run(self, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; `settings` are environment variables."""
        return subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=self._environment(settings),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: object, **settings: str) -> subprocess.Popen[str]:
        """Start and return at once; the caller waits for it."""
        return subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self._environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def _command(self, arguments: tuple[object, ...]) -> list[str]:
        return [sys.executable, "-m", "search_ui.command_line", *map(str, arguments)]

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPSEEK_")}
        return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings}
