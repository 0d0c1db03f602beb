"""Gates that bytes pass on their way: a piece in, what may go on out, and whether that was the end."""

import re
from typing import Final, Protocol

from toolwright.sandbox.proxy.fields import Body
from toolwright.sandbox.proxy.refusals import RefusedError

_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
_LONGEST_SIZE_LINE: Final = 10
_END_OF_LINE: Final = b"\r\n"


class Gate(Protocol):
    """Decides what of a stream goes on."""

    ended: bool

    def feed(self, data: bytes) -> bytes:
        """Return what goes on of a piece.

        Raises:
            RefusedError: the stream is not what it has to be; nothing more may go on.
        """
        ...

    def finish(self) -> None:
        """The stream is over.

        Raises:
            RefusedError: something is missing.
        """
        ...


class Everything:
    """Lets all bytes pass: a tunnel."""

    def __init__(self) -> None:
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        """Return the piece."""
        return data

    def finish(self) -> None:
        """Take any end for a good one."""
        self.ended = True


class ExactBody:
    """Lets a number of bytes pass, and nothing after them."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = not length

    def feed(self, data: bytes) -> bytes:
        """Return what belongs to the body."""
        piece = data[: self._left]
        self._left -= len(piece)
        self.ended = not self._left
        return piece

    def finish(self) -> None:
        """Insist on the whole body."""
        if self._left:
            raise RefusedError(400, "the request's body ended early")


class ChunkedBody:
    """Lets chunks pass, each with its size written anew: no extensions, no trailers, nothing after them."""

    def __init__(self) -> None:
        self.ended = False
        self._held = b""
        self._left = 0  # of this chunk's data
        self._in_chunk = False
        self._is_last = False

    def feed(self, data: bytes) -> bytes:
        """Return whole size lines, and data as it comes."""
        out: list[bytes] = []
        held = self._held + data
        at = 0
        while not self.ended:
            if self._left:
                piece = held[at : at + self._left]
                if not piece:
                    break
                out.append(piece)
                self._left -= len(piece)
                at += len(piece)
            elif self._in_chunk or self._is_last:
                if len(held) - at < len(_END_OF_LINE):
                    break
                at = self._end_chunk(held, at)
                out.append(_END_OF_LINE)
            else:
                end = held.find(_END_OF_LINE, at, at + _LONGEST_SIZE_LINE)
                if end < 0:
                    self._check_unfinished(held, at)
                    break
                out.append(self._begin_chunk(held[at:end]))
                at = end + len(_END_OF_LINE)
        self._held = b"" if self.ended else held[at:]
        return b"".join(out)

    def finish(self) -> None:
        """Insist on the last chunk."""
        if not self.ended:
            raise RefusedError(400, "the request's body ended early")

    def _begin_chunk(self, line: bytes) -> bytes:
        if not _SIZE.fullmatch(line):
            raise RefusedError(400, "the request's body has a malformed chunk")
        self._left = int(line, 16)
        self._is_last = not self._left
        self._in_chunk = bool(self._left)
        return b"%x\r\n" % self._left

    def _end_chunk(self, held: bytes, at: int) -> int:
        if held[at : at + 2] != _END_OF_LINE:
            what = "trailers" if self._is_last else "a malformed chunk"
            raise RefusedError(400, f"the request's body has {what}")
        self.ended = self._is_last
        self._in_chunk = False
        return at + len(_END_OF_LINE)

    def _check_unfinished(self, held: bytes, at: int) -> None:
        """Refuse a size line as soon as it is too long or wrong, lest it is waited for."""
        line = held[at : at + _LONGEST_SIZE_LINE].removesuffix(b"\r")
        if len(held) - at >= _LONGEST_SIZE_LINE or (line and not _SIZE.fullmatch(line)):
            raise RefusedError(400, "the request's body has a malformed chunk")


def gate_for(body: Body) -> Gate:
    """Return the gate for a request's body."""
    return ChunkedBody() if body == "chunked" else ExactBody(body)
