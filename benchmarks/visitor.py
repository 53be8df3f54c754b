"""A viewer without a browser: asks a running dashboard for pages in Streamlit's own protocol, over a websocket."""

from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 300.0  # seconds for one page; the first one of a big company is long


@dataclass(frozen=True)
class Seen:
    """One page as the server told it: seconds until its script was through, bytes, elements, exceptions and error boxes
    shown, and all that was sent."""

    seconds: float
    size: int
    elements: int
    exceptions: list[str]
    errors: list[str]
    sent: bytes = field(repr=False, default=b"")

    def says(self, text: str) -> bool:
        return text.encode() in self.sent


class Visitor:
    """One person's tab. Use it as `async with Visitor(port) as visitor`."""

    def __init__(self, port: int):
        self._port = port
        self._cached: dict[str, None] = {}
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> "Visitor":
        self._socket = await connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            open_timeout=PATIENCE, ping_interval=None, compression=None,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def see(self, path: str, **query: str) -> Seen:
        """Open a page (`story`, or `okrs?view=map`) and wait until all of it has come."""
        assert self._socket is not None
        name, _, own = path.partition("?")
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = name, urlencode({**query, **dict(parse_qsl(own))})
        state.context_info.timezone, state.context_info.locale = "UTC", "en-GB"
        state.context_info.url = f"http://127.0.0.1:{self._port}/{name}"
        state.cached_message_hashes.extend(self._cached)
        begun, elements, sent = perf_counter(), 0, []
        exceptions: list[str] = []
        errors: list[str] = []
        await self._socket.send(message.SerializeToString())
        while True:
            raw = await self._socket.recv()
            assert isinstance(raw, bytes)
            sent.append(raw)
            told = ForwardMsg()
            told.ParseFromString(raw)
            if told.hash and told.metadata.cacheable:
                self._cached[told.hash] = None
            kind = told.WhichOneof("type")
            if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                elements += 1
                shown = told.delta.new_element
                if shown.WhichOneof("type") == "exception":
                    exceptions.append(f"{shown.exception.type}: {shown.exception.message}")
                elif shown.WhichOneof("type") == "alert" and shown.alert.format == Alert.ERROR:
                    errors.append(shown.alert.body)
            elif kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                whole = b"".join(sent)
                return Seen(perf_counter() - begun, len(whole), elements, exceptions, errors, whole)
