"""A visitor without a browser: what a browser would send to the page, and what it would get."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Origin, Subprotocol
from websockets.sync.client import ClientConnection, connect

PATIENCE_SECONDS = 120


@dataclass
class Drawn:
    """What one run of the page drew."""

    pictures: int = 0
    """Clips that are shown."""
    troubles: list[str] = field(default_factory=list)
    """Errors and warnings that the visitor reads."""

    def note(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "bidi_component":
            groups = json.loads(element.bidi_component.json).get("groups", [])
            self.pictures += sum(len(group["moments"]) for group in groups)
        elif kind == "exception":
            self.troubles.append(element.exception.message)
        elif kind == "alert" and element.alert.format in (Alert.ERROR, Alert.WARNING):
            self.troubles.append(element.alert.body)


@contextmanager
def visitor(address: str) -> Iterator["Session"]:
    """Connect to a page as its own script does."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        stream, subprotocols=[Subprotocol("streamlit")], origin=Origin(address), max_size=None
    ) as connection:
        yield Session(connection)


class Session:
    """One visitor, as long as the connection lasts."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def search(self, words: str) -> Drawn:
        """Go to the address of a search; returns when the page is drawn."""
        asked = BackMsg()
        asked.rerun_script.query_string = urlencode({"q": words})
        self._connection.send(asked.SerializeToString())
        drawn = Drawn()
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._connection.recv(PATIENCE_SECONDS, decode=False))
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.HasField("new_element"):
                drawn.note(message.delta.new_element)
            elif kind == "script_finished":
                return drawn
