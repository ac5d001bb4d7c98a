"""What every request passes before anything else looks at it."""

import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_ui.api.problems import answer
from search_ui.page_password import is_foreign

WANTED = {"WWW-Authenticate": "Bearer"}


class TokenDoor:
    """ASGI middleware that answers nobody who does not show the token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._wanted = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_shown(scope):
            line = "send the header 'Authorization: Bearer TOKEN' with the server's token"
            await answer(401, {"error": line}, WANTED)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_shown(self, scope: Scope) -> bool:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        scheme, _, shown = headers.get(b"authorization", b"").partition(b" ")
        is_right = hmac.compare_digest(shown.strip(), self._wanted)
        return is_right and scheme.lower() == b"bearer"


class OwnDoor:
    """ASGI middleware that answers no page of a foreign site in a browser of this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_foreign(HTTPConnection(scope)):
            line = "pages of other sites are not answered; set a token, and have it sent"
            await answer(403, {"error": line})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class JsonProblems:
    """ASGI middleware that makes a `Problem` of what libraries say in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        said = bytearray()

        async def send_json(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_plain_problem(message):
                held.append(message)
            elif held:
                said.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_problem(send, held.pop(), said.decode(errors="replace"))
            else:
                await send(message)

        await self._app(scope, receive, send_json)


def _is_plain_problem(start: Message) -> bool:
    headers = MutableHeaders(raw=start["headers"])
    return start["status"] >= 400 and headers.get("content-type") != "application/json"


async def _send_problem(send: Send, start: Message, said: str) -> None:
    line = " ".join(said.split()) or HTTPStatus(start["status"]).phrase
    body = json.dumps({"error": line}).encode() + b"\n"
    headers = MutableHeaders(raw=start["headers"])
    headers["content-type"] = "application/json"
    headers["content-length"] = str(len(body))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
