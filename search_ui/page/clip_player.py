"""Playing a moment, from its very first frame, with the whole of its video as a timeline."""

import html
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from catalog.interface import ClipSummary
from ingest.location import as_typed
from search_ui.page.clip_media import MOMENT, THUMBNAIL, media_url
from search_ui.page.moments import Moment
from search_ui.page.opened import explained
from search_ui.page.similarity_bars import Bar, bars
from search_ui.page.video_address import link_to
from search_ui.printing import span_text
from search_ui.terminal import printable

HTML = """<div class="moment">
<video controls loop playsinline aria-label="The moment"></video>
<div role="alert"></div>
<div class="bars" role="group" aria-label="Moments of this video by time"></div>
<p class="words" aria-live="polite"></p>
</div>"""

_here = Path(__file__).parent
_player = st.components.v2.component(
    "clipseek_player",
    html=HTML,
    css=(_here / "clip_player.css").read_text(),
    js=(_here / "clip_player.js").read_text(),
    isolate_styles=False,
)


@st.dialog("Moment", width="medium")
def play(clip: ClipSummary, compared: Callable[[str], Sequence[Moment]]) -> None:
    """Play a clip above the page.

    `compared` gives the clips of a video, by its id, with their similarity to what was asked.
    """
    with explained():
        scored = compared(clip.video_id)
        shown = bars(scored, chosen=clip.clip_id)
        chosen = [bar.moment.clip.clip_id for bar in shown]
        if clip.clip_id not in chosen:
            st.warning("This moment is not in the library any more; search anew.")
            return
        _player(
            key="player",
            data={
                "shown": clip.clip_id,
                "first": chosen.index(clip.clip_id),
                "moments": [*map(_moment, shown)],
            },
        )
        if any(one.score is not None for one in scored):
            st.caption("The higher a bar, the more its moment is like what you asked for.")
        link = html.escape(link_to(clip.video_id, clip.clip_id))
        st.html(f'<a href="{link}" target="_self">Open the whole video; correct or export this</a>')
        st.code(printable(as_typed(clip.path)), language=None, wrap_lines=True)


def _moment(bar: Bar) -> dict[str, str | float]:
    clip, score = bar.moment.clip, bar.moment.score
    similarity = "" if score is None else f", similarity {score:.3f}"
    when = f"{span_text(clip.span)}{similarity}"
    return {
        "label": when,
        "words": f"{when}: {printable(clip.caption)}" if clip.caption else when,
        "url": media_url(clip.clip_id, MOMENT),
        "poster": media_url(clip.clip_id, THUMBNAIL),
        "left": bar.left,
        "width": bar.width,
        "height": bar.height,
    }
