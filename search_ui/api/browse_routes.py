"""What a library holds, without a query, and how far it is."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter

from pipeline.status import LibraryStatus, library_status
from pipeline.surveys import by_month, figures, survey_labels, survey_words
from search_ui.api.documents import Document, Limit
from search_ui.api.served import Served
from search_ui.browse_output import (
    figures_document,
    labels_document,
    largest_groups,
    months_document,
    most_of_each_kind,
    words_document,
)
from search_ui.json_output import status_document
from search_ui.json_shapes import FiguresDocument, LabelDocument, MonthDocument, WordDocument


@dataclass(frozen=True)
class ServedStatus(LibraryStatus):
    """What a library holds, and how far workers are."""

    library: Path


router = APIRouter(tags=["browse"])


@router.get("/browse/categories", response_model=list[LabelDocument])
def categories(served: Served, limit: Limit = 20) -> Document:
    """The most frequent categories of each kind, each with its surest clips."""
    labels = survey_labels(served.holdings().clips)
    return Document(labels_document(most_of_each_kind(labels, limit)))


@router.get("/browse/groups", response_model=list[LabelDocument])
def groups(served: Served, limit: Limit = 20) -> Document:
    """The groups that `clipseek groups` found, the largest first."""
    labels = survey_labels(served.holdings().clips)
    return Document(labels_document(largest_groups(labels, limit)))


@router.get("/browse/words", response_model=list[WordDocument])
def words(served: Served, limit: Limit = 20) -> Document:
    """The words of captions, the most frequent first."""
    return Document(words_document(survey_words(served.holdings().clips)[:limit]))


@router.get("/browse/months", response_model=list[MonthDocument])
def months(served: Served) -> Document:
    """The videos by the month in which their files were changed last, the latest first."""
    return Document(months_document(by_month(served.library.store.videos())))


@router.get("/browse/statistics", response_model=FiguresDocument)
def statistics(served: Served) -> Document:
    """How much the library holds."""
    return Document(figures_document(figures(served.holdings())))


@router.get("/status", response_model=ServedStatus, tags=["status"])
def status(served: Served) -> Document:
    """What the library holds, and how far workers are with each video."""
    library = served.library
    return Document(status_document(library.settings.library, library_status(library)))
