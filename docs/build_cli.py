"""The parser and the tables of the program go in, docs/cli.md comes out.

Run `python docs/build_cli.py` after a change of the command line; a test checks that the file is up to date.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, get_args

HERE: Final = Path(__file__).resolve().parent
PACKAGE: Final = HERE.parent / "toolwright"
sys.path.insert(0, str(HERE.parent))

from toolwright import __version__, errors  # noqa: E402 - the checkout must be found first
from toolwright.cli.commands import usages  # noqa: E402
from toolwright.cli.options import build_parser  # noqa: E402
from toolwright.cli.prompt_table import prompt_table  # noqa: E402
from toolwright.models.endpoint import Endpoint  # noqa: E402
from toolwright.models.faults import model_error  # noqa: E402
from toolwright.models.patience import TRIES  # noqa: E402
from toolwright.repl.table import SIGN  # noqa: E402
from toolwright.settings import VARIABLES, Settings, Variable  # noqa: E402
from toolwright.types import CallStatus  # noqa: E402

ENDINGS: Final = {
    "error": "something else that you can act on; the message says what",
    "usage": "the command line, a setting or the goal itself is wrong; nothing was started",
    "budget": "the next model call could pass `--budget` or `--max-calls`, and was not made",
    "reply_shape": "the model's answers were of a shape nobody can read, also when asked again",
    "transcript": "a transcript cannot be read, or holds no reply for what was asked",
    "library": "the library's folder or its `tools.py` cannot be used",
    "library_syntax": "`tools.py` is not Python; names file and line, and nothing was overwritten",
    "library_write": "the library could not be written; it is as it was before",
    "library_busy": "another program has held the library's lock for too long",
    "library_changed": "what a candidate was tested with was changed meanwhile; nothing was written",
    "unknown_tool": "there is no tool of that name; names the nearest",
    "merge_clash": "a candidate would rebind a name that the library uses already",
    "not_permitted": "the tool declares what was not allowed; the message names the flag",
    "not_learned": "the goal that was reached cannot become one tool",
    "memory": "`.toolwright/memory.db`, which holds approvals and what happened, cannot be used; names why",
    "package": "a package that a tool requires is not allowed, not installed, or cannot be installed",
    "secret": "a secret that a call needs is not set, or the call may not have it",
    "sandbox": "no process could be started for the tool",
    "not_made": "no version of a function was good enough in all attempts",
    "contradicted": "a tool of the library contradicts an example that names it",
    "unknown_value": "a value is not in the goal, and there was nobody to ask",
    "bad_value": "the value that was typed in does not fit its parameter",
    "not_offered": "the function is there, but its arguments or its answer are not plain JSON values",
    "quarantined": "the tool failed its tests; `verify NAME` lets it out when it passes again",
    "bad_json": "the arguments are not JSON; names line and column",
    "not_an_object": "the arguments are JSON, but not an object",
    "missing_argument": "an argument without a default was not given",
    "unknown_argument": "the tool has no such parameter",
    "mistyped_argument": "an argument is of another type than its parameter; names the place in it",
    "exception": "the tool raised an exception; the message begins with its type",
    "raised": "the tool raised an exception; the message names its type",
    "timeout": "the tool ran longer than `--timeout`",
    "limit": "the tool used more memory, processor time, files or output than it may",
    "crashed": "the tool's process died, or wrote into the channel of its own answer",
    "not_json": "what the tool returned is not a JSON value",
    "bad_result": "what the tool returned is not a JSON value",
}
MODEL_ERRORS: Final = {
    "setup": "the key or the address cannot be used",
    "auth": "the server does not accept the key",
    "billing": "the account has no credit left",
    "model": "the model is not available to this account, and no fallback is either",
    "context": "the question is too long for the model",
    "request": "the server refuses the request as it is",
    "rate": "too many requests in a short time",
    "server": "the server has a fault of its own",
    "network": "the server cannot be reached",
    "timeout": "the answer was silent for too long, or was not finished in time",
    "protocol": "the server answered with something that is no model's answer",
    "truncated": "the answer was cut off, also with twice the room",
    "empty": "the model thought, but did not answer",
}


def page() -> str:
    """Return the whole page."""
    parser = build_parser(usages(), __version__)
    epilog = parser.epilog or ""
    template = (HERE / "cli.template.md").read_text(encoding="utf-8")
    parts = {
        "usage": parser.format_usage().removeprefix("usage: ").strip(),
        "commands": table(
            ["command", "what it does"], ((code(usage), about) for usage, about in usages().values())
        ),
        "prompt": table(["at the prompt", "what it does"], prompt_rows()),
        "options": table(["option", "what it does", "allowed"], options(parser)),
        "exit codes": table(["code", "meaning"], exit_codes(epilog)),
        "streams": epilog.partition("\n\n")[2].partition("\n\n")[2].strip(),
        "call errors": table(["`kind`", "meaning"], call_errors()),
        "settings": table(["setting", "meaning", "allowed", "default"], map(setting, VARIABLES)),
        "model errors": table(["`kind`", "meaning", "tried", "what to do"], model_errors()),
        "ends": table(["`kind`", "exit", "meaning"], ends()),
    }
    return re.sub(r"\{\{(.+?)\}\}", lambda found: parts[found[1]], template)


def prompt_rows() -> list[tuple[str, str]]:
    """List the commands of the prompt."""
    return [(code(f"{SIGN}{entry.usage}"), entry.about) for entry in prompt_table().values()]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar in a cell does not end it."""
    lines = ([cell.replace("|", r"\|") for cell in line] for line in [heads, ["---"] * len(heads), *rows])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Return text in the type of code."""
    return f"`{text}`"


def options(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, str]]:
    """List every option with its value, its help, and what its setting allows."""
    allowed = {flag: variable.allowed for variable in VARIABLES for flag in [variable.flag]}
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list
        metavar = action.metavar or ""
        value = " ".join(metavar) if isinstance(metavar, tuple) else metavar
        names = ", ".join(code(f"{name} {value}".strip()) for name in action.option_strings) or code(value)
        takes_value = bool(action.option_strings) and action.nargs != 0
        limits = [allowed[name] for name in action.option_strings if takes_value and name in allowed]
        yield names, sentence(action.help or ""), "".join(limits)


def exit_codes(epilog: str) -> list[tuple[str, str]]:
    """Read the exit codes off the end of the help."""
    listed = epilog.partition("exit codes:\n")[2].partition("\n\n")[0]
    found = re.findall(r"^ +(\d+) +(.+)$", listed, re.MULTILINE)
    return [(code(number), meaning) for number, meaning in found]


def call_errors() -> list[tuple[str, str]]:
    """List the kinds of errors of `--execute-tool`: of the request, of the library, of the call."""
    ours = ["usage", "library", "library_syntax", "library_busy", "library_write", "unknown_tool"]
    ours += ["package", "secret", "sandbox"]
    own = literals("cli/one_call.py", "CallError") | literals("cli/asked_tool.py", "CallError")
    named = {"raised": "exception", "bad_result": "not_json"}
    statuses = [named.get(status, status) for status in get_args(CallStatus) if status != "returned"]
    return [(code(kind), ENDINGS[kind]) for kind in in_order([*ours, *own, *statuses])]


def ends() -> list[tuple[str, str, str]]:
    """List what `error.kind` of a report may be, the kinds of model errors left out."""
    codes = {name: error.exit_code for name, error in kinds().items()}
    for module in ("pipeline.py", "making/repair.py", "making/heeding.py", "running.py"):
        codes = dict.fromkeys(literals(module, "Failure"), 1) | codes
    codes |= dict.fromkeys((status for status in get_args(CallStatus) if status != "returned"), 1)
    rows = [(code(kind), str(codes[kind]), ENDINGS[kind]) for kind in in_order(codes)]
    return [*rows, (code("bug"), "3", "a fault of Toolwright itself; a report was written")]


def kinds() -> dict[str, type[errors.ToolwrightError]]:
    """Return every class of error that has a kind of its own."""
    found: dict[str, type[errors.ToolwrightError]] = {}
    waiting = [errors.ToolwrightError]
    while waiting:
        error = waiting.pop(0)
        waiting += error.__subclasses__()
        ours = error.__module__ == errors.__name__ and error is not errors.ModelError
        if ours and "kind" in vars(error):
            found[error.kind] = error
    return found


def literals(module: str, called: str) -> set[str]:
    """Return the kinds with which a module of the package makes `called`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == called:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            found |= {value.value for value in named or node.args[:1] if isinstance(value, ast.Constant)}
    return found


def in_order(found: Iterable[str]) -> list[str]:
    """Return kinds in the order of `ENDINGS`, which must know each of them."""
    return sorted(set(found), key=list(ENDINGS).index)


def model_errors() -> list[tuple[str, str, str, str]]:
    """List the kinds of model errors with how often a call is tried and what its hint says."""
    at = Endpoint("SERVER", "NAME", "the server", "TOGETHER_API_KEY")
    return [
        (code(kind), MODEL_ERRORS[kind], times(TRIES.get(kind, 1)), sentence(model_error(kind, "", at).hint))
        for kind in errors.MODEL_ERROR_KINDS
    ]


def times(count: int) -> str:
    """Say a number of tries."""
    return "once" if count == 1 else f"up to {count} times"


def setting(variable: Variable) -> tuple[str, str, str, str]:
    """Describe one setting."""
    default = getattr(Settings(), variable.field)
    match default:
        case _ if variable.field in {"library", "workspace"}:
            shown = "the current folder"
        case _ if variable.field == "blocked":
            shown = "see there"
        case ():
            shown = "none"
        case bool():
            shown = "on" if default else "off"
        case tuple():
            shown = ", ".join(map(code, default))
        case float() | int():
            shown = f"{default:g}" if isinstance(default, float) else str(default)
        case str() if default:
            shown = code(default)
        case _:
            shown = "none"
    return code(variable.name), sentence(variable.about), variable.allowed, shown


def sentence(text: str) -> str:
    """Return the first paragraph of a text on one line, without a full stop at its end."""
    return " ".join(text.partition("\n\n")[0].split()).removesuffix(".")


if __name__ == "__main__":
    (HERE / "cli.md").write_text(page(), encoding="utf-8")
