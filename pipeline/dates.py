"""Days as people write them."""

import re
from datetime import datetime

from pipeline.query import QueryError

_FORM = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


def day(text: str) -> datetime:
    """The beginning of a day, month or year, ``2024-05-31``, ``2024-05`` or ``2024``, here.

    Raises ``QueryError`` where it is none.
    """
    written = _FORM.fullmatch(text)
    try:
        if written is not None:
            year, month, number = (int(part or 1) for part in written.groups())
            return datetime(year, month, number).astimezone()
    # Years before 1 and after 9999 are found out when the time zone is looked up.
    except (ValueError, OverflowError, OSError):
        pass
    raise QueryError(f"{text[:40]!r} is not a day; write it like 2024-05-31, 2024-05 or 2024")
