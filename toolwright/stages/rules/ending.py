"""The rules that a call comes to an end by returning or raising: it neither exits, nor asks, nor serves."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from toolwright.stages.rules.rule import Row, Rule, Subject, mentions_of
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_RAISE: Final = "ends the whole program; return the answer, or raise an exception that says what is wrong"
_PARAMETER: Final = "waits for somebody at a keyboard; take the value as a parameter"
_NEVER: Final = "serves until somebody stops it; a tool does one thing and returns"

_EXITS: Final = mentions_of(
    "exits",
    (
        Row("sys.exit os._exit os.abort exit quit SystemExit KeyboardInterrupt", _RAISE),
        Row("os.kill os.killpg signal.raise_signal signal.pthread_kill", "kills processes; do without it"),
    ),
)
_ASKS: Final = mentions_of(
    "asks",
    (
        Row("input getpass.getpass sys.stdin fileinput.input cmd.Cmd readline", _PARAMETER),
        Row("breakpoint tkinter curses turtle", _PARAMETER),
    ),
)
_SERVES: Final = mentions_of(
    "endless",
    (
        Row(
            "uvicorn.run waitress.serve aiohttp.web.run_app bottle.run http.server.test hypercorn.run", _NEVER
        ),
        Row("signal.pause signal.sigwait asyncio.AbstractEventLoop.run_forever", _NEVER),
    ),
)
_SERVING_METHODS: Final = {"serve_forever", "run_forever", "handle_forever", "start_polling", "mainloop"}
_APPLICATIONS: Final = ("flask", "fastapi", "bottle", "quart", "sanic", "dash", "streamlit", "gradio")
_FOREVER: Final = {"itertools.count", "itertools.cycle", "itertools.repeat"}
_Loop = ast.While | ast.For


def _exits(subject: Subject) -> Iterator[Finding]:
    caught = {
        id(inner)
        for node, _ in subject.uses.nodes
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for inner in ast.walk(node.type)
    }
    lines = {use.line for use in subject.uses.mentions if id(use.node) in caught}
    yield from (finding for finding in _EXITS(subject) if finding.line not in lines)


def _asks(subject: Subject) -> Iterator[Finding]:
    yield from _ASKS(subject)


def _endless(subject: Subject) -> Iterator[Finding]:
    yield from _SERVES(subject)
    applications = _names_of_applications(subject)
    for node, scope in subject.uses.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=method)) if method in _SERVING_METHODS:
                yield Finding("endless", node.lineno, f"`{method}`: {_NEVER}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="run")) if name in applications:
                yield Finding("endless", node.lineno, f"`{name}.run`: {_NEVER}")
            case ast.While() | ast.For() if (
                _goes_on(node, scope) and not _leaves(node.body) and not _is_caught(node, subject)
            ):
                message = "a loop without an end: nothing in it breaks, returns or raises"
                yield Finding("endless", node.lineno, message)


def _names_of_applications(subject: Subject) -> set[str]:
    """Return the names that are given an application of a web framework."""
    found: set[str] = set()
    for node, scope in subject.uses.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if (dotted(func, scope) or "").partition(".")[0] in _APPLICATIONS:
                    found.add(name)
    return found


def _goes_on(loop: _Loop, scope: Scope) -> bool:
    if isinstance(loop, ast.While):
        return isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    match loop.iter:
        case ast.Call(func=func, args=arguments):
            name = dotted(func, scope)
            return name in _FOREVER and not (name == "itertools.repeat" and len(arguments) > 1)
    return False


def _is_caught(loop: _Loop, subject: Subject) -> bool:
    """Tell whether an exception that something in the loop raises is its way out: a `try` is around it."""
    inner: ast.AST = loop
    for outer in subject.uses.around(loop):
        if isinstance(outer, ast.FunctionDef):
            return False
        if isinstance(outer, ast.Try) and outer.handlers and inner in outer.body:
            return True
        inner = outer
    return False


def _leaves(body: Iterable[ast.stmt]) -> bool:
    """Tell whether something in the body of a loop may leave it: a break of its own, a return, a raise."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, True) for statement in body]
    while waiting:
        node, own = waiting.pop()
        match node:
            case ast.Return() | ast.Raise() | ast.Yield() | ast.YieldFrom() | ast.Assert():
                return True
            case ast.Break() if own:
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.While(body=inner, orelse=after) | ast.For(body=inner, orelse=after):
                waiting += [(statement, False) for statement in inner]
                waiting += [(statement, own) for statement in after]
            case ast.Call(func=ast.Name(id="next"), args=[_]):
                return True  # ends by StopIteration
            case _:
                waiting += [(child, own) for child in ast.iter_child_nodes(node)]
    return False


EXITS: Final = Rule(
    "exits",
    _exits,
    about="a call ends by returning or raising, never by ending the program: no `sys.exit`, `os._exit`, "
    "`quit`, `SystemExit`, and no killing of processes",
    good=(
        (
            "def tool(n: int) -> int:\n    if n < 0:\n        raise ValueError(f'{n} is negative')\n"
            "    return n\n"
        ),
        "def tool(exit: str) -> str:\n    return exit\n",
        (
            "import argparse\n\n\ndef tool(text: str) -> str:\n    try:\n"
            "        return str(argparse.ArgumentParser().parse_args(text.split()))\n"
            "    except SystemExit as error:\n        raise ValueError(text) from error\n"
        ),
    ),
    bad=(
        "import sys\n\n\ndef tool(n: int) -> int:\n    if n < 0:\n        sys.exit(1)\n    return n\n",
        "from sys import exit as stop\n\n\ndef tool(n: int) -> int:\n    stop(n)\n    return n\n",
        "import os\n\n\ndef tool(n: int) -> int:\n    os._exit(n)\n",
        "def tool(n: int) -> int:\n    quit()\n",
        "def tool(n: int) -> int:\n    raise SystemExit(n)\n",
        "import os\nimport signal\n\n\ndef tool() -> None:\n    os.kill(0, signal.SIGTERM)\n",
    ),
)

ASKS: Final = Rule(
    "asks",
    _asks,
    about="nobody is asked: no `input`, `getpass`, standard input, window or debugger",
    good=("def tool(input: str) -> str:\n    return input.strip()\n",),
    bad=(
        "def tool() -> str:\n    return input('Name: ')\n",
        "import getpass\n\n\ndef tool() -> int:\n    return len(getpass.getpass())\n",
        "import sys\n\n\ndef tool() -> str:\n    return sys.stdin.read()\n",
        "def tool(n: int) -> int:\n    breakpoint()\n    return n\n",
    ),
)

_SERVER: Final = '''import http.server


def tool(port: int) -> None:
    """Serve.

    Permissions: network
    """
    server = http.server.HTTPServer(("localhost", port), http.server.SimpleHTTPRequestHandler)
    server.handle_request()
'''

ENDLESS: Final = Rule(
    "endless",
    _endless,
    about="a call comes to an end: no server that serves forever, and no loop that nothing leaves",
    good=(
        _SERVER,
        (
            "def tool(text: str) -> list[str]:\n    found: list[str] = []\n    letters = list(text)\n"
            "    try:\n"
            "        while True:\n            found.append(letters.pop())\n    except IndexError:\n"
            "        return found\n"
        ),
        (
            "def tool(n: int) -> int:\n    while True:\n        n //= 2\n        if n < 2:\n"
            "            break\n    return n\n"
        ),
        "def tool(n: int) -> int:\n    while True:\n        for i in range(n):\n            return i\n",
        (
            "import itertools\n\n\ndef tool(n: int) -> int:\n    for i in itertools.count():\n"
            "        if i * i > n:\n            return i\n    return 0\n"
        ),
    ),
    bad=(
        _SERVER.replace("handle_request", "serve_forever"),
        "def tool(n: int) -> int:\n    while True:\n        n += 1\n",
        (
            "def tool(n: int) -> int:\n    while 1:\n        for i in range(n):\n            if i:\n"
            "                break\n"
        ),
        (
            "import itertools\n\n\ndef tool(n: int) -> int:\n    for i in itertools.count():\n"
            "        n += i\n    return n\n"
        ),
        (
            'def tool(port: int) -> None:\n    """Serve.\n\n    Requires: flask\n    """\n'
            "    from flask import Flask\n\n"
            "    app = Flask('tool')\n    app.run(port=port)\n"
        ),
    ),
)
