"""The two streams: results on standard output, everything else on standard error."""

import io
import logging
import sys
import warnings
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ingest.location import as_typed

OWN_PACKAGES = (
    "ingest", "encoder", "catalog", "pipeline", "evaluation", "training", "workers", "search_ui",
)  # fmt: skip
UNWATCHED_COLUMNS = 240
"""Width where no terminal is watching: one result stays on one line, for grep and less."""


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else UNWATCHED_COLUMNS
    return Console(stderr=stderr, width=width, highlight=False, emoji=False, markup=False)


results = _console(stderr=False)
messages = _console(stderr=True)


def prepare() -> None:
    """Make both streams safe for any file name, and send the libraries' warnings to stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold bytes that are no text, and a terminal may not know a letter.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not sys.warnoptions:
        # They address developers; `python -W default` brings them back.
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(_MessageHandler(logging.ERROR))
    for package in OWN_PACKAGES:
        logger = logging.getLogger(package)
        logger.addHandler(_MessageHandler(logging.WARNING))
        logger.propagate = False


class _MessageHandler(logging.Handler):
    """Prints records as one plain line, above a progress bar where there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        say(f"{record.levelname.lower()}: {record.getMessage()}")


def say(line: str) -> None:
    """Print one line of progress or warning on standard error."""
    messages.print(Text(printable(line)), soft_wrap=True)


def printable(text: str) -> str:
    """Escape what would steer a terminal or is no character at all; file names may hold both."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def shown_path(path: Path) -> str:
    """The path as a person at this place would type it: relative where it lies below."""
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return printable(as_typed(shown))
