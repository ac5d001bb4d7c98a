"""The commands that leave libraries as they are: describe, doctor.

What they need is imported when they run, for the reason that `library_commands` states.
"""

from pathlib import Path
from typing import Annotated

import typer

from search_ui.options import JsonOption, LibraryOption

EXIT_SOMETHING_WRONG = 1


def describe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One video.")],
    attention: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Draw where the decoder looked for each word, first clips only."
        ),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Show clips, captions and categories of a video without storing it."""
    from ingest.discovery import from_url
    from pipeline.assembly import load_encoder
    from pipeline.attention import draw_attention
    from pipeline.describing import describe_file
    from pipeline.settings import load_settings
    from search_ui.json_output import described_clip, write
    from search_ui.printing import print_clip

    settings = load_settings(library)
    path = from_url(file)
    encoder = load_encoder(settings)
    described = describe_file(encoder, path, settings=settings)
    if attention is not None:
        described = draw_attention(encoder, described, target=attention)
    if json:
        write([described_clip(clip, description) for clip, description in described])
        return
    for clip, description in described:
        print_clip(clip.span, description)


def doctor(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Check this machine and the library, and say what to do about the rest.

    Exit code 1 if something does not work.
    """
    from pipeline.checks import diagnose
    from pipeline.settings import load_settings
    from search_ui.json_output import findings_document, write
    from search_ui.printing import print_findings
    from search_ui.progress import spinner

    with spinner("checking"):
        findings = diagnose(load_settings(library))
    if json:
        write(findings_document(findings))
    else:
        print_findings(findings)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_SOMETHING_WRONG)
