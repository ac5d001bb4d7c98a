"""What `clipseek watch` prints: one line for each file that it did something about."""

from rich.text import Text

from pipeline.reports import UNCHANGED
from pipeline.watching import WatchReport
from search_ui.printing import count
from search_ui.terminal import printable, results, shown_path


def print_watch_report(report: WatchReport) -> None:
    """What became searchable, was recognised, failed or lost its clips, at once."""
    for video in report.index.indexed:
        _print("indexed", f"{shown_path(video.path)} ({count(video.clips, 'clip')})", "green")
    for known in report.index.skipped:
        if known.reason != UNCHANGED:
            _print("known", f"{shown_path(known.path)} ({known.reason})", "cyan")
    for failed in report.index.failed:
        _print("failed", failed.error, "red")
    for gone in report.removed:
        _print("removed", f"{shown_path(gone.path)} ({count(gone.clip_count, 'clip')})", "yellow")
    results.file.flush()


def _print(what: str, line: str, style: str) -> None:
    results.print(Text(f"{what}: ", style=style) + Text(printable(line)), soft_wrap=True)
