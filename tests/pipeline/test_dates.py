"""Days as people write them."""

from datetime import datetime

import pytest

from pipeline.dates import day
from pipeline.query import QueryError


@pytest.mark.parametrize(
    ("text", "parts"),
    [("2024-05-31", (2024, 5, 31)), ("2024-05", (2024, 5, 1)), ("2024", (2024, 1, 1))],
)
def test_a_day_begins_at_midnight_here(text: str, parts: tuple[int, int, int]) -> None:
    assert day(text) == datetime(*parts).astimezone()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13", "2023-02-29", "0000", "20240531", "٢٠٢٤"]
)
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(QueryError, match="write it like 2024-05-31"):
        day(text)
