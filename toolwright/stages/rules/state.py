"""The rules that a call leaves nothing behind: in the module, in other people's modules, in the process."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Row, Rule, Subject, mentions_of
from toolwright.syntax.changing import changed_in_place, is_changed, root_name
from toolwright.syntax.names import BUILTIN_NAMES, bound_names
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_REMEMBERED: Final = "a call must not leave anything for the next one; keep it in a local name"


def _module_state(subject: Subject) -> Iterator[Finding]:
    own = set(bound_names(subject.tree))
    others = _other_names(subject, own)
    for node, scope in subject.uses.nodes:
        if isinstance(node, ast.Global):
            yield Finding("module-state", node.lineno, f"`global {', '.join(node.names)}`: {_REMEMBERED}")
        if isinstance(node, ast.ClassDef) and node in subject.tree.body:
            yield from _shared_by_instances(node)
        if scope is subject.uses.module:
            continue
        for value in changed_in_place(node, _called(node, scope)):
            name = root_name(value)
            name = others.get((id(scope.home(name)), name), name)
            if name in own and scope.home(name) is subject.uses.module and not scope.is_module(name):
                if scope.origin(name) is not None:
                    continue  # what is imported is the matter of another rule
                yield Finding("module-state", _line(node), f"`{name}` is changed: {_REMEMBERED}")


def _other_names(subject: Subject, own: set[str]) -> dict[tuple[int, str], str]:
    """Return the local names that are given a constant of the file, and nothing else."""
    found: dict[tuple[int, str], set[str]] = {}
    for node, scope in subject.uses.nodes:
        if isinstance(node, ast.Assign) and scope is not subject.uses.module:
            given = node.value.id if isinstance(node.value, ast.Name) else ""
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault((id(scope), target.id), set()).add(given)
    return {place: min(given) for place, given in found.items() if len(given) == 1 and given <= own}


def _shared_by_instances(owner: ast.ClassDef) -> Iterator[Finding]:
    """Yield what begins empty in a class, to be filled: all that is ever made of it fills the same one."""
    for node in owner.body:
        match node:
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if ast.unparse(value) in {"[]", "{}", "list()", "dict()", "set()"}:
                    message = f"`{ast.unparse(node)}` in a class is there for all calls: {_REMEMBERED}"
                    yield Finding("module-state", node.lineno, message)


def _called(node: ast.AST, scope: Scope) -> str:
    return (dotted(node.func, scope) or "") if isinstance(node, ast.Call) else ""


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)


def _patching(subject: Subject) -> Iterator[Finding]:
    for node, scope in subject.uses.nodes:
        for owner in _patched(node, scope, subject):
            text = ast.unparse(owner)
            message = f"`{text}` belongs to others and is changed; every other program in the process sees it"
            yield Finding("patching", _line(node), message)
    for use in subject.uses.mentions:
        if use.is_of(["unittest.mock", "mock"]):
            yield Finding("patching", use.line, f"`{use.name}`: replaces parts of other people's modules")


def _patched(node: ast.AST, scope: Scope, subject: Subject) -> Iterator[ast.expr]:
    """Yield the modules, imported names, builtins and classes whose attributes a node sets or deletes."""
    match node:
        case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
            owners = [value]
        case ast.Call(args=[owner, *_]) if dotted(node.func, scope) in {"setattr", "delattr"}:
            owners = [owner]
        case ast.Call(args=[owner]) | ast.Attribute(value=owner, attr="__dict__") if is_changed(
            node, subject.uses.parents
        ) and _is_namespace(node, scope):
            owners = [owner]
        case _:
            return
    for owner in owners:
        name = dotted(owner, scope)
        if (name and name not in _OWN_OBJECTS) or _is_class(owner, scope):
            yield owner


_OWN_OBJECTS: Final = frozenset({"sys.stdout", "sys.stderr"})


def _is_namespace(node: ast.AST, scope: Scope) -> bool:
    """Tell whether a node is `vars(module)` or `module.__dict__`."""
    match node:
        case ast.Call(args=[owner]):
            return dotted(node.func, scope) == "vars" and dotted(owner, scope) is not None
        case ast.Attribute(value=owner):
            return isinstance(owner, ast.Name) and scope.is_module(owner.id)
    return False


def _is_class(node: ast.expr, scope: Scope) -> bool:
    """Tell whether an expression is the class of something: `type(x)`, `x.__class__`."""
    match node:
        case ast.Call(func=func, args=[_]):
            return dotted(func, scope) == "type"
        case ast.Attribute(attr="__class__"):
            return True
        case ast.Name(id=name):
            return name in BUILTIN_NAMES and scope.home(name) is None
    return False


def _process_state(subject: Subject) -> Iterator[Finding]:
    yield from _PROCESS(subject)
    for node, scope in subject.uses.nodes:
        match node:
            case ast.Attribute(value=ast.Call(func=func), ctx=ast.Store()) if (
                dotted(func, scope) == "decimal.getcontext"
            ):
                yield Finding("process-state", node.lineno, f"`{ast.unparse(node)}`: {_LOCALLY}")
    for node, scope in subject.uses.nodes:
        for value in changed_in_place(node):
            if dotted(value, scope) in {"os.environ", "sys.argv", "sys.path"}:
                message = (
                    f"`{ast.unparse(value)}` is changed for the whole process; hand the value on instead"
                )
                yield Finding("process-state", _line(node), message)


_WHOLE: Final = "changes the whole process, also for the programs that import this file"
_LOCALLY: Final = f"{_WHOLE}; use `with decimal.localcontext() as context`"
_PROCESS: Final = mentions_of(
    "process-state",
    (
        Row("os.chdir os.fchdir os.chroot", f"{_WHOLE}; join paths with the folder instead"),
        Row("os.putenv os.unsetenv", f"{_WHOLE}; give `subprocess.run` an `env`"),
        Row("os.umask os.nice os.setuid os.setgid os.setsid os.setpgrp", _WHOLE),
        Row("locale.setlocale time.tzset", f"{_WHOLE}; take the locale or the time zone as a parameter"),
        Row("signal.signal signal.alarm signal.setitimer atexit", _WHOLE),
        Row("sys.setrecursionlimit sys.setswitchinterval threading.stack_size", f"{_WHOLE}; use a loop"),
        Row("resource.setrlimit socket.setdefaulttimeout", f"{_WHOLE}; give the call itself a `timeout`"),
        Row("decimal.setcontext", _LOCALLY),
        Row("logging.basicConfig logging.disable", _WHOLE),
        Row("warnings.filterwarnings warnings.simplefilter warnings.resetwarnings", _WHOLE),
    ),
)

MODULE_STATE: Final = Rule(
    "module-state",
    _module_state,
    about="a call leaves nothing for the next one: no `global`, and no constant, function or class of the "
    "file is changed",
    good=(
        "_WORDS = {'a': 1}\n\n\ndef tool(word: str) -> int:\n    return _WORDS.get(word, 0)\n",
        (
            "_WORDS = ['a']\n\n\ndef tool() -> list[str]:\n    words = list(_WORDS)\n"
            "    words.append('b')\n    return words\n"
        ),
        "_SEEN = 1\n\n\ndef tool() -> list[int]:\n    _SEEN = []\n    _SEEN.append(2)\n    return _SEEN\n",
        (
            "def tool(n: int) -> int:\n    total = 0\n\n    def add() -> None:\n        nonlocal total\n"
            "        total += n\n\n    add()\n    return total\n"
        ),
        (
            "import json\n_ENCODER = json.JSONEncoder()\n\n\ndef tool(n: int) -> str:\n"
            "    return _ENCODER.encode(n)\n"
        ),
        "class RateError(ValueError):\n    codes = [429]\n\n\ndef tool() -> int:\n    raise RateError\n",
    ),
    bad=(
        "_COUNT = 0\n\n\ndef tool() -> int:\n    global _COUNT\n    _COUNT += 1\n    return _COUNT\n",
        "_SEEN = []\n\n\ndef tool(n: int) -> int:\n    _SEEN.append(n)\n    return len(_SEEN)\n",
        "_CACHE = {}\n\n\ndef tool(n: int) -> int:\n    _CACHE[n] = n\n    return len(_CACHE)\n",
        "_CACHE = {}\n\n\ndef tool(n: int) -> int:\n    return _CACHE.setdefault(n, n)\n",
        "_CACHE = {'a': [1]}\n\n\ndef tool(n: int) -> int:\n    del _CACHE['a'][0]\n    return n\n",
        "def tool(n: int) -> int:\n    tool.calls = n\n    return n\n",
        "_CACHE = {}\n\n\ndef tool(n: int) -> int:\n    known = _CACHE\n    known[n] = n\n    return n\n",
        (
            "class SeenError(ValueError):\n    seen: list[int] = []\n\n\ndef tool(n: int) -> int:\n"
            "    SeenError().seen.append(n)\n    return n\n"
        ),
        (
            "import heapq\n_HEAP = []\n\n\ndef tool(n: int) -> int:\n    heapq.heappush(_HEAP, n)\n"
            "    return n\n"
        ),
    ),
)

PATCHING: Final = Rule(
    "patching",
    _patching,
    about="nothing of other modules, of the builtins or of their classes is replaced, set or deleted",
    good=(
        (
            "import csv\n\n\ndef tool(text: str) -> list[list[str]]:\n    class _Dialect(csv.excel):\n"
            "        pass\n\n    dialect = _Dialect()\n    dialect.delimiter = ';'\n"
            "    return list(csv.reader([text], dialect))\n"
        ),
        (
            "import types\n\n\ndef tool(n: int) -> int:\n    box = types.SimpleNamespace()\n"
            "    setattr(box, 'n', n)\n    return box.n\n"
        ),
        (
            "import decimal\n\n\ndef tool(n: int) -> str:\n    with decimal.localcontext() as context:\n"
            "        context.prec = 3\n        return str(decimal.Decimal(n) / 7)\n"
        ),
    ),
    bad=(
        "import math\n\n\ndef tool(n: int) -> int:\n    math.pi = 3\n    return n\n",
        "import json\n\n\ndef tool(n: int) -> int:\n    setattr(json, 'dumps', str)\n    return n\n",
        "import json as j\n\n\ndef tool(n: int) -> int:\n    delattr(j, 'dumps')\n    return n\n",
        "import builtins\n\n\ndef tool(n: int) -> int:\n    builtins.len = str\n    return n\n",
        (
            "from datetime import datetime\n\n\ndef tool(n: int) -> int:\n    datetime.max = None\n"
            "    return n\n"
        ),
        "import json\n\n\ndef tool(n: int) -> int:\n    vars(json)['dumps'] = str\n    return n\n",
        "import json\n\n\ndef tool(n: int) -> int:\n    json.__dict__['dumps'] = str\n    return n\n",
        "def tool(n: int) -> int:\n    type(n).name = 'n'\n    return n\n",
        (
            "import unittest.mock\n\n\ndef tool(n: int) -> int:\n"
            "    with unittest.mock.patch('json.dumps'):\n        return n\n"
        ),
    ),
)

PROCESS_STATE: Final = Rule(
    "process-state",
    _process_state,
    about="the process stays as it is: no `os.chdir`, no change of environment, locale, signals or limits",
    good=(
        "import os\n\n\ndef tool(path: str) -> str:\n    return os.path.abspath(path)\n",
        (
            "import os\n\n\ndef tool(given: dict[str, str]) -> dict[str, str]:\n    env = dict(given)\n"
            "    env['A'] = os.linesep\n    return env\n"
        ),
        (
            "import logging\n\n\ndef tool(n: int) -> int:\n"
            "    logging.getLogger('tool').info('%s', n)\n    return n\n"
        ),
    ),
    bad=(
        "import os\n\n\ndef tool(path: str) -> str:\n    os.chdir(path)\n    return path\n",
        "import os\n\n\ndef tool(name: str) -> str:\n    os.environ[name] = 'x'\n    return name\n",
        "import os\n\n\ndef tool(name: str) -> str:\n    os.environ.update({name: 'x'})\n    return name\n",
        "from os import environ\n\n\ndef tool(name: str) -> str:\n    del environ[name]\n    return name\n",
        "import locale\n\n\ndef tool() -> str:\n    return locale.setlocale(locale.LC_ALL, 'C')\n",
        "import sys\n\n\ndef tool() -> None:\n    sys.setrecursionlimit(10**6)\n",
        "import signal\n\n\ndef tool() -> None:\n    signal.alarm(1)\n",
        "import decimal\n\n\ndef tool() -> None:\n    decimal.getcontext().prec = 50\n",
        "import warnings\n\n\ndef tool() -> None:\n    warnings.simplefilter('ignore')\n",
    ),
)
