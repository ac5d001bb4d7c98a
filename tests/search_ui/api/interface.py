"""A program that uses the HTTP interface."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests


@dataclass(frozen=True)
class Interface:
    """Where the interface is, and what the command line tells of the same library."""

    url: str
    token: str
    folder: Path
    told: dict[str, object]

    def ask(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **options)

    def get(self, path: str, **parameters: object) -> Any:
        """The document of an answer that all went well."""
        answer = self.ask(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def problem(self, status: int, path: str, method: str = "GET", **options: Any) -> str:
        """The one line of an answer that something went wrong."""
        answer = self.ask(path, method, **options)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        line = answer.json()["error"]
        assert isinstance(line, str)
        assert line
        assert "\n" not in line
        return line

    def clip(self, words: str) -> str:
        """The id of the clip that fits some words best."""
        return str(self.get("/search", q=words, limit=1)[0]["clip_id"])
