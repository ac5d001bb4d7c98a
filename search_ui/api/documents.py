"""Answers of plain JSON, and the values that several routes take."""

import json
from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import StringConstraints


class Document(JSONResponse):
    """JSON in ASCII: a file name may hold bytes that are no text."""

    def render(self, content: object) -> bytes:
        return json.dumps(content).encode() + b"\n"


ClipId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}:[0-9]{1,12}$")]
VideoId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}$")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
