"""The whole system on this machine: what `clipseek up` runs, and how others reach it."""

import os
from collections.abc import Callable, Sequence

from pipeline.assembly import open_library
from pipeline.running import running_system
from pipeline.settings import Settings
from workers.queue import TaskQueue
from workers.services import Layout, Service, broker, catalog, workers
from workers.supervisor import Plan

WORKER_MODULE = "workers"
"""What ``python -m`` starts for each worker."""


def local_plan(
    settings: Settings,
    *,
    fronts: Sequence[Callable[[Layout], Service]],
    encoders: int | None = None,
) -> Plan:
    """What to run for a library; `encoders` workers describe clips, by default one for two cores.

    `fronts` tell how what people and programs reach is started.

    Raises ``ServicesError`` where it cannot run here.
    """
    layout = Layout.new(settings)
    served = settings.model_copy(update={"milvus_uri": layout.milvus_uri})
    return Plan(
        layout,
        base=[broker(layout), catalog(layout)],
        rest=[
            *workers(layout, encoders=encoders or default_encoders(), module=WORKER_MODULE),
            *(front(layout) for front in fronts),
        ],
        prepare=lambda: open_library(served, create=True).close(),
    )


def default_encoders() -> int:
    """Decoding and the network share two cores well."""
    return max(1, (os.cpu_count() or 1) // 2)


def queue_of(settings: Settings) -> TaskQueue | None:
    """The queue to a library's workers, for the caller to close; None where there are none."""
    if settings.broker_url is not None:
        return TaskQueue.at(settings.broker_url)
    system = running_system(settings.library)
    if system is None:
        return None
    return TaskQueue.at(
        system.broker_url,
        is_served=lambda: running_system(settings.library) is not None,
    )
