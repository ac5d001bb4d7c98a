"""A moment of a video, as the address bar of the page Video has it."""

from urllib.parse import urlencode

VIDEO, MOMENT = "v", "m"
PAGE = "video"


def link_to(video_id: str, clip_id: str = "") -> str:
    """Where a link leads that shows a video at a clip, or at its start."""
    asked = {VIDEO: video_id, **({MOMENT: clip_id} if clip_id else {})}
    return f"/{PAGE}?{urlencode(asked)}"
