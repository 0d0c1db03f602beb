"""Why a request goes nowhere: a record, the exception that carries it, the answer that the client gets."""

from toolwright.records import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """`status` as in HTTP, `why` one sentence of printable ASCII, `allow` the grant that would change it.

    `why` never holds text of the request that was not checked first: it ends up in a header, events and logs.
    """

    status: int
    why: str
    allow: str = ""

    @property
    def sentence(self) -> str:
        """The reason with the option that helps, if one does."""
        return f"{self.why}; to allow it: --allow network:{self.allow}" if self.allow else self.why


class RefusedError(Exception):
    """Carries a refusal out of the middle of parsing or relaying; it never leaves this folder."""

    def __init__(self, status: int, why: str, allow: str = "") -> None:
        self.refusal = Refusal(status, why, allow)
        super().__init__(self.refusal.sentence)


def answer(refusal: Refusal) -> bytes:
    """Return the complete response. Its reason phrase says it too: of a CONNECT, clients show only that."""
    body = f"{refusal.sentence}\n".encode("ascii", "backslashreplace")
    head = (
        f"HTTP/1.1 {refusal.status} {refusal.sentence}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii", "backslashreplace") + body
