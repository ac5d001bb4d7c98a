"""Who reaches the page: the refusal to stand open, the password, and the list of people."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from pipeline.settings import Settings, SettingsError
from search_ui.page.admission import is_invited
from search_ui.page_access import require_protection
from search_ui.page_password import HEALTH, MOST_FAILURES, PasswordGate, Visitors

PASSWORD = "a long enough one"


@pytest.fixture
def visitor() -> Iterator[TestClient]:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("the page")

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("the stream")
        await socket.close()

    routes = [Route("/", page), Route("/browse", page), Route(HEALTH, page)]
    gate = Middleware(PasswordGate, visitors=Visitors(PASSWORD))
    app = Starlette(routes=[*routes, WebSocketRoute("/stream", stream)], middleware=[gate])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def sign_in(visitor: TestClient, password: str, to: str = "/", **headers: str):
    data, where = {"password": password}, f"/sign-in?to={to}"
    return visitor.post(where, data=data, headers=headers)


def with_visit(visitor: TestClient, visit: str) -> TestClient:
    visitor.cookies.set("clipseek_visitor", visit)
    return visitor


def test_without_the_password_nothing_answers(visitor: TestClient) -> None:
    assert visitor.get("/").status_code == 401
    assert visitor.put("/", content=b"x").status_code == 401
    asked = visitor.get("/browse?q=a", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?to=/browse%3Fq%3Da")
    with pytest.raises(WebSocketDisconnect), visitor.websocket_connect("/stream"):
        pass
    assert visitor.get(HEALTH).text == "the page"
    assert with_visit(visitor, "guess").get("/").status_code == 401


def test_who_says_the_password_comes_in_and_goes_out_again(visitor: TestClient) -> None:
    assert 'type="password"' in visitor.get("/sign-in").text
    passed = sign_in(visitor, PASSWORD, to="/browse%3Fq%3Da")
    assert passed.headers["location"] == "/browse?q=a"
    assert {"HttpOnly", "SameSite=lax"} <= set(passed.headers["set-cookie"].split("; "))
    visit = passed.cookies["clipseek_visitor"]
    assert visitor.get("/").text == "the page"
    with visitor.websocket_connect("/stream") as socket:
        assert socket.receive_text() == "the stream"

    visitor.get("/sign-out")
    assert visitor.get("/").status_code == 401
    assert with_visit(visitor, visit).get("/").status_code == 401


def test_guessing_is_slowed_down(visitor: TestClient) -> None:
    for _ in range(MOST_FAILURES):
        assert sign_in(visitor, "a guess").status_code == 401
    assert sign_in(visitor, PASSWORD).status_code == 429


def test_forms_of_other_sites_and_ways_to_them_are_refused(visitor: TestClient) -> None:
    assert sign_in(visitor, PASSWORD, origin="http://elsewhere.example").status_code == 403
    assert sign_in(visitor, "x" * 5000).status_code == 401
    for to in ("//elsewhere.example", "/%5Celsewhere.example", "https://elsewhere.example"):
        assert sign_in(visitor, PASSWORD, to=to).headers["location"] == "/"
    shown = visitor.get('/sign-in?to=/"><script>')
    assert "<script" not in shown.text


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"page_address": "0.0.0.0"}, "CLIPSEEK_PAGE_PASSWORD"),
        ({"page_address": "some-name"}, "CLIPSEEK_PAGE_PASSWORD"),
        ({"page_address": "0.0.0.0", "page_password": "short"}, "at least 8 characters"),
        ({"page_login": "/no/such/file"}, "there is no file"),
    ],
)
def test_a_page_that_stands_open_is_refused(chosen: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        require_protection(Settings(**chosen))


def test_loopback_wants_nothing_and_a_password_opens_the_rest() -> None:
    require_protection(Settings())
    require_protection(Settings(page_address="::1"))
    require_protection(Settings(page_address="0.0.0.0", page_password=PASSWORD))


def test_the_server_itself_refuses_to_stand_open(tmp_path: Path) -> None:
    own = {"CLIPSEEK_LIBRARY": str(tmp_path), "CLIPSEEK_PAGE_ADDRESS": "0.0.0.0"}
    ended = subprocess.run(
        [sys.executable, "-m", "search_ui.page_server"],
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "CLIPSEEK_PAGE_PASSWORD" in ended.stderr


def test_only_people_on_the_list_are_invited() -> None:
    people = Settings(page_people="Ann@example.org, bob@example.org").page_people
    assert is_invited({"email": "ann@Example.org", "email_verified": True}, people)
    assert not is_invited({"email": "ann@example.org", "email_verified": False}, people)
    assert not is_invited({"email": "eve@example.org"}, people)
    assert not is_invited({}, people)
    assert is_invited({}, ())
