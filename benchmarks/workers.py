"""How much sooner two encode workers finish a batch than one.

    python -m benchmarks.workers --footage DIR --videos 8 --repeats 5

Both systems run at the same time, one with one worker and one with two, and index the same batch in
turn, so that a change of the machine's mood meets both. The networks compute with one thread, and
all threads of a worker are pinned to one processor, the second worker's to the second: else one
worker reads ahead on the other's. With --free they go where the system puts them. Before that each
indexes the batch once: every worker has loaded its networks by then, which takes seconds and is no
part of the batch, as workers keep them for days. The time is from the order to the last video's
being searchable. Nothing else should run meanwhile. Prints a Markdown table.
"""

import argparse
import os
import re
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.footage import cut
from benchmarks.system import MeasuredSystem

SETTINGS = (1, 2)
"""How many workers describe clips."""
DONE = re.compile(r"Task clipseek\.encode_segment\S* succeeded")


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers")
    parser.add_argument("--footage", type=Path, required=True, help="a folder of films")
    parser.add_argument("--videos", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=24.0, help="length of each video")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--free", action="store_true", help="pin nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place) / "films"
        cut(arguments.footage, folder, count=arguments.videos, seconds=arguments.seconds)
        systems = {
            count: stack.enter_context(MeasuredSystem(Path(place) / str(count), encoders=count))
            for count in SETTINGS
        }
        for system in systems.values():
            batch_seconds(system, folder, arguments.videos)
            require_warm(system)
            if not arguments.free:
                pin(system)
        times: dict[int, list[float]] = {count: [] for count in SETTINGS}
        for _ in range(arguments.repeats):
            for count, system in systems.items():
                times[count].append(batch_seconds(system, folder, arguments.videos))
    print("| encode workers | batches | seconds, median | all |\n|---|---|---|---|")
    for count, found in times.items():
        every = ", ".join(f"{seconds:.1f}" for seconds in found)
        print(f"| {count} | {len(found)} | {statistics.median(found):.1f} | {every} |")
    ratio = statistics.median(times[2]) / statistics.median(times[1])
    print(f"\ntwo workers take {ratio:.2f} of the time of one")


def batch_seconds(system: MeasuredSystem, folder: Path, videos: int) -> float:
    """Index the batch, and leave the library as it was."""
    began = time.monotonic()
    report = system.index([folder])
    took = time.monotonic() - began
    if len(report.indexed) != videos:
        raise SystemExit(f"not all was indexed: {report}")
    system.forget([folder])
    return took


def pin(system: MeasuredSystem) -> None:
    """Have each worker compute on one processor of its own."""
    workers = [service for service in system.running.services if service.name.startswith("encode-")]
    for processor, worker in zip(sorted(os.sched_getaffinity(0)), workers, strict=False):
        for thread in Path(f"/proc/{worker.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {processor})


def require_warm(system: MeasuredSystem) -> None:
    """End where a worker has not described anything yet."""
    for service in system.running.services:
        log = system.library / "services" / "logs" / f"{service.name}.log"
        lines = log.read_text().splitlines() if service.name.startswith("encode-") else None
        if lines is not None and not any(DONE.search(line) for line in lines):
            raise SystemExit(f"{service.name} had nothing to do; take more videos")


if __name__ == "__main__":
    main()
