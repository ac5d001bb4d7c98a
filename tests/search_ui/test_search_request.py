"""What the options of `search` mean together."""

from pathlib import Path

import pytest
import typer

from catalog.interface import ClipFilter, LabelCondition
from pipeline.dates import day
from pipeline.query import ImageFile, LibraryClip, Part, QueryError, Step, Text, VideoFile
from search_ui.search_request import Examples, narrowed, query_of

NONE = Examples((), None, None, None, (), (), ())


def parts(*examples: object) -> tuple[Part, ...]:
    return tuple(map(Part, examples))


def test_options_join_the_first_step_of_the_words() -> None:
    picture, film = Path("a.png"), Path("a.mp4")
    examples = Examples([picture], film, 2.0, None, ["v:0"], ["v:4000"], ["people minus"])

    query, where = query_of(
        "beach minus rain then sunset in:holiday", examples, then=["night"], within=9
    )

    assert query.steps == (
        Step(
            parts(Text("beach"), ImageFile(picture), VideoFile(film, 2.0), LibraryClip("v:0")),
            parts(Text("rain"), Text("people minus"), LibraryClip("v:4000")),
        ),
        Step(parts(Text("sunset"))),
        Step(parts(Text("night"))),
    )
    assert query.within_seconds == 9
    assert where == ClipFilter(places=("holiday",))


def test_what_the_words_say_of_time_stays() -> None:
    query, _ = query_of("a then b within 7", NONE, then=(), within=None)
    assert query.within_seconds == 7


def test_conditions_of_words_and_options_hold_together() -> None:
    written = ClipFilter(labels=(LabelCondition("x"),), places=("b",), before=day("2024"))
    where = narrowed(
        written, categories=["sports"], places=["c"], after="2023", before=None, min_height=480
    )
    assert where == ClipFilter(
        categories=("sports",),
        labels=(LabelCondition("x"),),
        places=("b", "c"),
        after=day("2023"),
        before=day("2024"),
        least_height=480,
    )


@pytest.mark.parametrize(
    ("text", "examples", "within"),
    [
        (None, NONE, None),
        ("a", Examples((), None, 2.0, None, (), (), ()), None),
        ("a", NONE, 5.0),
    ],
    ids=["nothing", "start without video", "within without then"],
)
def test_options_that_lack_others_are_wrong_usage(
    text: str | None, examples: Examples, within: float | None
) -> None:
    with pytest.raises(typer.BadParameter):
        query_of(text, examples, then=(), within=within)


def test_conditions_alone_are_no_query() -> None:
    with pytest.raises(QueryError, match="conditions only"):
        query_of("in:holiday", NONE, then=(), within=None)
