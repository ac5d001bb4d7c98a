"""Milvus Lite as a server for the processes of one machine: ``python -m catalog.server``.

The same as ``milvus-lite server``, but on loopback only, since it knows no passwords, and after
mending what a kill left half written.
"""

import argparse
import signal
import sys
from pathlib import Path

from catalog.embedded import EmbeddedMilvus
from catalog.interface import CatalogError


def main() -> None:
    """Serve a folder on a port until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m catalog.server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    # Before any thread is started, so that none of them takes the signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
    try:
        server = EmbeddedMilvus(arguments.folder, port=arguments.port)
    except CatalogError as error:
        sys.exit(str(error))
    signal.sigwait([signal.SIGTERM, signal.SIGINT])
    server.close()


if __name__ == "__main__":
    main()
