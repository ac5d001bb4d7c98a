"""The door of a page that wants a password: nothing behind it answers who has not passed it."""

import hmac
import html
import secrets
import threading
import time
from collections import OrderedDict, deque
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "clipseek_visitor"
VISIT_SECONDS = 30 * 24 * 3600
MOST_VISITS = 10_000
"""Kept in memory; who came first has to say the password again."""

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
HEALTH = "/_stcore/health"
"""Says nothing but that the server runs, which whoever supervises it asks."""

MOST_FAILURES = 5
FAILURE_SECONDS = 60.0
"""So many wrong passwords from one address in this time, and it has to wait."""
MOST_ADDRESSES = 10_000
LARGEST_FORM_BYTES = 4096

FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>ClipSeek</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; --back: #ffffff; --text: #17211f; --own: #0c635c;
  --on-own: #ffffff; --line: #7c8a87; }}
@media (prefers-color-scheme: dark) {{ :root {{ --back: #101615; --text: #e6eceb;
  --own: #2dd4bf; --on-own: #101615; }} }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: var(--back); color: var(--text); font-family: "Source Sans", sans-serif; }}
form {{ width: min(20rem, 90vw); display: grid; gap: .75rem; }}
input, button {{ font: inherit; padding: .6rem .75rem; border-radius: .5rem;
  border: 1px solid var(--line); }}
input {{ background: var(--back); color: var(--text); }}
button {{ background: var(--own); color: var(--on-own); border-color: var(--own); }}
:focus-visible {{ outline: 2px solid var(--own); outline-offset: 2px; }}
h1 {{ margin: 0; }} p {{ margin: 0; }}
</style></head><body><main><form method="post" action="{action}"><h1>ClipSeek</h1>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 autofocus>
<p role="alert">{problem}</p>
<button type="submit">Sign in</button></form></main></body></html>"""

GUARD = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class Visitors:
    """Who has said the password, and who has tried in vain."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._visits: OrderedDict[str, float] = OrderedDict()
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._changing = threading.Lock()

    def is_known(self, visit: str) -> bool:
        """Whether `visit` was given out, and is not too old."""
        ends = self._visits.get(visit)
        return ends is not None and time.monotonic() < ends

    def must_wait(self, address: str) -> bool:
        """Whether too many wrong passwords came from `address` of late."""
        with self._changing:
            failures = self._failures.get(address)
            while failures and time.monotonic() - failures[0] > FAILURE_SECONDS:
                failures.popleft()
            return failures is not None and len(failures) >= MOST_FAILURES

    def admit(self, password: str, *, address: str) -> str | None:
        """A new visit, which is a secret; None where the password is another one."""
        right = hmac.compare_digest(password.encode(), self._password)
        with self._changing:
            if not right:
                self._failures.setdefault(address, deque()).append(time.monotonic())
                while len(self._failures) > MOST_ADDRESSES:
                    self._failures.popitem(last=False)
                return None
            self._failures.pop(address, None)
            visit = secrets.token_urlsafe(32)
            self._visits[visit] = time.monotonic() + VISIT_SECONDS
            while len(self._visits) > MOST_VISITS:
                self._visits.popitem(last=False)
            return visit

    def dismiss(self, visit: str) -> None:
        with self._changing:
            self._visits.pop(visit, None)


class PasswordGate:
    """ASGI middleware that lets nobody through who has not signed in."""

    def __init__(self, app: ASGIApp, *, visitors: Visitors) -> None:
        self._app = app
        self._visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        known = self._visitors.is_known(asked.cookies.get(COOKIE, ""))
        if scope["type"] == "http" and asked.url.path in (SIGN_IN, SIGN_OUT):
            await (await self._at_the_door(Request(scope, receive)))(scope, receive, send)
        elif known or (scope["type"] == "http" and asked.url.path == HEALTH):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "sign in first"})
        else:
            await _refusal(scope)(scope, receive, send)

    async def _at_the_door(self, request: Request) -> Response:
        if request.url.path == SIGN_OUT:
            self._visitors.dismiss(request.cookies.get(COOKIE, ""))
            gone = RedirectResponse(SIGN_IN, 303, headers=GUARD)
            gone.delete_cookie(COOKIE)
            return gone
        if request.method == "POST":
            return await self._sign_in(request)
        return _form(request, "")

    async def _sign_in(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if is_foreign(request):
            return PlainTextResponse("this form belongs to another site", 403)
        if self._visitors.must_wait(address):
            return _form(request, "Too many wrong passwords; wait a minute.", status=429)
        visit = self._visitors.admit(await _password(request), address=address)
        if visit is None:
            return _form(request, "That is not the password.", status=401)
        passed = RedirectResponse(_destination(request), 303, headers=GUARD)
        passed.set_cookie(
            COOKIE,
            visit,
            max_age=VISIT_SECONDS,
            httponly=True,
            # Strict would ask whoever follows a bookmarked search from elsewhere for it again.
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return passed


def is_foreign(request: HTTPConnection) -> bool:
    """Whether a page of another site sent a request."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")


def _refusal(scope: Scope) -> Response:
    asked = HTTPConnection(scope)
    if scope["method"] == "GET" and "text/html" in asked.headers.get("accept", ""):
        wanted = asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?to={quote(wanted)}", 303, headers=GUARD)
    return PlainTextResponse("sign in first", 401)


def _form(request: Request, problem: str, *, status: int = 200) -> HTMLResponse:
    action = f"{SIGN_IN}?to={quote(_destination(request))}"
    page = FORM.format(action=html.escape(action), problem=html.escape(problem))
    return HTMLResponse(page, status, headers=GUARD)


def _destination(request: Request) -> str:
    """Where the visitor wanted to go; only on this very page."""
    wanted = request.query_params.get("to", "/")
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_own and wanted.isprintable() else "/"


async def _password(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM_BYTES:
            return ""
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return fields.get("password", [""])[0]
