"""Header lines in, checked fields out; what two servers could read in two ways is refused."""

import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass
from toolwright.sandbox.proxy.refusals import RefusedError

Body: TypeAlias = int | Literal["chunked"]
"""How the end of a body is found: after so many bytes, or by its chunks."""

_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):([\t\x20-\x7e\x80-\xff]*)")
_DIGITS: Final = re.compile(rb"[0-9]{1,15}")
_MOST_FIELDS: Final = 100

_FRAMING: Final = (b"host", b"content-length", b"transfer-encoding")
_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy", b"te", b"trailer", b"upgrade", b"http2-settings"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One header line: its name in lower case, the line as it came, the value stripped."""

    name: bytes
    line: bytes
    value: bytes


def parse_fields(lines: Sequence[bytes]) -> tuple[Field, ...]:
    """Read header lines, without their line ends.

    Raises:
        RefusedError: a line is continued, has no proper name, or holds a control character.
    """
    if len(lines) > _MOST_FIELDS:
        raise RefusedError(431, f"the request has more than {_MOST_FIELDS} header lines")
    return tuple(map(_parse_field, lines))


def values_of(fields: Sequence[Field], name: bytes) -> list[bytes]:
    """Return the values of all fields of a name, in order."""
    return [field.value for field in fields if field.name == name]


def body_of(fields: Sequence[Field], version: str) -> Body:
    """Return how long the body is.

    Raises:
        RefusedError: there are two lengths, a length and chunks, or another coding than plain chunks.
    """
    lengths = values_of(fields, b"content-length")
    codings = values_of(fields, b"transfer-encoding")
    if codings:
        if lengths:
            raise RefusedError(400, "the request has both Content-Length and Transfer-Encoding")
        if [coding.lower() for coding in codings] != [b"chunked"] or version != "1.1":
            raise RefusedError(400, "the request has a Transfer-Encoding other than chunked over HTTP/1.1")
        return "chunked"
    if not lengths:
        return 0
    if len(lengths) > 1 or not _DIGITS.fullmatch(lengths[0]):
        raise RefusedError(400, "the request has no single plain Content-Length")
    return int(lengths[0])


def end_to_end(fields: Sequence[Field]) -> list[Field]:
    """Leave out what is meant for the proxy only, its credentials included, and Host, which is written anew.

    Raises:
        RefusedError: the Connection field would remove what says how to read the request.
    """
    named = {
        token.strip().lower() for value in values_of(fields, b"connection") for token in value.split(b",")
    }
    if named & set(_FRAMING):
        raise RefusedError(400, "the request's Connection field names a field that must stay")
    dropped = named | _HOP | {b"host"}
    return [field for field in fields if field.name not in dropped and not field.name.startswith(b"proxy-")]


def _parse_field(line: bytes) -> Field:
    found = _FIELD.fullmatch(line)
    if not found:
        raise RefusedError(400, "the request has a malformed or continued header line")
    name = found[1].lower()
    if name.replace(b"_", b"-") in _FRAMING and b"_" in name:
        raise RefusedError(400, "the request has a header that some servers read as another")
    return Field(name, line, found[2].strip(b" \t"))
