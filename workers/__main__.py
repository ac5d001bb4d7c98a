"""One worker process: ``python -m workers encode NAME`` or ``python -m workers catalog NAME``.

Where the library, the broker and the catalog are comes from the settings (``CLIPSEEK_LIBRARY``,
``CLIPSEEK_BROKER_URL``, ``CLIPSEEK_MILVUS_URI``).
"""

import argparse
import logging
import os
import sys

from encoder.labels import FreeLabels
from pipeline import assembly
from pipeline.encoding import Cataloguer
from pipeline.settings import Settings, SettingsError, load_settings
from workers.application import CATALOG, ENCODE, application
from workers.tasks import Workshop, register

RUN_VARIABLE = "CLIPSEEK_INTERNAL_RUN"
"""Environment variable by which a supervisor names this start of the system to its workers."""


def main() -> None:
    """Work until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m workers")
    parser.add_argument("queue", choices=[ENCODE, CATALOG])
    parser.add_argument("name", help="tells this worker from the others, in logs")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(str(error))
    work(workshop(settings), queue=arguments.queue, name=arguments.name)


def workshop(settings: Settings) -> Workshop:
    """What a worker needs, as `settings` say."""
    return Workshop(
        settings,
        run=os.environ.get(RUN_VARIABLE, ""),
        open_library=lambda: assembly.open_library(settings),
        make_cataloguer=lambda: _cataloguer(settings),
    )


def work(tools: Workshop, *, queue: str, name: str) -> None:
    """Do the tasks of a queue, one after the other, until SIGTERM."""
    if tools.settings.broker_url is None:
        sys.exit("broker_url: a worker needs a broker; set CLIPSEEK_BROKER_URL")
    app = application(tools.settings.broker_url)
    register(app, tools)
    app.worker_main(
        ["worker", "--pool=solo", f"--queues={queue}", f"--hostname={name}@%h",
         "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    )  # fmt: skip


def _cataloguer(settings: Settings) -> Cataloguer:
    # The library knows which encoder made it.
    with assembly.open_library(settings) as library:
        encoder = library.encoder
    return Cataloguer(settings, encoder, FreeLabels.load(encoder, settings.labels))


if __name__ == "__main__":
    main()
