"""A whole film, played from any of its moments, which lie below it as a strip of pictures."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from catalog.interface import ClipSummary, VideoRecord
from search_ui.page.clip_media import THUMBNAIL, media_url
from search_ui.page.film_media import STRETCH_SECONDS, film_url, stretches_url
from search_ui.printing import span_text
from search_ui.terminal import printable

HTML = """<div class="film">
<video controls playsinline preload="metadata" aria-label="The film"></video>
<div role="alert"></div>
<p class="words" aria-live="off"></p>
<div class="strip" role="group" aria-label="Moments of the film"></div>
</div>"""

_here = Path(__file__).parent
_player = st.components.v2.component(
    "clipseek_film",
    html=HTML,
    css=(_here / "film_player.css").read_text(),
    js=(_here / "film_player.js").read_text(),
    isolate_styles=False,
)


def show_film(video: VideoRecord, clips: Sequence[ClipSummary], *, chosen: str) -> str | None:
    """Draw the player at the clip with the id `chosen`; returns the id of one clicked just now."""
    result = _player(
        key=f"film-{video.video_id}",
        data={
            "whole": film_url(video.video_id),
            "stretches": stretches_url(video.video_id),
            "stretchSeconds": STRETCH_SECONDS,
            "duration": video.duration_seconds,
            "chosen": chosen,
            "moments": [*map(_moment, clips)],
        },
        on_chosen_change=lambda: None,
    )
    clicked = result.chosen
    return clicked if isinstance(clicked, str) else None


def _moment(clip: ClipSummary) -> dict[str, str | float]:
    return {
        "id": clip.clip_id,
        "start": clip.span.start_seconds,
        "when": span_text(clip.span),
        "caption": printable(clip.caption) or "no caption",
        "picture": media_url(clip.clip_id, THUMBNAIL),
    }
