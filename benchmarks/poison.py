"""A file that kills its worker, among good ones: they become searchable, it is set aside.

    python -m benchmarks.poison --footage DIR --good 50

With the real services and the real compact encoder, which here dies of white pictures. Prints what
`clipseek index` reports and its exit code; exit code 1 if that is not as it should be.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.footage import cut
from benchmarks.prepared import BRIGHTNESS, MODULE
from benchmarks.system import MeasuredSystem
from ingest.writing import write_video

SOME_FAILED = 2
"""Exit code of `clipseek index`."""


def main() -> int:
    """Index, and compare with what should come of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.poison")
    parser.add_argument("--footage", type=Path, required=True, help="a folder of films")
    parser.add_argument("--good", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each video")
    arguments = parser.parse_args()
    os.environ[BRIGHTNESS] = "250"
    with tempfile.TemporaryDirectory() as place:
        films = Path(place) / "films"
        cut(arguments.footage, films, count=arguments.good, seconds=arguments.seconds)
        white = np.full((96, 128, 3), 255, np.uint8)
        write_video(films / "25-poison.mp4", [white] * 20, frames_per_second=10)
        with MeasuredSystem(Path(place) / "library", encoders=1, command=MODULE) as system:
            began = time.monotonic()
            client = system.start("index", films, "--json")
            output, _ = client.communicate()
            took = time.monotonic() - began
            restarts = sum(service.restarts for service in system.running.services)
    document = json.loads(output)
    failed = [file["error"] for file in document["failed"]]
    ready = len(document["indexed"])
    print(f"{ready} ready, {len(failed)} set aside, exit code {client.returncode}, ", end="")
    print(f"{restarts} workers started again, {took:.0f} s")
    print("\n".join(failed))
    is_right = (ready, len(failed), client.returncode) == (arguments.good, 1, SOME_FAILED)
    return 0 if is_right and "the worker died 2 times" in failed[0] else 1


if __name__ == "__main__":
    sys.exit(main())
