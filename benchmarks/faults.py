"""Kills parts of a running system at random moments and counts what is lost.

    python -m benchmarks.faults --repeats 20

Each trial indexes three new videos with the real services, a quick stand-in for the encoder, and
one fault at a random moment; afterwards the catalog must be that of an undisturbed run. Prints a
Markdown table; exit code 1 if anything was lost.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from ingest.content import content_id
from pipeline.reports import IndexReport
from tests.pipeline.films import shoot
from tests.workers.system import System, held, undisturbed

COLOURS = ("red", "green", "blue")
SHOTS = 10
LONGEST_WAIT_SECONDS = 2.5
"""Somewhat more than a trial takes undisturbed."""


@dataclass(frozen=True)
class Trial:
    """Three videos that are being indexed."""

    system: System
    folder: Path
    report: Future[IndexReport]

    def wait(self) -> None:
        """Let a random time pass."""
        time.sleep(random.uniform(0, LONGEST_WAIT_SECONDS))


def kill_encoder(trial: Trial) -> None:
    trial.wait()
    trial.system.kill_service("encode-1")


def kill_writer(trial: Trial) -> None:
    trial.wait()
    trial.system.kill_service("catalog-writer")


def kill_broker(trial: Trial) -> None:
    trial.wait()
    trial.system.kill_service("broker")


def kill_catalog(trial: Trial) -> None:
    trial.wait()
    trial.system.kill_service("catalog")


def kill_everything(trial: Trial) -> None:
    trial.wait()
    trial.system.kill_everything()
    trial.report.exception()
    trial.system.start()


def fill_disk(trial: Trial) -> None:
    trial.wait()
    full = trial.system.gates / "full"
    full.touch()
    trial.wait()
    full.unlink()


def ask_five_times(trial: Trial) -> None:
    reports = []
    for _ in range(4):
        reports.append(trial.system.index(trial.folder))
        time.sleep(random.uniform(0, 0.3))
    for report in reports:
        if report.result().failed:
            raise RuntimeError(str(report.result().failed))


def send_twice(trial: Trial) -> None:
    trial.wait()
    with trial.system.queue() as queue:
        for path in sorted(trial.folder.iterdir()):
            queue.open_video(content_id(path))
            queue.encode_segment(content_id(path), 0)
            queue.store_video(content_id(path))


FAULTS: Mapping[str, Callable[[Trial], None]] = {
    "encode worker killed": kill_encoder,
    "catalog worker killed": kill_writer,
    "broker killed": kill_broker,
    "catalog server killed": kill_catalog,
    "everything killed at once": kill_everything,
    "disk full for a while": fill_disk,
    "the same videos from five clients": ask_five_times,
    "messages delivered twice": send_twice,
}


def main() -> int:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the names of the faults")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    lost, films_to_shoot = 0, different_films()
    print("| fault | trials | as undisturbed | seconds, median |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        system = System(Path(place))
        system.start()
        for name, fault in FAULTS.items():
            if arguments.only not in name:
                continue
            folder = Path(place) / name.replace(" ", "-")
            times = [
                attempt(system, folder / str(n), fault, films_to_shoot)
                for n in range(arguments.repeats)
            ]
            good = sorted(seconds for seconds in times if seconds is not None)
            median = f"{good[len(good) // 2]:.1f}" if good else "-"
            print(f"| {name} | {len(times)} | {len(good)} | {median} |", flush=True)
            lost += len(times) - len(good)
        system.stop()
    return 1 if lost else 0


def different_films() -> Iterator[tuple[str, ...]]:
    """The colours of films: never two alike, which would count as one video in two places."""
    shot = set()
    while True:
        colours = tuple(random.choices(COLOURS, k=SHOTS))
        if colours not in shot:
            shot.add(colours)
            yield colours


def attempt(
    system: System,
    folder: Path,
    fault: Callable[[Trial], None],
    films_to_shoot: Iterator[tuple[str, ...]],
) -> float | None:
    """Index new videos under a fault; return how long it took, None where something is lost."""
    for number in range(3):
        shoot(folder / "films" / f"{number}.mp4", *next(films_to_shoot))
    films = folder / "films"
    began = time.monotonic()
    fault(Trial(system, films, system.index(films)))
    # Whoever asks again waits for what is not done.
    report = system.index(films).result()
    took = time.monotonic() - began
    with system.opened() as library:
        same = held(library, [films]) == undisturbed(system.settings, folder, [films])
    if report.failed or not same:
        print(f"lost: {folder}: {report.failed}", file=sys.stderr)
        return None
    return took


if __name__ == "__main__":
    sys.exit(main())
