"""What the tests of the command line share."""

from pathlib import Path

import pytest

from tests.search_ui.child import CommandLine


@pytest.fixture
def clipseek(tmp_path: Path) -> CommandLine:
    """The command, run in an empty folder."""
    return CommandLine(tmp_path)
