"""The command `clipseek`: its subcommands, and what becomes of an error that ends one."""

import sys
from typing import Annotated

import typer

from search_ui import (
    api_command,
    browse_commands,
    correction_commands,
    demo,
    evaluation_commands,
    export_commands,
    inspection_commands,
    library_commands,
    reindex_commands,
    search_command,
    system_commands,
    training_commands,
    watch_commands,
)
from search_ui.failures import explanation
from search_ui.terminal import prepare, say

EXIT_COULD_NOT_RUN = 1

app = typer.Typer(
    name="clipseek",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
evaluate = typer.Typer(
    name="evaluate", no_args_is_help=True, help="Measure the quality of the encoder."
)

LIBRARY = "Library"
SYSTEM = "Several processes"
INSPECTION = "Without changing a library"
app.command(rich_help_panel=LIBRARY)(library_commands.index)
app.command(rich_help_panel=LIBRARY)(watch_commands.watch)
app.command(rich_help_panel=LIBRARY)(search_command.search)
app.command(rich_help_panel=LIBRARY)(browse_commands.browse)
app.command(rich_help_panel=LIBRARY)(library_commands.status)
app.command(rich_help_panel=LIBRARY)(library_commands.groups)
app.command(rich_help_panel=LIBRARY)(correction_commands.correct)
app.command(rich_help_panel=LIBRARY)(correction_commands.uncorrect)
app.command(rich_help_panel=LIBRARY)(export_commands.export)
app.command(rich_help_panel=LIBRARY)(library_commands.remove)
app.command(rich_help_panel=LIBRARY)(reindex_commands.reindex)
app.command(rich_help_panel=LIBRARY)(training_commands.train)
app.command(rich_help_panel=SYSTEM)(system_commands.up)
app.command(rich_help_panel=SYSTEM)(system_commands.down)
app.command(rich_help_panel=SYSTEM)(api_command.api)
app.command(rich_help_panel=INSPECTION)(inspection_commands.describe)
app.command(rich_help_panel=INSPECTION)(inspection_commands.doctor)
app.add_typer(evaluate, rich_help_panel=INSPECTION)
evaluate.command()(evaluation_commands.retrieval)
evaluate.command()(evaluation_commands.captions)
evaluate.command()(evaluation_commands.categories)
evaluate.command()(evaluation_commands.actions)
evaluate.command()(evaluation_commands.camera)
app.command(rich_help_panel=INSPECTION)(demo.demo)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"clipseek {version('clipseek')}")
        raise typer.Exit


@app.callback()
def clipseek(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Find moments in your own videos by what happens in them."""


def main() -> None:
    """Run the command; foreseeable trouble is one line on standard error and exit code 1."""
    prepare()
    try:
        app(prog_name="clipseek")
    except Exception as error:
        lines = explanation(error)
        if lines is None:
            raise
        for line in lines.splitlines():
            say(f"clipseek: {line}")
        sys.exit(EXIT_COULD_NOT_RUN)


if __name__ == "__main__":
    main()
