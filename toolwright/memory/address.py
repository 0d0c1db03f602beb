"""`postgresql://...` -> how psycopg connects, what may be shown of it, and in words why it could not."""

from collections.abc import Mapping
from typing import Final

from toolwright.errors import MemoryFileError
from toolwright.records import dataclass
from toolwright.redaction import Redactor, Secret

_NO_EXTENSION: Final = (
    "the extension pgvector is missing there: it wants CREATE EXTENSION vector by an administrator"
)
_WORDS: Final = {
    "28P01": "wrong password, or none",
    "55P03": "it is in use by another program",
    "57014": "it did not answer in time",
    "0A000": _NO_EXTENSION,
    "58P01": _NO_EXTENSION,
    "53300": "it has too many connections already",
}
_LONGEST: Final = 300
_MORE: Final = ("DETAIL:", "HINT:", "CONTEXT:", "LINE ", "\t", " ")
"""How lines begin that say more of the one before."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a memory is. `shown` holds neither user nor password, `parts` hold all that was given."""

    shown: str
    parts: Mapping[str, str]
    password: Secret


def read_address(server: Secret) -> Address:
    """Take the address of a server apart.

    Raises:
        MemoryFileError: psycopg is not installed, or it is no address.
    """
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise MemoryFileError(
            "a memory on a server needs psycopg, which is not installed",
            hint="python -m pip install 'toolwright[team]'",
        ) from None
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(server.reveal()).items()}
    except (ProgrammingError, UnicodeError):  # its text may quote the password
        raise MemoryFileError(
            "the address of the memory cannot be read",
            hint="set TOOLWRIGHT_MEMORY to postgresql://USER@HOST/DATABASE, the password to PGPASSWORD",
        ) from None
    for name in ("options", "connect_timeout", "application_name"):
        parts.pop(name, None)
    host = parts.get("host") or parts.get("hostaddr") or ""
    port = f":{parts['port']}" if "port" in parts else ""
    shown = f"postgresql://{host}{port}/{parts.get('dbname', '')}"
    return Address(shown, parts, Secret(parts.get("password", "")))


def why_not(address: Address, state: str | None, said: str) -> str:
    """Return in one line why a server could not be used; `state` is the SQLSTATE, None while connecting."""
    if state == "42501" and "extension" in said:
        return _NO_EXTENSION
    if state in _WORDS:
        return _WORDS[state]
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(_MORE)]
    # while connecting, the last line is about the last address that was tried
    line = (lines or ["no reason given"])[0 if state else -1]
    for mark in ("FATAL:", "failed:", "ERROR:"):
        line = line.rpartition(mark)[2] if mark in line else line
    words = Redactor([address.password]).redact(" ".join(line.split())[:_LONGEST])
    return words.rstrip(".") or "no reason given"
