"""Rules about names: every name used is there, and no name of a tool takes another's place."""

import keyword
import re
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.names import BUILTIN_NAMES, bound_names, free_names, is_standard_module, line_of
from toolwright.syntax.parsing import parse_text
from toolwright.types import Finding

_TOOL_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST: Final = 60


def _unresolved(subject: Subject) -> Iterator[Finding]:
    missing = sorted(free_names(subject.source) - subject.callable_tools)
    masked = _of_tests(subject.tests) if missing and subject.tests else frozenset()
    for name in missing:
        message = f"`{name}` is used but neither defined, imported nor built in"
        if name in masked:
            message += "; that the tests have one of this name does not help"
        yield Finding("unresolved", line_of(subject.source, name), message)


def _of_tests(tests: str) -> frozenset[str]:
    """Return the names that a test file has: they are in another process than the function."""
    try:
        return frozenset(bound_names(parse_text(tests)))
    except SyntaxError:
        return frozenset()


def why_not_a_name(name: str, taken: frozenset[str]) -> str:
    """Return "" when a new tool may have this name, else why not, as feedback to its author."""
    if not _TOOL_NAME.fullmatch(name) or len(name) > _LONGEST:
        return f"`{name}` is not a snake_case name of at most {_LONGEST} ASCII characters"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in BUILTIN_NAMES:
        return f"`{name}` is a name of the Python language; choose another"
    if name.startswith("test"):
        return f"`{name}` would be collected as a test; choose a name that does not begin with `test`"
    if is_standard_module(name):
        return f"`{name}` is a module of the standard library; choose another name"
    if name in taken:
        return f"`{name}` is taken in the library; choose another name"
    return ""


def _clash(subject: Subject) -> Iterator[Finding]:
    why = why_not_a_name(subject.name, subject.taken)
    if why and subject.function is not None:
        yield Finding("clash", subject.function.lineno, why)


UNRESOLVED: Final = Rule(
    "unresolved",
    _unresolved,
    about="every name used is defined, imported, built in, or a tool of the library",
    needed=True,
    good=(
        "import csv\n\n\ndef tool(path: str) -> int:\n    return len(list(csv.reader([path])))\n",
        "def tool(n: int) -> int:\n    return sum(i for i in range(n)) + _ONE\n\n\n_ONE = 1\n",
        "def tool(n: int) -> int:\n    import math\n\n    return math.floor(n)\n",
    ),
    bad=(
        "def tool(path: str) -> int:\n    return len(list(csv.reader([path])))\n",
        "def tool(n: int) -> int:\n    return _helper(n)\n",
        "def tool(n: int) -> int:\n    return Count(n)\n",
    ),
)

CLASH: Final = Rule(
    "clash",
    _clash,
    about="the name is snake_case, not taken, no word of Python, no standard module, and no test",
    needed=True,
    good=("def tool() -> int:\n    return 1\n",),
    bad=(
        "def sum(n: int) -> int:\n    return n\n",
        "def json(n: int) -> int:\n    return n\n",
        "def test_tool(n: int) -> int:\n    return n\n",
        "def match(n: int) -> int:\n    return n\n",
        "def CamelCase(n: int) -> int:\n    return n\n",
        "def taken(n: int) -> int:\n    return n\n",
    ),
)
