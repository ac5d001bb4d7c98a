"""An S3 store on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import fsspec
from moto.server import ThreadedMotoServer

BUCKET = "bucket"


@dataclass(frozen=True)
class Store:
    """A store with one bucket, which this process and its children know by their environment."""

    server: ThreadedMotoServer

    def put(self, name: str, content: bytes) -> Path:
        """Put an object into the bucket; return what stands for its URL."""
        fsspec.filesystem("s3").pipe_file(f"{BUCKET}/{name}", content)
        return Path(f"s3://{BUCKET}/{name}")

    def delete(self, name: str) -> None:
        fsspec.filesystem("s3").rm_file(f"{BUCKET}/{name}")

    def stop(self) -> None:
        """Answer nobody any more."""
        self.server.stop()


@contextmanager
def running_store() -> Iterator[Store]:
    """Run an empty store on a free port of the loopback, and have programs use it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    _forget_connections()
    try:
        # All servers of one process show the same objects.
        reset = Request(f"http://{host}:{port}/moto-api/reset", method="POST")
        urlopen(reset).close()
        fsspec.filesystem("s3").mkdir(BUCKET)
        yield Store(server)
    finally:
        os.environ.clear()
        os.environ |= before
        _forget_connections()
        server.stop()


def _forget_connections() -> None:
    """They are kept for all of one process, and would lead to the store before."""
    fsspec.get_filesystem_class("s3").clear_instance_cache()
