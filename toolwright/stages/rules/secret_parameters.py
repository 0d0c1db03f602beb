"""The rule about secrets: they enter by parameters that say so, have no value in the source, never leave."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from toolwright.redaction import looks_like_key
from toolwright.stages.rules.rule import Rule, Subject
from toolwright.types import Finding

_SECRET: Final = re.compile(
    r"(?:.*_)?(?:api_?key|access_key|private_key|secret_key|secret|token|password|passwd|passphrase|"
    r"credentials?)"
)
_PRINTING: Final = {"print", "debug", "info", "warning", "error", "exception", "critical", "log"}
_SHOWING: Final = {"str", "repr", "format", "dict", "list", "join", "strip", "upper", "lower"}
"""Calls whose answer still is what they were given; of all others it is not known."""


def _secrets(subject: Subject) -> Iterator[Finding]:
    yield from _literals(subject.tree)
    function = subject.function
    if function is None:
        return
    docstring = subject.said
    parameters = _parameters(function)
    for name in docstring.secrets:
        if name not in parameters:
            message = f"`Secrets:` names `{name}`, which is no parameter"
            yield Finding("secrets", function.lineno, message)
    for name, default in parameters.items():
        if name in docstring.secrets:
            yield from _kept(function, name, default)
        elif _SECRET.fullmatch(name):
            yield Finding(
                "secrets",
                function.lineno,
                f"`{name}` looks like a secret; list it in a `Secrets:` line, or, if it is none, rename it",
            )


def _literals(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks_like_key(node.value):
            message = "a text that looks like a key; secrets enter by a parameter that `Secrets:` lists"
            yield Finding("secrets", node.lineno, message)


def _parameters(function: ast.FunctionDef) -> dict[str, ast.expr | None]:
    """Map parameters to their defaults, None where there is none."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(named) - len(arguments.defaults)), *arguments.defaults]
    named += arguments.kwonlyargs
    defaults += arguments.kw_defaults
    return {argument.arg: default for argument, default in zip(named, defaults, strict=True)}


def _kept(function: ast.FunctionDef, name: str, default: ast.expr | None) -> Iterator[Finding]:
    """Complain of a secret that has a value in the source, or is shown as it is."""
    if default is not None and not (isinstance(default, ast.Constant) and default.value in {None, ""}):
        message = f"the secret `{name}` must have no default but None"
        yield Finding("secrets", function.lineno, message)
    for node in ast.walk(function):
        shown = _shown(node)
        if shown is not None and _holds(shown, name):
            said = {ast.Return: "returned", ast.Raise: "put into an exception"}.get(type(node), "printed")
            yield Finding(
                "secrets", getattr(node, "lineno", 1), f"the secret `{name}` is {said}; leave it out"
            )


def _shown(node: ast.AST) -> ast.expr | None:
    """Return what a statement or call shows to the outside."""
    match node:
        case ast.Return(value=value):
            return value
        case ast.Raise(exc=ast.Call(args=args)):
            return ast.List(elts=args, ctx=ast.Load())
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=args):
            return ast.List(elts=args, ctx=ast.Load()) if called in _PRINTING else None
    return None


def _holds(value: ast.expr, name: str) -> bool:
    """Tell whether a value is, or is made of, the very text of a name."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=found):
                if found == name:
                    return True
            case ast.Call(func=func, args=args, keywords=keywords):
                called = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
                if called in _SHOWING:
                    waiting += [func, *args, *(keyword.value for keyword in keywords)]
            case ast.Compare() | ast.Lambda():
                continue
            case ast.IfExp(body=body, orelse=orelse):
                waiting += [body, orelse]
            case ast.Subscript(value=value):
                waiting.append(value)
            case _:
                waiting += ast.iter_child_nodes(node)
    return False


def _tool(body: str, *, parameter: str = "token: str", secrets: str = "\n\n    Secrets: token") -> str:
    return f'def tool(url: str, {parameter}) -> str:\n    """Send.{secrets}\n    """\n    {body}\n'


SECRETS: Final = Rule(
    "secrets",
    _secrets,
    about="parameters like `api_key` stand in `Secrets:`, without a default, and are not shown; no keys",
    needed=True,
    good=(
        _tool("return url + str(len(token))"),
        _tool('return url if token else ""', parameter="token: str | None = None"),
        _tool('return "".join(c for c in url if c != token)'),
        "def tool(tokens: list[str], keyword: str) -> int:\n    return len(tokens)\n",
    ),
    bad=(
        _tool("return url", secrets=""),
        _tool("return url", parameter="api_key: str", secrets=""),
        _tool("return url", parameter="user_password: str", secrets=""),
        _tool("return url", parameter='token: str = "abc"'),
        _tool("return url", secrets="\n\n    Secrets: token, other"),
        _tool("return token"),
        _tool('return f"{url}?token={token}"'),
        _tool("return str(token)"),
        _tool("import logging\n\n    logging.info(url, token)\n    return url"),
        _tool('raise ValueError(f"{token} is wrong")'),
        'def tool() -> str:\n    return "ghp_' + "0123456789abcdefghij" + '"\n',
    ),
)
