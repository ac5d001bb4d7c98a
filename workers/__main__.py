"""One worker process: ``python -m workers encode NAME`` or ``python -m workers catalog NAME``.

Where the library, the broker and the catalog are comes from the settings (``CLIPSEEK_LIBRARY``,
``CLIPSEEK_BROKER_URL``, ``CLIPSEEK_MILVUS_URI``).
"""

import argparse
import logging
import os
import sys
from threading import Thread

from pipeline import assembly
from pipeline.jobs import Jobs
from pipeline.settings import Settings, SettingsError, load_settings
from pipeline.steps import QueueError
from workers.application import CATALOG, ENCODE, application
from workers.lookout import Lookout
from workers.queue import TaskQueue, start_of_broker
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
        if settings.broker_url is None:
            sys.exit("broker_url: a worker needs a broker; set CLIPSEEK_BROKER_URL")
        tools = workshop(settings, broker_url=settings.broker_url)
    except (SettingsError, QueueError) as error:
        sys.exit(str(error))
    work(tools, queue=arguments.queue, name=arguments.name)


def workshop(settings: Settings, *, broker_url: str) -> Workshop:
    """What a worker needs, as `settings` say. Raises ``QueueError`` where the broker is away."""
    return Workshop(
        settings,
        broker_url=broker_url,
        # Without a supervisor a power cut is known by the broker's having started again.
        run=os.environ.get(RUN_VARIABLE) or start_of_broker(broker_url),
        open_library=lambda: assembly.open_library(settings),
    )


def work(tools: Workshop, *, queue: str, name: str) -> None:
    """Do the tasks of a queue, one after the other, until SIGTERM."""
    app = application(tools.broker_url, worker=name)
    if queue == CATALOG:
        # Of these workers there is exactly one.
        Thread(target=_look_out, args=[tools], name="lookout", daemon=True).start()
    register(app, tools)
    app.worker_main(
        ["worker", "--pool=solo", f"--queues={queue}", f"--hostname={name}@%h",
         "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    )  # fmt: skip


def _look_out(tools: Workshop) -> None:
    with TaskQueue.at(tools.broker_url) as queue:
        Lookout(Jobs(tools.settings.library), queue).keep_looking()


if __name__ == "__main__":
    main()
