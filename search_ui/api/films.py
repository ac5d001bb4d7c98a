"""Cut films of clips, made when somebody asks for one; the last few stay on disk."""

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from pathlib import Path

MOST_KEPT = 40
AT_ONCE = 2
"""So many are decoded at a time, so that the machine stays usable."""


class Films:
    """Files of films by name, in a folder of their own that goes with the process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="clipseek-")
        self._kept: OrderedDict[str, Path] = OrderedDict()
        self._changing = threading.Lock()
        self.decoding = threading.Semaphore(AT_ONCE)
        """Held by whoever decodes."""
        self._numbers = count()

    def get(self, name: str, make: Callable[[Path], object]) -> Path:
        """The film of this name, which `make` writes where there is none; raises as that does."""
        known = self._known(name)
        if known is not None:
            return known
        with self.decoding:
            # Somebody else may have asked for the same.
            known = self._known(name)
            if known is not None:
                return known
            path = Path(self._folder.name) / f"{next(self._numbers)}.mp4"
            make(path)
            with self._changing:
                self._kept[name] = path
                # Whoever is being sent one of these has it open.
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)[1].unlink()
            return path

    def close(self) -> None:
        """Delete them all."""
        self._folder.cleanup()

    def _known(self, name: str) -> Path | None:
        with self._changing:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)
