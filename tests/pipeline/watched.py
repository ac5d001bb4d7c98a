"""A folder that is watched, and its library."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from catalog.interface import CatalogLockedError
from pipeline.steps import JobQueue
from pipeline.watching import Opened, Watch, WatchReport
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand

SETTLE = 3.0


@dataclass
class Watched:
    """A library and what watches for it, with a clock that only tests move on."""

    library: LibraryAtHand
    folder: Path
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    now: float = 0.0
    locked: bool = False
    queue: JobQueue | None = None

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin anew, as after a restart."""
        self.watch = Watch([self.folder], self._open, settle_seconds=SETTLE, clock=lambda: self.now)

    @contextmanager
    def _open(self) -> Iterator[Opened]:
        if self.locked:
            raise CatalogLockedError("another process has the catalog open; wait for it")
        yield Opened(self.library.open(self.encoder), self.queue)

    def look(self, *, later: float = 0.0) -> WatchReport | None:
        self.now += later
        return self.watch.look()

    def settle(self) -> WatchReport | None:
        """Look until what is there now has settled; return the last that was done."""
        done = [self.look(later=SETTLE / 2) for _ in range(4)]
        return next((report for report in reversed(done) if report is not None), None)

    @property
    def names(self) -> list[str]:
        return [str(v.path.relative_to(self.folder)) for v in self.library.store.videos()]
