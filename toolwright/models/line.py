"""The connection under one HTTP request: when it is made, how it is cut, and what page comes over it."""

import contextlib
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from toolwright.models.pump import Abandoned

_MOST_OF_PAGE: Final = 8192


class Line:
    """The connection under one request: it says when it is made, and it can be cut from any thread.

    Closing an HTTP response in another thread does not wake one that reads it; shutting down its
    socket does.
    """

    def __init__(self, on_connected: Callable[[], None]) -> None:
        """`on_connected` is called in the thread that sends the request."""
        self._on_connected = on_connected
        self._stream: Any = None
        self._gone = False

    def watch(self, request: Any) -> None:
        """Follow this request; a hook for a client of httpx, or of what came after it."""
        request.extensions["trace"] = self._trace

    def cut(self) -> None:
        """Let whoever reads from the connection find it closed."""
        self._gone = True
        found = self._stream.get_extra_info("socket") if self._stream is not None else None
        if isinstance(found, socket.socket):
            with contextlib.suppress(OSError):  # it is closed already
                # Not `found.shutdown`: that of an SSLSocket drops the TLS layer under its reader.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        made = info.get("return_value")
        if hasattr(made, "get_extra_info"):  # first the TCP connection, then TLS over it
            self._stream = made
        if event.endswith("send_request_headers.started"):
            if self._gone:  # connected too late: do not ask what nobody waits for
                raise Abandoned
            self._on_connected()


def read_page(response: Any) -> str:
    """Return the beginning of a body that is no stream, as text."""
    page = b""
    for part in response.iter_bytes():
        page += part
        if len(page) > _MOST_OF_PAGE:
            break
    return page.decode("utf-8", "replace")
