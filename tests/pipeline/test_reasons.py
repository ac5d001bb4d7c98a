"""Why something was found: the words and labels that a query and a clip share."""

import pytest

from catalog.interface import SearchHit
from pipeline.found import Found, Reason
from pipeline.query import Part, Query, Step, Text
from pipeline.reasons import explained, marked
from tests.catalog_records import clip, direction


def found(*captions: str, labels: tuple[str, ...] = ()) -> Found:
    return Found(
        tuple(
            SearchHit(clip("v", 4.0 * n, direction(1), caption=caption, labels=labels), 0.5)
            for n, caption in enumerate(captions)
        )
    )


@pytest.mark.parametrize(
    ("query", "caption", "shared"),
    [
        ("Dogs run", "a dog is running on the beach", ("dog", "running")),
        ("a man riding", "the man rides a bike", ("man", "rides")),
        ("puppies on beaches", "a puppy at a beach", ("puppy", "beach")),
        ("somebody smiled", "a woman smiling", ("smiling",)),
        ("a car", "she takes care of the cart", ()),
        ("grass", "a glass of gas", ()),
        ("a man in the rain", "in the and of a", ()),
        ("Straße", "eine straße", ("straße",)),
    ],
)
def test_words_are_shared_but_for_endings(
    query: str, caption: str, shared: tuple[str, ...]
) -> None:
    ((one),) = explained(Query.of(Text(query), minus=[Text("beach cart")]), [found(caption)])
    assert one.reasons == (Reason(shared),)


def test_labels_are_named_by_all_of_their_words() -> None:
    labels = ("playing football", "dogs", "football stadium")
    ((one),) = explained(Query.of(Text("a dog plays football")), [found("", labels=labels)])
    assert one.reasons == (Reason((), ("playing football", "dogs")),)


def test_each_step_has_its_own_reasons() -> None:
    steps = tuple(Step((Part(Text(words)),)) for words in ("a door", "a dog"))
    ((one),) = explained(Query(steps), [found("dog at a door", "dog at a door")])
    assert [reason.words for reason in one.reasons] == [("door",), ("dog",)]


def test_shared_words_are_marked_where_they_stand() -> None:
    assert marked("A dog, two dogs.", ("dog", "dogs")) == [
        ("A ", False), ("dog", True), (", two ", False), ("dogs", True), (".", False),
    ]  # fmt: skip
    assert marked("", ("dog",)) == []
