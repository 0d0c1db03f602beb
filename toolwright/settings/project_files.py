"""`pyproject.toml [tool.toolwright]` and `toolwright.toml` of a folder -> settings with origins.

These files are kept by git and come with a folder: what they cannot say is refused by name, never ignored.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.errors import UsageError
from toolwright.settings.approval_rules import TABLE
from toolwright.settings.strangers import OWN_FILE, PROJECT_FILE
from toolwright.settings.variables import BY_FIELD

if TYPE_CHECKING:
    from toolwright.settings.variable import Variable

_TABLE: Final = ("tool", "toolwright")
_ELSEWHERE: Final = frozenset({"review"})
"""Tables below [tool.toolwright] that are read by others."""
_QUOTES: Final = str.maketrans("", "", "\"'")


def settings_in(directory: Path) -> Iterator[tuple[str, object, str]]:
    """Yield name, value and origin (`toolwright.toml line 3`) of what the files set, weakest first.

    Raises:
        UsageError: a file cannot be read or is not TOML, or a key is unknown, a secret, or of nobody's file.
    """
    for file in (PROJECT_FILE, OWN_FILE):
        text = _text(directory / file)
        if file == PROJECT_FILE and not _could_hold_ours(text):
            continue  # to load the parser takes longer than all the rest here
        table = _table(file, text)
        for key, value in table.items():
            if key == TABLE or (file == PROJECT_FILE and key in _ELSEWHERE):
                continue
            origin = _origin(file, text, key)
            variable = _known(key, origin)
            if variable.hidden and isinstance(value, str) and ":" in value:
                raise _secret(variable, origin)
            yield variable.name, _plain(key, value, origin), origin


def table_in(directory: Path, file: str) -> Mapping[str, object]:
    """Return what one of the files says about this program.

    Raises:
        UsageError: it cannot be read or is not TOML.
    """
    text = _text(directory / file)
    ours = TABLE in text and (file == OWN_FILE or _could_hold_ours(text))
    return _table(file, text) if ours else {}


def _could_hold_ours(text: str) -> bool:
    """Whether a `pyproject.toml` could have a table of ours, however that is spelled."""
    bare = "".join(text.split()).translate(_QUOTES)
    return "tool.toolwright" in bare or "[tool]" in bare or "tool=" in bare or "\\u" in bare.lower()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        message = f"{path} is not a UTF-8 text (byte {error.start + 1})"
        raise UsageError(message, hint=f"save {path} as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error


def _table(file: str, text: str) -> Mapping[str, object]:
    if not text:
        return {}
    import tomllib

    try:
        read: object = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is not TOML: {error}", hint=f"mend {file} in an editor") from error
    for name in _TABLE if file == PROJECT_FILE else ():
        read = read.get(name, {}) if isinstance(read, dict) else {}
    return read if isinstance(read, dict) else {}


def _origin(file: str, text: str, key: str) -> str:
    """Return the file with the line of a key, where the key stands at the beginning of one."""
    start = re.search(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*toolwright[ \t]*\]", text, re.MULTILINE)
    begin = start.end() if start and file == PROJECT_FILE else 0
    found = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", re.MULTILINE).search(text, begin)
    return f"{file} line {text.count(chr(10), 0, found.start()) + 1}" if found else file


def _plain(key: str, value: object, origin: str) -> object:
    """Return a value that a setting could have; whether this one does, its own reader says."""
    single = str | int | float | bool
    takes_several = "separated by commas" in BY_FIELD[key].allowed
    items = value if takes_several and isinstance(value, list) else [value]
    if all(isinstance(one, single) for one in items):
        return value
    raise UsageError(
        f"{key} ({origin}) is not allowed: it must be {BY_FIELD[key].allowed}",
        hint=f"set {key} to {BY_FIELD[key].allowed}",
    )


def _known(key: str, origin: str) -> "Variable":
    """Return the setting of a key.

    Raises:
        UsageError: there is none, or it may not stand in such a file.
    """
    variable = BY_FIELD.get(key)
    if variable is None:
        import difflib

        nearest = difflib.get_close_matches(key.lower().replace("-", "_"), BY_FIELD, n=1)
        offer = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UsageError(
            f"{origin}: {key!r} is not a setting{offer}",
            hint=f"remove or rename it in {origin.split(maxsplit=1)[0]}",
        )
    if variable.secret:
        raise _secret(variable, origin)
    if not variable.in_file:
        raise UsageError(
            f"{origin}: {key} is not taken from a file that comes with a folder",
            hint=f"use {variable.flag} or set {variable.name} in the environment",
        )
    return variable


def _secret(variable: "Variable", origin: str) -> UsageError:
    return UsageError(
        f"{origin}: {variable.field} is a secret, and this file is kept by git",
        hint=f"put {variable.name} into .env or the environment",
    )
