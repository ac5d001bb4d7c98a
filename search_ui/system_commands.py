"""The commands that run a library's services on this machine: up, down.

What they need is imported when they run, for the reason that `library_commands` states.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from search_ui.options import LibraryOption
from search_ui.terminal import say

EXIT_DID_NOT_START = 1
LOOK_SECONDS = 0.1
COMMAND_MODULE = "search_ui.command_line"
"""What ``python -m`` starts to run apart from the terminal."""


def up(
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Processes that describe clips.", show_default="cores / 2"
        ),
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything runs.")] = False,
    library: LibraryOption = None,
) -> None:
    """Run a library's page and its services, until Ctrl-C or `clipseek down`.

    The page is at the printed address, on this machine only. Meanwhile `index`, `search`,
    `status` and `remove` use the services: broker, catalog and workers.
    """
    from pipeline.running import RunningSystem, require_free
    from pipeline.settings import load_settings
    from search_ui import api_service
    from search_ui.page_service import page
    from search_ui.printing import print_system
    from workers.local import local_plan
    from workers.supervisor import Supervisor

    settings = load_settings(library)
    require_free(settings.library)
    if detach:
        _start_apart(settings.library, workers)
        return
    fronts = [page, *([api_service.api] if api_service.is_wanted(settings) else [])]
    supervisor = Supervisor(local_plan(settings, fronts=fronts, encoders=workers))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: supervisor.stop())

    def show(system: RunningSystem) -> None:
        print_system(settings.library, system)
        say("stop with Ctrl-C, or with: clipseek down")

    supervisor.run(on_ready=show)
    say("stopped")


def down(library: LibraryOption = None) -> None:
    """Stop a library's services; what is not done goes on with the next `clipseek up`."""
    from pipeline.running import is_reserved, stop_running
    from pipeline.settings import load_settings

    folder = load_settings(library).library
    if not is_reserved(folder):
        say(f"{folder}: its services do not run")
        return
    stop_running(folder)
    while is_reserved(folder):
        time.sleep(LOOK_SECONDS)
    say("stopped")


def _start_apart(library: Path, workers: int | None) -> None:
    from pipeline.running import FOLDER, running_system
    from search_ui.printing import print_system

    log = library / FOLDER / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    count = [] if workers is None else ["--workers", str(workers)]
    with log.open("wb") as output:
        child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                COMMAND_MODULE,
                "up",
                "--library",
                str(library),
                *count,
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while (system := running_system(library)) is None:
        if child.poll() is not None:
            for line in log.read_text(errors="replace").splitlines():
                say(line)
            raise typer.Exit(EXIT_DID_NOT_START)
        time.sleep(LOOK_SECONDS)
    print_system(library, system)
