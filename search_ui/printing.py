"""What a person reads on standard output: hits, counts and checks."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from catalog.interface import VideoRecord
from encoder.interface import ClipDescription
from ingest.clip import ClipSpan
from ingest.location import as_typed
from pipeline.checks import Finding
from pipeline.exporting import Exported
from pipeline.found import NO_REASON, Found, FoundVideo, Reason, nothing_matches
from pipeline.groups import Group
from pipeline.progress import Bound, State
from pipeline.reasons import marked
from pipeline.reindexing import ReindexReport
from pipeline.reports import IndexReport
from pipeline.running import RunningSystem
from pipeline.status import LibraryStatus
from search_ui.terminal import printable, results, shown_path

SHOWN_CATEGORIES = 3
NOTHING_FOUND = "nothing found: the library holds no clip that fits"
NOTHING_MATCHES = "Nothing matches; the nearest are:"
NO_MORE_MATCH = "None of these matches:"
NO_MORE = "no more results"
TROUBLED = frozenset({State.PUT_OFF, State.INCOMPLETE, State.FAILED})


def clock(seconds: int) -> str:
    """Whole seconds as a player shows them: ``m:ss``, from one hour on ``h:mm:ss``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span_text(span: ClipSpan) -> str:
    """The span in whole seconds, of which it always shows at least one."""
    start = math.floor(span.start_seconds)
    return f"{clock(start)}-{clock(max(start + 1, round(span.end_seconds)))}"


def print_hits(found: Sequence[Found], *, after: int = 0) -> None:
    """One row per result, those `after` so many others; a line of it for each step."""
    _print_what_matches(found, after)
    if not found:
        return
    table = rows()
    judged = any(one.probability is not None for one in found)
    for column in ("", "score", *(("sure",) if judged else ())):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("file", overflow="fold", style="bold")
    table.add_column("time", no_wrap=True, style="cyan")
    table.add_column("what happens", overflow="fold")
    for rank, one in enumerate(found, start=after + 1):
        table.add_row(
            str(rank),
            f"{one.score:.3f}",
            *((_sure(one),) if judged else ()),
            shown_path(one.record.path),
            *_what_happens(one),
        )
    results.print(table)


def print_videos(videos: Sequence[FoundVideo], *, after: int = 0) -> None:
    """Each video, those `after` so many others, with a row for each of its best moments."""
    _print_what_matches([one for video in videos for one in video.found], after)
    for video in videos:
        results.print(Text(shown_path(video.record.path), style="bold"), soft_wrap=True)
        table = _facts()
        for one in video.found:
            sure = () if one.probability is None else (_sure(one),)
            table.add_row(f"  {one.score:.3f}", *sure, *_what_happens(one))
        results.print(table)


def _print_what_matches(found: Sequence[Found], after: int) -> None:
    if not found:
        results.print(NO_MORE if after else NOTHING_FOUND)
    elif nothing_matches(found):
        # Of a page that is not the first one it is not known whether one before has a match.
        results.print(NO_MORE_MATCH if after else NOTHING_MATCHES)


def print_clip(span: ClipSpan, description: ClipDescription) -> None:
    """One line per clip, at once, so that a long file shows its first clips early."""
    results.print(Text(f"{span_text(span)}  ", style="cyan") + description_text(description))


def _sure(found: Found) -> str:
    return "" if found.probability is None else f"{found.probability:.0%}"


def _what_happens(found: Found) -> tuple[Text, Text]:
    """When, and what; a line for each step."""
    records = [hit.record for hit in found.hits]
    spans = [record.span for record in records] if len(records) > 1 else [found.span]
    times = "\n".join(map(span_text, spans))
    reasons = found.reasons or (NO_REASON,) * len(records)
    what = Text("\n").join(
        description_text(record.description, reason)
        for record, reason in zip(records, reasons, strict=True)
    )
    if found.copies:
        names = ", ".join(sorted({shown_path(clip.path) for clip in found.copies}))
        what.append(f"  also in {names}", style="dim")
    return Text(times, style="cyan"), what


def description_text(description: ClipDescription, reason: Reason = NO_REASON) -> Text:
    """Caption and surest categories; what the query names is bold."""
    text = Text()
    for piece, is_shared in marked(description.caption.text, reason.words):
        text.append(printable(piece), style="bold" if is_shared else "")
    labels = Text(", ").join(
        Text(printable(c.label), style="bold" if c.label in reason.labels else "dim")
        for c in description.categories[:SHOWN_CATEGORIES]
    )
    if text and labels:
        return text.append("  (", style="dim").append_text(labels).append(")", style="dim")
    return text or labels


def print_index_report(report: IndexReport) -> None:
    """Counts, and one line for each file that failed or is gone."""
    clips = sum(video.clips for video in report.indexed)
    seconds = sum(video.seconds for video in report.indexed)
    results.print(
        f"{count(len(report.indexed), 'video')} indexed ({count(clips, 'clip')}, "
        f"{clock(round(seconds))} of footage), {len(report.skipped)} already known, "
        f"{len(report.failed)} failed"
    )
    _print_files("failed", (file.error for file in report.failed), style="red")
    _print_files("missing", map(as_typed, report.missing), style="yellow")
    if report.missing:
        results.print("missing videos stay findable; forget them with: clipseek remove PATH")
    if not (report.indexed or report.skipped or report.failed):
        results.print("no videos found there")


def print_reindex_report(report: ReindexReport) -> None:
    """What was done, and one line for each video that cannot be carried over."""
    name = printable(report.space.name)
    results.print(f"{count(report.described, 'video')} described with {name}")
    _print_files("unreadable", (file.error for file in report.left_out), style="red")
    if report.switched:
        lost = f", without {count(len(report.left_out), 'video')}" if report.left_out else ""
        results.print(f"the library is searched with it now: {count(report.videos, 'video')}{lost}")
    else:
        results.print(
            "the library is searched as before: what cannot be read cannot be described anew; "
            "see to it and run the command again, or lose it with --leave-out-unreadable"
        )


def _print_files(what: str, lines: Iterable[str], *, style: str) -> None:
    for line in lines:
        results.print(Text(f"{what}: ", style=style) + Text(printable(line)), soft_wrap=True)


def print_removed(removed: Sequence[VideoRecord]) -> None:
    """One line per forgotten video."""
    _print_files(
        "removed",
        (f"{shown_path(v.path)} ({count(v.clip_count, 'clip')})" for v in removed),
        style="cyan",
    )


def print_exported(written: Sequence[Exported]) -> None:
    """One line per file."""
    for file in written:
        how = ", copied" if file.copied else ""
        results.print(f"{shown_path(file.path)} ({count(file.moments, 'moment')}{how})")


def print_status(library: Path, status: LibraryStatus) -> None:
    """What the library holds, one fact per row."""
    table = _facts()
    table.add_row("library", shown_path(library))
    table.add_row("videos", f"{status.videos} ({status.missing} missing)")
    table.add_row("clips", str(status.clips))
    table.add_row("footage", clock(round(status.duration_seconds)))
    table.add_row("on disk", f"{status.size_bytes / 1e6:.1f} MB")
    table.add_row("embeddings", printable(status.space))
    table.add_row("services", "running" if status.running else "not running")
    results.print(table)
    if status.jobs:
        _print_jobs(status)


def _print_jobs(status: LibraryStatus) -> None:
    """What workers were told to do: all together, and each video that is not simply done."""
    whole = status.progress
    results.print(
        f"\nworkers: {whole.videos_done} of {count(whole.videos, 'video')} done, "
        f"{_pace(whole.clips_done, whole.clips_total, whole.clips_per_second, whole.bound)}"
        f"{_left(whole.seconds_left)}"
    )
    for job in status.jobs:
        if job.state is State.READY:
            continue
        pace = _pace(job.clips_done, job.clips_total, job.clips_per_second, job.bound)
        line = Text(f"{job.state}  ", style="red" if job.state in TROUBLED else "cyan")
        line.append(f"{shown_path(job.path)}  {pace}{_left(job.seconds_left)}")
        if job.error:
            line.append(f"  {printable(job.error)}", style="dim")
        results.print(line, soft_wrap=True)


def _pace(done: int, total: int | None, rate: float, bound: Bound | None) -> str:
    parts = [f"{done} of {'?' if total is None else total} clips"]
    if rate:
        parts.append(f"{rate:.2f} clips/s, {bound}-bound")
    return ", ".join(parts)


def _left(seconds: float | None) -> str:
    return f", {clock(round(seconds))} left" if seconds else ""


def print_system(library: Path, system: RunningSystem) -> None:
    """The services of a library, one in each row."""
    table = rows()
    for column in ("service", "pid", "address", "restarts"):
        table.add_column(column)
    for service in system.services:
        pid = "-" if service.pid is None else str(service.pid)
        table.add_row(service.name, pid, service.address, str(service.restarts))
    results.print(f"{shown_path(library)} is up")
    results.print(table)


def print_groups(groups: Sequence[Group]) -> None:
    """One row per group, with the most typical caption."""
    table = rows()
    table.add_column("clips", justify="right")
    table.add_column("category", style="bold")
    table.add_column("for instance", overflow="fold")
    for group in groups:
        typical = group.clips[0].description.caption.text
        table.add_row(str(len(group.clips)), printable(group.name), printable(typical))
    results.print(table)
    results.print('search in one of them with: clipseek search TEXT --category "CATEGORY"')


def print_findings(findings: Sequence[Finding]) -> None:
    """One row per check; what to do stands below what is wrong."""
    table = _facts()
    for finding in findings:
        mark = Text("ok", style="green") if finding.ok else Text("no", style="bold red")
        table.add_row(mark, finding.name, printable(finding.detail))
        if finding.advice:
            table.add_row("", "", Padding(printable(f"do: {finding.advice}"), (0, 0, 0, 2)))
    results.print(table)


def rows() -> Table:
    """A table without lines, one result in each row."""
    return Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)


def _facts() -> Table:
    return Table.grid(padding=(0, 2, 0, 0))


def count(number: int, noun: str) -> str:
    """The number with its noun, which gets an s where there is not one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
