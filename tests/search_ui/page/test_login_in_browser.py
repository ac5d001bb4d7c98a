"""Logging in at a provider of OpenID Connect, and by a password, at a real browser."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware

from search_ui.page_password import PasswordGate, Visitors
from tests.search_ui.page.browsing import PATIENCE_MS, faults, quiet_page
from tests.search_ui.page.oidc_provider import CLIENT, SECRET, Provider
from tests.search_ui.serving import served
from tests.workers.system import PATIENCE_SECONDS, System
from workers.services import accepts

SECRETS = """[auth]
redirect_uri = "{page}/oauth2callback"
cookie_secret = "a secret for the cookies of this test"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


@pytest.fixture(scope="module")
def address(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of an empty library for which one has to log in at the provider."""
    folder = tmp_path_factory.mktemp("login")
    with served(provider.app) as at, page_behind(folder, provider=at) as page:
        yield page


@contextmanager
def page_behind(folder: Path, *, provider: str) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    page, secrets = f"http://127.0.0.1:{port}", folder / "login.toml"
    secrets.write_text(SECRETS.format(page=page, provider=provider, client=CLIENT, secret=SECRET))
    own = {
        "CLIPSEEK_PAGE_PORT": str(port),
        "CLIPSEEK_PAGE_LOGIN": str(secrets),
        "CLIPSEEK_PAGE_PEOPLE": "ann@example.org",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.workers.fake_page"], env=System(folder).environment() | own
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not accepts(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield page
    finally:
        process.terminate()
        process.wait()


def log_in(page: Page) -> None:
    page.get_by_role("button", name="Log in").click(timeout=PATIENCE_MS)


def test_who_is_on_the_list_comes_in_and_goes_out_again(
    address: str, page: Page, provider: Provider
) -> None:
    provider.person = "Ann@example.org"
    page.goto(f"{address}/library")
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Library")).to_have_count(0)
    assert faults(page) == []
    log_in(page)
    expect(page.get_by_text("This library is empty")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Library").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=PATIENCE_MS)


def test_who_is_not_on_the_list_is_told_so(address: str, page: Page, provider: Provider) -> None:
    provider.person = "eve@example.org"
    page.goto(address)
    log_in(page)
    refusal = page.get_by_text("eve@example.org may not see this library")
    expect(refusal).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Library")).to_have_count(0)
    assert faults(page) == []
    provider.person = "ann@example.org"
    page.get_by_role("button", name="Log out").click()
    log_in(page)
    expect(page.get_by_text("This library is empty")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_for_the_password_can_be_read(browser: Browser, theme: str) -> None:
    gate = Middleware(PasswordGate, visitors=Visitors("a long enough one"))
    with served(Starlette(middleware=[gate])) as at, quiet_page(browser, theme=theme) as page:
        page.goto(at)
        expect(page.get_by_label("Password")).to_be_visible(timeout=PATIENCE_MS)
        assert faults(page) == []
