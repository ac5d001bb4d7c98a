"""What Streamlit runs for everybody who looks: the pages, and the way between them.

Streamlit puts this folder first on the path of imports: no file here may have a package's name.
"""

import streamlit as st

from pipeline.settings import load_settings
from search_ui.page import browse_page, library_page, search_page, video_page
from search_ui.page.admission import admitted
from search_ui.page.looks import ICON, SCRIPT, STYLE
from search_ui.page.video_address import PAGE


def _browse() -> None:
    browse_page.show(_search)


def _video() -> None:
    video_page.show(_search)


_search = st.Page(search_page.show, title="Search", icon=":material/search:", default=True)
_pages = [
    _search,
    st.Page(_browse, title="Browse", icon=":material/category:", url_path="browse"),
    st.Page(_video, title="Video", icon=":material/movie:", url_path=PAGE),
    st.Page(
        library_page.show, title="Library", icon=":material/video_library:", url_path="library"
    ),
]
st.set_page_config(page_title="ClipSeek", page_icon=ICON, layout="wide")
st.html(STYLE)
with st.container(key="script"):
    st.html(SCRIPT, unsafe_allow_javascript=True)
if admitted(load_settings()):
    st.navigation(_pages, position="top").run()
