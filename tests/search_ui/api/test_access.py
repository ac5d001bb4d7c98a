"""Who reaches the HTTP interface, and that it refuses to stand open."""

from pathlib import Path

import pytest
import requests

from pipeline.settings import Settings, SettingsError
from search_ui.api.access import token_of
from search_ui.api_service import is_wanted, url_of
from tests.search_ui.api.interface import Interface
from tests.search_ui.api.serving import indexed, started
from tests.search_ui.child import CommandLine, one_line

TOKEN = "0123456789abcdef"
ROUTES = ("/search?q=red", "/status", "/videos", "/openapi.json", "/no-such")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", "Bearer another-token-of-24-sig", "Basic {}", "{}", "Bearer {}x"],
)
def test_without_the_token_nothing_answers(interface: Interface, path: str, shown: str) -> None:
    headers = {"Authorization": shown.format(interface.token)}
    answer = requests.get(interface.url + path, headers=headers, timeout=60)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert list(answer.json()) == ["error"]


def test_what_is_not_there_is_said_in_the_same_form(interface: Interface) -> None:
    assert "/openapi.json" in interface.problem(404, "/no-such")
    interface.problem(405, "/status", "DELETE")
    interface.problem(413, "/submissions", "POST", json={"path": "x" * 70_000})
    assert interface.ask("/docs").status_code == 404


def test_without_a_token_only_this_machine_is_answered(tmp_path: Path) -> None:
    indexed(tmp_path)
    with started(tmp_path) as port:
        here = f"http://127.0.0.1:{port}"
        assert requests.get(f"{here}/search?q=red", timeout=60).status_code == 200
        for headers in ({"Host": "elsewhere.example"}, {"Origin": "http://elsewhere.example"}):
            answer = requests.get(f"{here}/search?q=red", headers=headers, timeout=60)
            assert answer.status_code in (400, 403)
            assert list(answer.json()) == ["error"]
        assert requests.get(here + "/status", headers={"Origin": here}, timeout=60).ok


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"api_address": "0.0.0.0"}, "CLIPSEEK_API_TOKEN"),
        ({"api_address": "::"}, "CLIPSEEK_API_TOKEN"),
        ({"api_address": "some-name"}, "CLIPSEEK_API_TOKEN"),
        ({"api_address": "0.0.0.0", "api_token": "short"}, "at least 16 characters"),
        ({"api_token": "sixteen signs and spaces"}, "a header may hold"),
        ({"api_token": "sixteen-signs-é-and-more"}, "a header may hold"),
    ],
)
def test_an_interface_that_stands_open_is_refused(chosen: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        token_of(Settings(**chosen))


def test_loopback_wants_nothing_and_a_token_opens_the_rest() -> None:
    assert token_of(Settings()) is None
    assert token_of(Settings(api_address="::1")) is None
    assert token_of(Settings(api_address="0.0.0.0", api_token=TOKEN)) == TOKEN


def test_up_runs_it_where_the_settings_say_so() -> None:
    assert not is_wanted(Settings())
    assert is_wanted(Settings(api_token=TOKEN))
    assert is_wanted(Settings(api_address="127.0.0.1"))
    assert url_of(Settings(api_address="::"), port=8502) == "http://127.0.0.1:8502"
    assert url_of(Settings(api_address="::1"), port=8502) == "http://[::1]:8502"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"CLIPSEEK_API_ADDRESS": "0.0.0.0"}, "CLIPSEEK_API_TOKEN"),
        ({}, "there is no catalog"),
    ],
)
def test_the_command_says_why_it_does_not_start(
    clipseek: CommandLine, settings: dict[str, str], said: str
) -> None:
    done = clipseek.run("api", **settings)
    assert done.returncode == 1
    assert said in one_line(done.stderr)


def test_a_port_that_is_taken_is_named(clipseek: CommandLine, interface: Interface) -> None:
    port = interface.url.rpartition(":")[2]
    done = clipseek.run("api", "--port", port)
    assert done.returncode == 1
    assert f"port {port}" in one_line(done.stderr)
