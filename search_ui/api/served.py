"""The library that is served, and what the server keeps beside it."""

import logging
import threading
from typing import Annotated

from fastapi import Depends, Request

from catalog.interface import CatalogError, ClipRecord, VideoRecord
from pipeline.browsing import Holdings, find_clip
from pipeline.library import Library
from pipeline.shelf import Shelf
from search_ui.api.films import Films
from search_ui.api.problems import AbsentError
from search_ui.api.submissions import Submissions

logger = logging.getLogger(__name__)


class ServedLibrary:
    """One library for all requests, which threads share."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.films = Films()
        self.submissions = Submissions(library)
        self._shelf = Shelf()
        self._loading = threading.Lock()

    def with_encoder(self) -> Library:
        """The library with its encoder loaded; the first to ask waits, and so do those after."""
        with self._loading:
            _ = self.library.encoder
        return self.library

    def holdings(self) -> Holdings:
        """What the library holds now. Raises ``CatalogError``."""
        return self._shelf.look(self.library)

    def clip(self, clip_id: str) -> ClipRecord:
        """Raises :class:`AbsentError` where the library holds no such clip."""
        found = find_clip(self.library.store, clip_id)
        if found is None:
            raise AbsentError(f"the library holds no clip {clip_id}; search anew")
        return found

    def video(self, video_id: str) -> VideoRecord:
        """Raises :class:`AbsentError` where the library holds no such video."""
        found = self.library.store.video(video_id)
        if found is None:
            raise AbsentError(f"the library holds no video {video_id}; see /videos")
        return found

    def close(self) -> None:
        """Stop what goes on, and close the library."""
        self.submissions.stop()
        self.films.close()
        try:
            self.library.close()
        except CatalogError as error:
            # What was written is safe; the catalog may have been stopped first.
            logger.warning("the catalog was away at the end: %s", error)


def _served(request: Request) -> ServedLibrary:
    found: ServedLibrary = request.app.state.served
    return found


Served = Annotated[ServedLibrary, Depends(_served)]
"""What a route takes to have the library."""
