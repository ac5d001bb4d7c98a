"""Pages as Streamlit draws them, and what is read from them."""

import json

from streamlit.testing.v1 import AppTest

PATIENCE_SECONDS = 60


def search_page() -> AppTest:
    return AppTest.from_function(_search, default_timeout=PATIENCE_SECONDS)


def library_page() -> AppTest:
    return AppTest.from_function(_library, default_timeout=PATIENCE_SECONDS)


def browse_page() -> AppTest:
    return AppTest.from_function(_browse, default_timeout=PATIENCE_SECONDS)


def video_page() -> AppTest:
    return AppTest.from_function(_video, default_timeout=PATIENCE_SECONDS)


def shown_clips(page: AppTest) -> list[str]:
    """The ids of the clips that are shown as cards, in order."""
    found = [json.loads(part.proto.json) for part in page.get("bidi_component")]
    groups = [group for data in found for group in data.get("groups", [])]
    return [moment["clip"] for group in groups for moment in group["moments"]]


def _search() -> None:
    from search_ui.page import search_page

    search_page.show()


def _library() -> None:
    from search_ui.page import library_page

    library_page.show()


def _browse() -> None:
    import streamlit as st

    from search_ui.page import browse_page

    browse_page.show(st.Page(lambda: None, title="Search", url_path="search"))


def _video() -> None:
    import streamlit as st

    from search_ui.page import video_page

    video_page.show(st.Page(lambda: None, title="Search", url_path="search"))
