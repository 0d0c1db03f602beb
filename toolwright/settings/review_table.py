"""`[tool.toolwright.review]` of a pyproject.toml -> what a user adds to the rules of review, or leaves out.

Only data is read, never code: a library, and its pyproject.toml, may have come from somebody else. A tool can
read the file but not change it (sandbox/guarded_names.py).
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

from toolwright.errors import UsageError
from toolwright.records import dataclass

Severity: TypeAlias = Literal["low", "medium", "high", "off"]

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.toolwright.review"
_SEVERITIES: Final = ("low", "medium", "high", "off")
_KEYS: Final = ("block", "disable", "bandit", "forbid")
_DOTTED: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A dotted name, such as `os.remove` or `pickle`, that no tool may use, and what its author is told."""

    name: str
    message: str = "is blocked by the user; do without it"


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """What is forbidden besides, which rules are off, and from which severity bandit's findings count."""

    forbidden: tuple[Forbidden, ...] = ()
    disabled: tuple[str, ...] = ()
    bandit: Severity = "medium"


def read_review(*folders: Path) -> ReviewTable:
    """Read the table in each folder's pyproject.toml and join them; the first severity that is set counts.

    Raises:
        UsageError: a file cannot be read, or says something that is not allowed; names file and entry.
    """
    files = dict.fromkeys((folder / FILE).resolve() for folder in folders)
    tables = [(str(path), table) for path in files if (table := _table(path)) is not None]
    for path, table in tables:
        check_table(path, table)
    severities = [table["bandit"] for _, table in tables if "bandit" in table]
    return ReviewTable(
        tuple(each for _, table in tables for each in _forbidden(table)),
        tuple(name for _, table in tables for name in cast("list[str]", table.get("disable", []))),
        cast("Severity", severities[0]) if severities else "medium",
    )


def _table(path: Path) -> Mapping[str, object] | None:
    try:
        read: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", hint=f"mend {path} in an editor") from error
    for name in TABLE.split("."):
        if not isinstance(read, dict) or name not in read:
            return None
        read = read[name]
    if not isinstance(read, dict):
        raise _wrong(str(path), "", read, "a table")
    return read


def check_table(path: str, table: Mapping[str, object]) -> None:
    """Check every entry of a table; `path` is the file that it stands in.

    Raises:
        UsageError: an entry is not known or not allowed; names file and entry.
    """
    for key, value in table.items():
        if key == "rules":
            raise UsageError(
                f"[{TABLE}] in {path} has `rules`, which would run code of whoever wrote that file",
                hint="rules in Python are given by the program that uses them: Agent(rules=[...])",
            )
        if key not in _KEYS:
            raise UsageError(
                f"[{TABLE}] in {path} has `{key}`, which is not known", hint=f"it takes {', '.join(_KEYS)}"
            )
        if key == "bandit" and value not in _SEVERITIES:
            raise _wrong(path, key, value, f"one of {', '.join(_SEVERITIES)}")
        if key == "disable" and not (isinstance(value, list) and all(isinstance(n, str) for n in value)):
            raise _wrong(path, key, value, "a list of names of rules")
        if key == "block" and not (isinstance(value, list) and all(map(_is_dotted, value))):
            raise _wrong(path, key, value, 'a list of dotted names, such as ["pickle", "os.remove"]')
        if key == "forbid" and not (isinstance(value, list) and all(map(_is_entry, value))):
            raise _wrong(
                path, key, value, 'tables such as { call = "os.remove", message = "move it instead" }'
            )


def _is_dotted(value: object) -> bool:
    return isinstance(value, str) and bool(_DOTTED.fullmatch(value))


def _is_entry(value: object) -> bool:
    if not isinstance(value, dict) or set(value) - {"call", "message"}:
        return False
    message = value.get("message", "-")
    return _is_dotted(value.get("call")) and isinstance(message, str) and bool(message.strip())


def _forbidden(table: Mapping[str, object]) -> list[Forbidden]:
    blocked = [Forbidden(name) for name in cast("list[str]", table.get("block", []))]
    entries = cast("list[dict[str, str]]", table.get("forbid", []))
    told = [(entry["call"], " ".join(entry.get("message", "").split())) for entry in entries]
    return blocked + [Forbidden(call, message) if message else Forbidden(call) for call, message in told]


def _wrong(path: str, key: str, value: object, allowed: str) -> UsageError:
    name = f"{TABLE}.{key}".rstrip(".")
    return UsageError(f"{name} in {path} is {value!r:.80}, but must be {allowed}", hint=f"mend it in {path}")
