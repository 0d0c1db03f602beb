"""`--execute-tool NAME JSON`: one tool called, exactly one JSON line on stdout. Loads as little as it can."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolwright.errors import LibraryError, ToolwrightError, UsageError
from toolwright.sandbox.process import ProcessSandbox
from toolwright.syntax.checking import described, mismatch
from toolwright.syntax.reading import read_library
from toolwright.types import CallResult, Limits, Policy, Tool

_VALUED: Final = {"--library": "library", "--workspace": "workspace", "--timeout": "timeout"}


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    text: str
    library: str = "."
    workspace: str = "."
    timeout_s: float = 30.0


class CallError(ToolwrightError):
    """The call cannot be made, or came to nothing; `kind` says how."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def main(argv: Sequence[str]) -> int:
    """Call one tool. Return 0 when it answered, 1 when it did not, 2 for wrong options, 130 on Ctrl-C."""
    try:
        answer, code = {"status": "success", "output": _execute(_wanted(list(argv)))}, 0
    except ToolwrightError as error:
        answer, code = {"status": "error", "error": str(error), "kind": error.kind}, error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return 130
    try:
        sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _execute(wanted: _Wanted) -> Any:
    source = _library_text(wanted.library)
    tool = _tool(source, wanted)
    arguments = _json_object(wanted.text)
    _check(tool, arguments)
    limits = Limits(wall_s=wanted.timeout_s, cpu_s=max(1, round(wanted.timeout_s)))
    policy = Policy(workspace=str(Path(wanted.workspace).absolute()), limits=limits)
    result = ProcessSandbox().call(source, tool.name, arguments, policy)
    sys.stderr.write(result.stdout + result.stderr)
    sys.stderr.flush()
    if result.status != "returned":
        raise CallError(*_failed(result))
    return result.value


def _failed(result: CallResult) -> tuple[str, str]:
    kind = {"raised": "exception", "bad_result": "not_json"}.get(result.status, result.status)
    return kind, f"{result.error_type}: {result.message}" if result.error_type else result.message


def _wanted(argv: list[str]) -> _Wanted:
    values: dict[str, str] = {}
    words: list[str] = []
    while argv:
        word = argv.pop(0)
        option, equals, value = word.partition("=")
        if word == "--execute-tool" and not words:
            words = [argv.pop(0)] if argv else []
            words += [argv.pop(0)] if argv and not argv[0].startswith("--") else []
        elif option in _VALUED and (equals or argv):
            values[_VALUED[option]] = value if equals else argv.pop(0)
        else:
            raise UsageError(f"{word!r} does not go with --execute-tool NAME JSON")
    if not words:
        raise UsageError("--execute-tool needs the name of a tool and a JSON object with its arguments")
    timeout = values.pop("timeout", "30")
    return _Wanted(words[0], words[1] if len(words) > 1 else "{}", timeout_s=_seconds(timeout), **values)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.1 <= seconds <= 86_400:  # noqa: PLR2004 - as in the table of settings
        raise UsageError(f"--timeout {text}: it must be seconds from 0.1 to 86400")
    return seconds


def _library_text(library: str) -> str:
    path = Path(library, "tools.py")
    if Path(library, ".toolwright", "journal").is_dir():
        from toolwright.library.store import Store

        Store(Path(library)).recover()
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise LibraryError(f"there is no library here: {path} does not exist") from None
    except OSError as error:
        raise LibraryError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LibraryError(f"{path} is not UTF-8: byte {error.start} cannot be read") from None


def _tool(source: str, wanted: _Wanted) -> Tool:
    listing = read_library(source, str(Path(wanted.library, "tools.py")))
    for tool in listing.tools:
        if tool.name == wanted.name:
            return tool
    for other in listing.not_offered:
        if other.name == wanted.name:
            raise CallError("not_offered", f"{other.name} cannot be called as a tool: {other.reason}")
    from toolwright.syntax.nearest import tool_not_found

    raise tool_not_found(wanted.name, [tool.name for tool in listing.tools])


def _json_object(text: str) -> dict[str, Any]:
    if text == "-":
        text = sys.stdin.read()
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CallError("bad_json", f"the arguments are not JSON: {error.msg} at {where}") from None
    except (ValueError, RecursionError) as error:
        raise CallError("bad_json", f"the arguments are not JSON: {error}") from None
    if not isinstance(value, dict):
        raise CallError("not_an_object", f"the arguments must be one JSON object, not {text.strip()[:60]}")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check(tool: Tool, arguments: dict[str, Any]) -> None:
    """Name the first argument that does not fit, and how it should be."""
    properties = tool.parameters["properties"]
    for name in tool.parameters["required"]:
        if name not in arguments:
            wanted = described(properties[name])
            raise CallError(
                "missing_argument", f"the argument {name!r} is missing ({wanted}): {tool.signature}"
            )
    for name, value in arguments.items():
        if name not in properties:
            raise CallError("unknown_argument", f"there is no argument {name!r}: {tool.signature}")
        wrong = mismatch(value, properties[name], name)
        if wrong:
            raise CallError("mistyped_argument", f"argument {wrong}")
