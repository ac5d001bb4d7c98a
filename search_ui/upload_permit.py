"""Leave to upload: given by a page that its visitor may see, asked for by the route.

Nothing else can be read across sites, so a permit also shows that the request comes from that page.
"""

import hmac
import secrets
import time

VALID_SECONDS = 24 * 3600

_KEY = secrets.token_bytes(32)
"""Of this process, which both serves the pages and takes the uploads."""


def permit() -> str:
    """Leave to upload from now on, for as long as `VALID_SECONDS`."""
    ends = str(int(time.time()) + VALID_SECONDS)
    return f"{ends}.{_seal(ends)}"


def is_valid(shown: str, *, now: float) -> bool:
    """Whether `shown` was given out by this process and still holds at `now`, in UNIX seconds."""
    ends, _, seal = shown.partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(ends).encode()):
        return False
    return now < int(ends)


def _seal(ends: str) -> str:
    return hmac.digest(_KEY, ends.encode(), "sha256").hex()
