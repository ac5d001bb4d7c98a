"""The page Search: what it asks the library, and what the address bar says of that."""

import json

import pytest

from pipeline.library import Library
from pipeline.query import Query, Sort, Text
from pipeline.searching import search
from search_ui.page.address import LIKE, UNLIKE, Asked
from tests.search_ui.page.drawn import search_page, shown_clips


def test_an_empty_library_explains_itself(library: Library) -> None:
    page = search_page().run()

    assert not page.exception
    assert page.header[0].value == "This library is empty"
    assert [field.label for field in page.text_input] == ["Folder or video file on this machine"]


def test_words_find_what_the_library_finds(filled: Library) -> None:
    page = search_page().run()
    assert len(shown_clips(page)) == 2  # a moment of each video

    page.text_input(key="words").set_value("blue").run()

    assert not page.exception
    hits = search(filled, Query.of(Text("blue")), limit=24)
    assert set(shown_clips(page)) == {hit.record.clip_id for hit in hits}
    assert shown_clips(page)[0] == hits[0].record.clip_id
    assert page.query_params == {"q": "blue"}


def test_a_link_makes_the_same_search_again(filled: Library) -> None:
    page = search_page()
    page.query_params["q"] = "something"
    page.query_params["category"] = ["red"]
    page.run()

    assert page.text_input(key="words").value == "something"
    assert page.multiselect(key="filter-colour").value == ["red"]
    assert len(shown_clips(page)) == 3


def test_filters_count_and_restrict(filled: Library) -> None:
    page = search_page().run()
    assert page.multiselect(key="filter-colour").options == ["red (3)", "blue (1)", "green (1)"]

    page.multiselect(key="filter-colour").select("red").run()

    assert len(shown_clips(page)) == 3
    assert page.query_params == {"category": "red"}


def test_more_like_this_leaves_the_moment_itself_out(filled: Library) -> None:
    page = search_page().run()
    clip_id = shown_clips(page)[0]

    page.query_params["like"] = clip_id
    page.run()

    assert len(shown_clips(page)) == 4
    assert clip_id not in shown_clips(page)


def test_examples_among_the_words_are_shown_and_taken_out(filled: Library) -> None:
    page = search_page().run()
    clip_id = shown_clips(page)[0]
    page.query_params["q"] = f"red unlike:{clip_id} like:gone:0"
    page.run()
    assert [button.label for button in page.button] == ["less of this"]

    page.query_params["q"] = f"red unlike:{clip_id}"
    page.run()
    assert len(shown_clips(page)) == 4
    assert clip_id not in shown_clips(page)

    page.button[0].click().run()
    assert page.query_params == {"q": "red"}
    assert clip_id in shown_clips(page)


def test_the_order_is_chosen_and_in_the_address(filled: Library) -> None:
    page = search_page()
    page.query_params["q"] = "red"
    page.run()
    assert {**page.query_params} == {"q": "red"}

    page.selectbox(key="sort").set_value(Sort.PLACE).run()

    assert not page.exception
    assert page.query_params == {"q": "red", "sort": "place"}
    hits = search(filled, Query.of(Text("red")), limit=24, sort=Sort.PLACE)
    assert shown_clips(page) == [hit.record.clip_id for hit in hits]
    page.query_params["sort"] = "by size"
    page.run()
    assert page.selectbox(key="sort").value is Sort.RELEVANCE


def test_words_that_the_query_shares_are_told_to_the_browser(filled: Library) -> None:
    page = search_page()
    page.query_params["q"] = "reds"
    page.run()

    (drawn,) = [json.loads(part.proto.json) for part in page.get("bidi_component")]
    cards = [card for group in drawn["groups"] for card in group["moments"]]
    shared = [[part["text"] for part in card["caption"] if part["shared"]] for card in cards]
    assert sorted(shared) == [[], [], ["red"], ["red"], ["red"]]
    named = [[chip["label"] for chip in card["chips"] if chip["named"]] for card in cards]
    assert named == shared


def test_a_clip_is_mixed_into_words_or_into_another_clip() -> None:
    assert Asked(words="a dog", limit=48).mixed(LIKE, "b:0") == Asked(words="a dog like:b:0")
    assert Asked(like="a:0").mixed(UNLIKE, "b:0") == Asked(words="like:a:0 unlike:b:0")


@pytest.mark.parametrize(
    "asked",
    [{"like": "gone:0"}, {"category": "no such"}, {"n": "-3"}, {"n": "9" * 400}, {"sort": "x"}],
)
def test_a_link_that_leads_nowhere_breaks_nothing(filled: Library, asked: dict[str, str]) -> None:
    page = search_page()
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()

    assert not page.exception


def test_the_box_speaks_the_query_language(filled: Library) -> None:
    page = search_page()
    page.query_params["q"] = "category:blue"
    page.run()
    assert len(shown_clips(page)) == 1

    page.text_input(key="words").set_value("red category:green").run()
    assert len(shown_clips(page)) == 1


def test_what_cannot_be_read_is_said_at_the_box_and_is_no_markup(filled: Library) -> None:
    page = search_page()
    page.query_params["q"] = "red^![x](http://example.org/x.png)"
    page.run()

    assert not page.exception
    (error,) = page.error
    assert "![x]" not in error.value
    assert page.text_input(key="words").value.startswith("red^!")
    assert page.multiselect(key="filter-colour").options == ["red (3)", "blue (1)", "green (1)"]
    page.text_input(key="words").set_value("red").run()
    assert not page.error
    assert len(shown_clips(page)) == 5
