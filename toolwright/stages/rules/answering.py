"""The rules about answers: they are returned, not printed; a failure is raised, not returned as a text."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_PRINTERS: Final = {
    "print",
    "sys.stdout.write",
    "sys.stdout.writelines",
    "sys.stderr.write",
    "pprint.pprint",
    "pprint.pp",
    "sys.__stdout__.write",
    "traceback.print_exc",
}
_STREAMS: Final = {"sys.stdout", "sys.stderr", "sys.__stdout__"}
_ALL_ERRORS: Final = {"Exception", "BaseException"}
_LAMENT: Final = re.compile(r"\s*\W*(?:an? )?(?:error|exception|fail(?:ed|ure)?)\b", re.IGNORECASE)


def _prints(subject: Subject) -> Iterator[Finding]:
    for use in subject.uses.mentions:
        if use.name in _PRINTERS and not (use.call is not None and _into_a_file(use.call, subject)):
            message = f"`{use.name}` prints, which nobody reads; return the answer, and print nothing"
            yield Finding("prints", use.line, message)


def _into_a_file(call: ast.Call, subject: Subject) -> bool:
    """Tell whether a call says `file=`, and means something else than what is on the screen."""
    into = [word.value for word in call.keywords if word.arg in {"file", "stream"}]
    return bool(into) and not any(use.name in _STREAMS and use.node in into for use in subject.uses.mentions)


def _swallowed(subject: Subject) -> Iterator[Finding]:
    for node, scope in subject.uses.nodes:
        match node:
            case ast.ExceptHandler():
                said = _handled(node, scope, subject)
                if said:
                    yield Finding("swallowed", node.lineno, said)
            case ast.Try(finalbody=[*_, ast.Return() as last]):
                yield Finding("swallowed", last.lineno, f"a `return` below `finally` hides {_EVERY}")
            case ast.Call(func=func, args=arguments) if dotted(func, scope) == "contextlib.suppress":
                if any(dotted(argument, scope) in _ALL_ERRORS for argument in arguments):
                    yield Finding("swallowed", node.lineno, f"`{ast.unparse(node)}` hides {_EVERY}")


_EVERY: Final = "every mistake, its own too; catch the one exception that is expected, and let others pass"


def _handled(handler: ast.ExceptHandler, scope: Scope, subject: Subject) -> str:
    """Return what is wrong with how an exception is handled, "" for nothing."""
    inside = [inner for statement in handler.body for inner in ast.walk(statement)]
    if any(isinstance(inner, ast.Raise) for inner in inside):
        return ""
    answers = [inner.value for inner in inside if isinstance(inner, ast.Return) and inner.value is not None]
    if any(_laments(answer) for answer in answers):
        return "turns an exception into a text that is returned; raise it, so that the caller notices"
    if not _is_broad(handler.type, scope) or _kept_for_later(handler, subject):
        return ""
    return f"catches and hides {_EVERY}"


def _is_broad(caught: ast.expr | None, scope: Scope) -> bool:
    if caught is None:
        return True
    each = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(dotted(one, scope) in _ALL_ERRORS for one in each)


def _laments(answer: ast.expr) -> bool:
    """Tell whether an answer is a text that begins like "Error: ..."."""
    match answer:
        case ast.Constant(value=str(text)):
            return bool(_LAMENT.match(text))
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first):
            return _laments(first)
        case ast.Call(func=ast.Attribute(value=first, attr="format")):
            return _laments(first)
    return False


def _kept_for_later(handler: ast.ExceptHandler, subject: Subject) -> bool:
    """Tell whether the exception is put into a name that is raised below, as by one who tries again."""
    function = subject.uses.function_of(handler)
    kept = {
        target.id
        for node in handler.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == handler.name
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    raised = {
        inner.id
        for node in (ast.walk(function) if function and kept else ())
        if isinstance(node, ast.Raise)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name)
    }
    return bool(kept & raised)


def _trying(handling: str, caught: str = "Exception as error") -> str:
    return (
        f"def tool(text: str) -> str | None:\n    try:\n        return str(int(text))\n    except {caught}:\n"
        f"        {handling}\n"
    )


_AGAIN: Final = """def tool(text: str) -> int:
    last = None
    for base in (10, 16):
        try:
            return int(text, base)
        except Exception as error:
            last = error
    raise ValueError(text) from last
"""

PRINTS: Final = Rule(
    "prints",
    _prints,
    about="the answer is returned; nothing is printed",
    good=(
        "def tool(text: str) -> str:\n    return text\n",
        (
            "import io\n\n\ndef tool(text: str) -> str:\n    out = io.StringIO()\n    print(text, file=out)\n"
            "    return out.getvalue()\n"
        ),
    ),
    bad=(
        "def tool(text: str) -> None:\n    print(text)\n",
        "import sys\n\n\ndef tool(text: str) -> None:\n    sys.stdout.write(text)\n",
        "import sys\n\n\ndef tool(text: str) -> str:\n    print(text, file=sys.stderr)\n    return text\n",
        "from pprint import pprint\n\n\ndef tool(text: str) -> None:\n    pprint(text)\n",
    ),
)

SWALLOWED: Final = Rule(
    "swallowed",
    _swallowed,
    about="a failure is raised: no `except Exception` without a `raise`, no exception returned as a text",
    good=(
        _trying("return None", "ValueError"),
        _trying("raise ValueError(text) from error"),
        _trying("return 'not a number'", "ValueError"),
        _AGAIN,
        (
            "import json\n\n\ndef tool(text: str) -> str | None:\n    try:\n        json.loads(text)\n"
            "    except json.JSONDecodeError as error:\n        return error.msg\n    return None\n"
        ),
    ),
    bad=(
        _trying('return f"Error: {error}"'),
        _trying('return f"Error: {error}"', "ValueError as error"),
        _trying('return "Failed to read " + text', "ValueError"),
        _trying('return "error: {}".format(error)', "(ValueError, TypeError) as error"),
        _trying("return None"),
        _trying("return None", "BaseException"),
        _trying("pass", "(ValueError, Exception)"),
        _trying("return None").replace(" Exception as error", ""),
        (
            "import contextlib\n\n\ndef tool(text: str) -> int:\n    with contextlib.suppress(Exception):\n"
            "        return int(text)\n    return 0\n"
        ),
        _AGAIN.replace("raise ValueError(text) from last", "return 0"),
        "def tool(text: str) -> int:\n    n = 0\n    try:\n        n += 1\n    finally:\n        return n\n",
    ),
)
