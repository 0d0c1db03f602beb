"""The gate for a server's answer: heads go on with `Connection: close`, bodies end where they say."""

import re
from typing import Final

from toolwright.sandbox.proxy.refusals import RefusedError

_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?")
_END: Final = b"\r\n\r\n"
_DROPPED: Final = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"upgrade"})
_BODILESS: Final = (204, 304)
_SWITCHED: Final = 101
_FINAL: Final = 200
_NOT_HTTP: Final = "the server answered in something else than HTTP/1.1"


class Answer:
    """Lets one final answer pass, with the interim ones before it.

    An answer with chunks, or with no length, lasts until the server closes, as it was asked to.
    """

    def __init__(self, method: str, most: int) -> None:
        self.ended = False
        self._no_body = method == "HEAD"
        self._most = most
        self._held = b""
        self._in_body = False
        self._left = -1  # of the body, -1 when only the end of the connection tells

    def feed(self, data: bytes) -> bytes:
        """Return heads once they are complete, and the body as it comes.

        Raises:
            RefusedError: it is not HTTP/1, or a head is too long.
        """
        return self._body(data) if self._in_body else self._heads(self._held + data)

    def finish(self) -> None:
        """Insist on a complete head; a body cut short is passed on cut short, for the client to see."""
        if not self._in_body and not self.ended:
            raise RefusedError(502, "the server closed the connection before it answered")
        self.ended = True

    def _heads(self, held: bytes) -> bytes:
        """Pass interim heads and the final one; what follows that is the body."""
        out = b""
        while (end := held.find(_END)) >= 0:
            head, held = held[:end], held[end + len(_END) :]
            out += self._head(head)
            if self.ended:
                return out
            if self._in_body:
                return out + self._body(held)
        if len(held) > self._most:
            raise RefusedError(502, f"the head of the server's answer is longer than {self._most} bytes")
        self._held = held
        return out

    def _body(self, data: bytes) -> bytes:
        if self._left < 0:
            return data
        piece = data[: self._left]
        self._left -= len(piece)
        self.ended = not self._left
        return piece

    def _head(self, head: bytes) -> bytes:
        first, *lines = head.split(b"\r\n")
        found = _STATUS.fullmatch(first)
        if not found or len(head) > self._most:
            raise RefusedError(502, _NOT_HTTP)
        status = int(found[1])
        if status == _SWITCHED:
            raise RefusedError(502, "the server switched to another protocol, which nobody asked for")
        kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in _DROPPED]
        if status < _FINAL:
            return b"\r\n".join([first, *kept, b"", b""])
        self._left = _length(kept)
        self._in_body = not self._no_body and status not in _BODILESS and self._left != 0
        self.ended = not self._in_body
        return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


def _length(lines: list[bytes]) -> int:
    """Return the length a head states, -1 if it states none or leaves a doubt."""
    fields = [
        (name.strip().lower(), value.strip()) for name, _, value in (ln.partition(b":") for ln in lines)
    ]
    lengths = {value for name, value in fields if name == b"content-length"}
    if any(name == b"transfer-encoding" for name, _ in fields) or len(lengths) != 1:
        return -1
    text = lengths.pop()
    return int(text) if text.isdigit() and len(text) < 16 else -1  # noqa: PLR2004 - more than any file has
