"""What tells workers what to do: names of steps, and the ids that they are about."""

from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis import Redis
from redis.exceptions import RedisError

from pipeline.steps import QueueError
from workers.application import CATALOG, ENCODE, WORKER_MARK, application

BROKER_ERRORS = (KombuError, OperationalError, RedisError, OSError)
"""What a broker that does not answer looks like."""

ANSWER_SECONDS = 10.0
GLANCE_SECONDS = 3.0
"""The same, where a person waits."""

OPEN_VIDEO = "clipseek.open_video"
ENCODE_SEGMENT = "clipseek.encode_segment"
STORE_VIDEO = "clipseek.store_video"


class TaskQueue:
    """A ``JobQueue`` on a Redis-protocol broker; close it, or use it as a context manager."""

    def __init__(self, app: Celery, *, is_served: Callable[[], bool] = lambda: True) -> None:
        """`is_served` tells whether there can be workers at all."""
        self._app = app
        self._is_served = is_served

    @classmethod
    def at(cls, broker_url: str, *, is_served: Callable[[], bool] = lambda: True) -> Self:
        """Make a queue of its own for a process that is no worker."""
        return cls(application(broker_url), is_served=is_served)

    def open_video(self, video_id: str) -> None:
        self._send(OPEN_VIDEO, ENCODE, video_id)

    def encode_segment(self, video_id: str, number: int) -> None:
        self._send(ENCODE_SEGMENT, ENCODE, video_id, number)

    def store_video(self, video_id: str) -> None:
        self._send(STORE_VIDEO, CATALOG, video_id)

    def require_workers(self) -> None:
        if not self._is_served():
            raise QueueError("the workers were stopped; what is not done goes on with: clipseek up")

    def waiting(self, queue: str) -> int:
        """How many messages of a queue no worker has taken. Raises ``QueueError``."""
        try:
            with self._app.connection_for_write() as connection:
                found = connection.default_channel.queue_declare(queue=queue)
        except BROKER_ERRORS as error:
            raise _silent(error) from error
        return int(found.message_count)

    def close(self) -> None:
        self._app.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, task: str, queue: str, *arguments: str | int) -> None:
        try:
            self._app.send_task(task, args=arguments, queue=queue)
        except BROKER_ERRORS as error:
            raise _silent(error) from error


def start_of_broker(broker_url: str) -> str:
    """Name the present start of the broker, with which all workers began as well.

    Raises ``QueueError`` where it does not answer.
    """
    client = Redis.from_url(broker_url, socket_connect_timeout=ANSWER_SECONDS)
    try:
        return str(client.info("server")["run_id"])
    except BROKER_ERRORS as error:
        raise _silent(error) from error
    finally:
        client.close()


def connected_workers(broker_url: str) -> list[str]:
    """The workers that the broker knows of, like ``encode-1@machine``.

    Told by their connections: a worker answers no message while it is at work, as `--pool=solo`
    does one thing at a time. Raises ``QueueError`` where the broker does not answer.
    """
    client = Redis.from_url(
        broker_url, socket_timeout=GLANCE_SECONDS, socket_connect_timeout=GLANCE_SECONDS
    )
    try:
        names = {str(connection["name"]) for connection in client.client_list()}
    except BROKER_ERRORS as error:
        raise _silent(error) from error
    finally:
        client.close()
    return sorted(unquote(name.removeprefix(WORKER_MARK)) for name in names if WORKER_MARK in name)


def _silent(error: Exception) -> QueueError:
    return QueueError(f"the broker does not answer: {error}; see whether it runs and try again")
