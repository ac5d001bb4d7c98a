"""The Celery application: how messages travel, and what happens to them when something dies."""

import socket
from urllib.parse import quote

from celery import Celery
from kombu.entity import Queue

ENCODE, CATALOG = "encode", "catalog"
"""The queues: any number of workers describe clips, exactly one writes the catalog."""

WORKER_MARK = "clipseek-worker:"
"""Begins what a worker calls its connections to the broker; the rest is quoted as in a URL."""

LONGEST_STEP_SECONDS = 2 * 3600
"""A message that was not acknowledged for so long is given to another worker. A segment of five
minutes takes far less, even on a slow machine; a step done twice costs time and nothing else."""

SOFT_SHUTDOWN_SECONDS = 10.0
"""How long a worker that is told to stop may still finish what it is doing."""

PUBLISH_RETRIES = {
    "max_retries": 20,
    "interval_start": 0.1,
    "interval_step": 0.3,
    "interval_max": 2,
}
"""Half a minute: longer than a broker takes to start again."""


def application(broker_url: str, *, worker: str | None = None) -> Celery:
    """Make an application on a Redis-protocol broker (``redis://...``); it connects when used.

    Of a `worker`, this is its name, by which the broker tells others that it is connected.
    """
    app = Celery("clipseek", broker=broker_url)
    visibility = {"visibility_timeout": LONGEST_STEP_SECONDS}
    app.conf.update(
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        # What a step did is on disk; nobody reads results.
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        # What failed is tried again by its own rules, not because it was not acknowledged.
        task_acks_on_failure_or_timeout=True,
        worker_prefetch_multiplier=1,
        worker_pool="solo",
        # Else as many messages are taken as the machine has cores.
        worker_concurrency=1,
        worker_soft_shutdown_timeout=SOFT_SHUTDOWN_SECONDS,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_transport_options={
            **visibility,
            "socket_keepalive": True,
            "client_name": None if worker is None else _connection_name(worker),
        },
        result_backend_transport_options=visibility,
        visibility_timeout=LONGEST_STEP_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_publish_retry_policy=PUBLISH_RETRIES,
        task_queues=[Queue(ENCODE), Queue(CATALOG)],
        task_create_missing_queues=False,
        task_default_queue=ENCODE,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
    )
    return app


def _connection_name(worker: str) -> str:
    # A broker takes no spaces in it.
    return WORKER_MARK + quote(f"{worker}@{socket.gethostname()}")
