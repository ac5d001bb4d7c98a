"""What queries in words mean, and where they are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalog.interface import ClipFilter, LabelCondition
from pipeline.dates import day
from pipeline.query import LibraryClip, Part, Query, QueryError, Step, Text
from pipeline.query_language import QuerySyntaxError, Request, parse


def step(*wanted: str, minus: tuple[str, ...] = ()) -> Step:
    return Step(tuple(Part(Text(w)) for w in wanted), tuple(Part(Text(w)) for w in minus))


def test_words_are_one_example() -> None:
    assert parse("  a dog on  a beach ") == Request(
        Query((step("a dog on a beach"),)), ClipFilter()
    )


def test_the_whole_language_at_once() -> None:
    asked = parse(
        'dog on a beach minus people then "a sunset" within 30 '
        'category:sports in:holiday after:2020-01-01 topic:"food/drink">0.5 shorter:90 height:720'
    )
    assert asked.query == Query((step("dog on a beach", minus=("people",)), step("a sunset")), 30)
    assert asked.where == ClipFilter(
        labels=(LabelCondition("sports"), LabelCondition("food/drink", "topic", 0.5)),
        places=("holiday",),
        after=day("2020-01-01"),
        most_seconds=90,
        least_height=720,
    )


def test_examples_have_weights() -> None:
    asked = parse('beach^2 plus "a red car"^0.5 minus rain^3 like:abc:250 unlike:abc:0')
    assert asked.query == Query(
        (
            Step(
                (
                    Part(Text("beach"), 2),
                    Part(Text("a red car"), 0.5),
                    Part(LibraryClip("abc:250")),
                ),
                (Part(Text("rain"), 3), Part(LibraryClip("abc:0"))),
            ),
        )
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"first this then that minus" one', "first this then that minus one"),
        ("at 10:30 in the morning", "at 10:30 in the morning"),
        ("a house within 30 metres", "a house within 30 metres"),
        ("one: two", "one: two"),
        ('a "category:sports" sign', "a category:sports sign"),
        ('"height>=720" heights>1 within=2', "height>=720 heights>1 within=2"),
        ("naïve 猫 ^ x", "naïve 猫 ^ x"),
    ],
)
def test_these_are_plain_words(text: str, words: str) -> None:
    assert parse(text) == Request(Query((step(words),)), ClipFilter())


def test_several_steps_may_say_how_soon() -> None:
    asked = parse("a then b within 5s then c")
    assert asked.query == Query((step("a"), step("b"), step("c")), 5)
    assert parse("a then a man within a crowd").query == Query(
        (step("a"), step("a man within a crowd"))
    )


def test_conditions_alone_ask_for_no_moment() -> None:
    assert parse("in:holiday") == Request(None, ClipFilter(places=("holiday",)))


@pytest.mark.parametrize(
    ("text", "at", "problem"),
    [
        ('dog "on a beach', 4, "never closed"),
        ("dog catgory:sports", 4, "there is no 'catgory:'"),
        ("dog category: sports", 4, "right after"),
        ('dog in:""', 4, "after the colon"),
        ("dog topic:sports>much", 4, "not a number"),
        ("dog topic:sports>1.5", 4, "at most 1"),
        ("dog in:a>0.5", 4, "categories only"),
        ("dog after:tomorrow", 4, "is not a day"),
        ("dog longer:-3", 4, "not a number"),
        ("dog height:tall", 4, "not a number"),
        ("dog height>=720", 4, "write it with a colon, 'height:'"),
        ("dog height:720>1", 4, "categories only"),
        ("dog^much", 0, "how much it counts"),
        ("dog^0 cat", 0, "above 0"),
        ("dog minus", 4, "say after 'minus'"),
        ("dog plus then cat", 4, "say after 'plus'"),
        ("then cat", 0, "say before 'then'"),
        ("dog then", 4, "say after 'then'"),
        ("dog then then cat", 9, "say before 'then'"),
        ("dog then cat within", 13, "how many seconds"),
        ("minus people", 0, "only says what is not wanted"),
        ("dog then minus people", 4, "only says what is not wanted"),
    ],
)
def test_an_error_points_at_the_place(text: str, at: int, problem: str) -> None:
    with pytest.raises(QuerySyntaxError, match=problem) as caught:
        parse(text)
    error = caught.value
    assert (error.at, "\n" in str(error)) == (at, False)
    piece, caret = error.pointed.splitlines()
    assert piece[caret.index("^") :] == text[at:]


def test_the_place_is_shown_in_a_long_query() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("dog " * 100 + "after:never" + " cat" * 100)
    piece, caret = caught.value.pointed.splitlines()
    assert len(piece) <= 60
    assert piece[caret.index("^") :].startswith("after:never")


@pytest.mark.parametrize("text", ["", " \n", "x" * 1001])
def test_nothing_and_too_much_are_said(text: str) -> None:
    with pytest.raises(QueryError, match=r"is empty|1000 are allowed"):
        parse(text)


PIECES = [
    *(
        "then",
        "minus",
        "plus",
        "within",
        "30",
        "5s",
        "dog",
        '"',
        '"a b"',
        "^2",
        "^",
        "beach^3",
        ":",
    ),
    *("category:x", "in:", "after:2020", "before:x", "like:a:1", "unlike:b", ">0.5", "topic:y>0.2"),
    *(":", "\x00", "\udcff", "猫", " ", "\n"),
]


@given(some.text() | some.lists(some.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_read_or_refused_at_a_place(text: str) -> None:
    error = refusal(text)
    if isinstance(error, QuerySyntaxError):
        assert 0 <= error.at < len(text)
        assert len(error.pointed.split("\n")) == 2
        assert "\n" not in str(error)
    elif error is not None:
        is_text = not any("\ud800" <= character <= "\udfff" for character in text)
        assert not text.strip() or len(text.strip()) > 1000 or not is_text


def refusal(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


phrases = some.text(
    some.characters(exclude_characters='"', exclude_categories=["Cs"]), min_size=1, max_size=12
).filter(lambda words: bool(words.strip()))


@given(
    some.lists(
        some.tuples(some.lists(phrases, min_size=1, max_size=3), some.lists(phrases, max_size=2)),
        min_size=1,
        max_size=3,
    )
)
def test_quoted_words_mean_themselves(asked: list[tuple[list[str], list[str]]]) -> None:
    written = " then ".join(
        " plus ".join(f'"{w}"' for w in wanted) + "".join(f' minus "{w}"' for w in unwanted)
        for wanted, unwanted in asked
    )
    steps = tuple(step(*wanted, minus=tuple(unwanted)) for wanted, unwanted in asked)
    assert parse(written).query == Query(steps)
