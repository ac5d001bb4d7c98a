"""A library moves to another encoder while it is searched: no search fails, none mixes the two.

    python -m benchmarks.reindexing --footage DIR --videos 12

With the real services: from the compact encoder to a small OpenCLIP model of random weights. Every
answer while `clipseek reindex` runs must be the one that the library gave before, or the one that
it gives after. Afterwards a video more is indexed by the workers that ran all the time. Prints the
figures; exit code 1 if a search failed or mixed.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.footage import cut
from benchmarks.prepared import MODULE, TINY_MODELS
from benchmarks.system import MeasuredSystem
from catalog.interface import CatalogError
from pipeline.library import Library
from pipeline.moments import search_moments
from pipeline.query import Query, Text

QUERIES = ("a person walking", "cars on a street", "an animal in a meadow", "fruit on a table")
HITS = 10
Answer = tuple[str, ...]


@dataclass
class Answers:
    """What came of searches of one kind."""

    kind: str
    given: list[tuple[str, Answer]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main() -> int:
    """Move a library, and look at every answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reindexing")
    parser.add_argument("--footage", type=Path, required=True, help="a folder of films")
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each video")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        from tests.tiny_openclip import make_models

        models = Path(place) / "models"
        models.mkdir()
        os.environ[TINY_MODELS] = str(models)
        encoder = f"openclip/tiny-resnet/{make_models(models)['tiny-resnet']}"
        films = Path(place) / "films"
        videos = arguments.videos + 1
        late = cut(arguments.footage, films, count=videos, seconds=arguments.seconds)[-1]
        late = late.rename(Path(place) / late.name)
        with MeasuredSystem(Path(place) / "library", encoders=1, command=MODULE) as system:
            system.index([films])
            return move(system, encoder, late)


def move(system: MeasuredSystem, encoder: str, late: Path) -> int:
    """Run `clipseek reindex` and searches meanwhile; tell what came of them."""
    with system.opened() as library:
        before = answers_now(library)
        reindex = system.start("reindex", "--encoder", encoder, "--json")
        inside, outside = Answers("in one process"), Answers("one process each")
        commands = threading.Thread(
            target=search_until, args=(lambda: reindex.poll() is not None, outside, system.found)
        )
        commands.start()
        search_until(lambda: reindex.poll() is not None, inside, lambda text: answer(library, text))
        commands.join()
        after = answers_now(library)
        switched = json.loads(reindex.communicate()[0])["switched"]
        restarts = sum(service.restarts for service in system.running.services)
        added = system.index([late]).indexed
        jobs = system.library / "jobs"
        repeated = len(list(jobs.glob(f"{added[0].video_id}/*.repeated")))
    print(
        "| searches | answers | of before | of after | mixed | failed |\n|---|---|---|---|---|---|"
    )
    wrong = sum(tell(answers, before, after) for answers in (inside, outside))
    differ = sum(before[text] != after[text] for text in QUERIES)
    print(f"\nswitched: {switched}; {differ} of {len(QUERIES)} queries have another answer now; ")
    print(f"indexed after: {len(added)}; described twice: {repeated}; restarts: {restarts}")
    return 1 if wrong or not switched or not differ or not added else 0


def answers_now(library: Library) -> dict[str, Answer]:
    return {text: answer(library, text) for text in QUERIES}


def answer(library: Library, text: str) -> Answer:
    """The ids of the hits, best first."""
    found = search_moments(library, Query.of(Text(text)), limit=HITS)
    return tuple(hit.record.clip_id for hit in found)


def search_until(
    is_over: Callable[[], bool], answers: Answers, ask: Callable[[str], Answer]
) -> None:
    """Search again and again, and once more after the end."""
    last = False
    while not last:
        last = is_over()
        for text in QUERIES:
            try:
                answers.given.append((text, ask(text)))
            except (CatalogError, RuntimeError) as error:
                answers.failures.append(f"{text}: {error}")


def tell(answers: Answers, before: dict[str, Answer], after: dict[str, Answer]) -> int:
    """Print one row; return how many searches failed or mixed."""
    old = sum(found == before[text] for text, found in answers.given)
    new = sum(found == after[text] != before[text] for text, found in answers.given)
    mixed = len(answers.given) - old - new
    failed = len(answers.failures)
    print(f"| {answers.kind} | {len(answers.given)} | {old} | {new} | {mixed} | {failed} |")
    print("\n".join(answers.failures), file=sys.stderr)
    return mixed + failed


if __name__ == "__main__":
    sys.exit(main())
