r"""Reads `.env` files: text goes in, the assignments with their line numbers come out; strict, no expansion.

One assignment a line: `KEY=VALUE`, optionally after `export`. A value is bare (ends at ` #` or the end
of the line), in single quotes (literally what stands there) or in double quotes (`\n`, `\t`, `\"`,
`\\`); quoted values may span lines. Nothing is expanded or run.
"""

import re
from pathlib import Path
from typing import Final

from toolwright.errors import UsageError
from toolwright.records import dataclass

_HEAD: Final = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<key>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*")
_SINGLE: Final = re.compile(r"'(?P<value>[^']*)'")
_DOUBLE: Final = re.compile(r'"(?P<value>(?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE: Final = re.compile(r"(?P<value>(?<=[ \t])(?=#)|[^\n]*?(?=[ \t]+#|[ \t]*(?:\n|\Z)))")
_REST: Final = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "$": "$"}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One `KEY=VALUE`; `line` counts from 1."""

    key: str
    value: str
    line: int


def read(path: Path) -> tuple[Assignment, ...]:
    """Return the assignments of the file in order; none when there is no such file.

    Raises:
        UsageError: the file cannot be read, is not UTF-8, or holds a line that is no assignment.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        message = f"{path} is not a UTF-8 text (byte {error.start + 1})"
        raise UsageError(message, hint=f"save {path} as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
    return parse(text, str(path))


def parse(text: str, name: str = ".env") -> tuple[Assignment, ...]:
    """Return the assignments of `text`; `name` is the file's name for messages.

    Raises:
        UsageError: a line is no assignment; names file and line, never what stands there.
    """
    text = text.replace("\r\n", "\n")
    found = []
    position = 0
    while position < len(text):
        blank = _REST.match(text, position)
        if blank:
            position = blank.end()
            continue
        line = text.count("\n", 0, position) + 1
        head = _HEAD.match(text, position)
        if not head:
            raise _malformed(name, line, "it is not KEY=VALUE")
        value, position = _value(text, head.end(), name, line)
        if "\0" in value:
            raise _malformed(name, line, "the value holds a NUL character")
        found.append(Assignment(head["key"], value, line))
    return tuple(found)


def _value(text: str, start: int, name: str, line: int) -> tuple[str, int]:
    """Return the value that begins at `start` and where the next line begins."""
    quoted = text[start : start + 1] if text[start : start + 1] in {"'", '"'} else ""
    pattern = {"'": _SINGLE, '"': _DOUBLE}.get(quoted, _BARE)
    match = pattern.match(text, start)
    if not match:
        raise _malformed(name, line, f"the quote {quoted} is never closed")
    rest = _REST.match(text, match.end())
    if not rest:
        raise _malformed(name, line, "there is more text after the closing quote")
    value = match["value"]
    if quoted == '"':
        value = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[0]), value)
    return value, rest.end()


def _malformed(name: str, line: int, why: str) -> UsageError:
    return UsageError(
        f"{name} line {line} cannot be read: {why}", hint=f"write line {line} of {name} as KEY=VALUE"
    )
