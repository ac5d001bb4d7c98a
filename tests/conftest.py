"""What every test may use: the shared data where it is, and the rule that errors are not silent."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

REQUIRED = set(filter(None, os.environ.get("CLIPSEEK_REQUIRE", "").split(",")))
"""What must be there: a test that would skip for want of it fails instead."""


def skip_or_fail(need: str, reason: str) -> None:
    """Skip for want of `need`, or fail where ``CLIPSEEK_REQUIRE`` names it."""
    if need in REQUIRED:
        pytest.fail(f"CLIPSEEK_REQUIRE names {need!r}, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real footage, captioned images and decode tests."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        skip_or_fail("data", "the shared data is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def no_logged_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test during which an error was logged."""
    yield
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, "\n".join(record.getMessage() for record in errors)
