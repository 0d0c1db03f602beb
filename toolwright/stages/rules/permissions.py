"""The rule that a tool declares exactly the permissions that its text, and the tools it calls, need."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.permissions.inference import Needs, infer_needs
from toolwright.types import Finding

_KNOWN: Final = ("read", "write", "network", "execute")


def _permissions(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None:
        return
    declared = subject.said.permissions
    for line, message in _complaints(subject, function, declared):
        yield Finding("permissions", line, message)


def _complaints(
    subject: Subject, function: ast.FunctionDef, declared: tuple[str, ...]
) -> Iterator[tuple[int, str]]:
    for word in declared:
        if word not in _KNOWN:
            known = ", ".join(_KNOWN)
            yield function.lineno, f"`{word}` is no permission; `Permissions:` takes some of {known}, or none"
    if _is_unwritten(function):
        return
    needs = infer_needs(subject.tree, subject.name, subject.needs)
    for need in needs.certain:
        if need.permission not in declared:
            yield need.line, f"{need.why}: add `{need.permission}` to the docstring's `Permissions:` line"
    yield from _idle(function, declared, needs)


def _idle(function: ast.FunctionDef, declared: tuple[str, ...], needs: Needs) -> Iterator[tuple[int, str]]:
    for word in dict.fromkeys(declared):
        if word in _KNOWN and word not in needs.permissions | needs.perhaps:
            message = f"nothing in it needs `{word}`: take it out of the docstring's `Permissions:` line"
            yield function.lineno, message


def _is_unwritten(function: ast.FunctionDef) -> bool:
    """Tell whether a function is only the stub of a contract."""
    body = [node for node in function.body if not isinstance(node, ast.Pass)]
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


_READING: Final = '''def tool(path: str) -> str:
    """Read a file.

    Permissions: read
    """
    with open(path, encoding='utf-8') as file:
        return file.read()
'''

PERMISSIONS: Final = Rule(
    "permissions",
    _permissions,
    about="`Permissions:` says exactly what its text, and the tools it calls, need",
    needed=True,
    good=(
        "def tool(n: int) -> int:\n    return n + 1\n",
        _READING,
        _READING.replace("open(path, encoding='utf-8')", "open(path, 'w', encoding='utf-8')").replace(
            "read\n    ", "write\n    "
        ),
        _READING.replace("open(path, encoding='utf-8')", "_opened(path)")
        + "\n\ndef _opened(path: str):\n    return open(path, 'rb')\n",
        (
            'import tempfile\n\n\ndef tool() -> int:\n    """Work in a temporary file."""\n'
            "    with tempfile.NamedTemporaryFile('w') as file:\n        return file.write('x')\n"
        ),
        'def tool(url: str) -> str:\n    """Fetch.\n\n    Permissions: network\n    """\n    ...\n',
        (
            'def tool(path: str) -> str:\n    """Convert.\n\n    Permissions: read, write\n'
            '    Requires: converter\n    """\n    import converter\n\n    return converter.convert(path)\n'
        ),
    ),
    bad=(
        _READING.replace("    Permissions: read\n", ""),
        _READING.replace("Permissions: read", "Permissions: write"),
        _READING.replace("Permissions: read", "Permissions: read, network"),
        _READING.replace("Permissions: read", "Permissions: read, disk"),
        _READING.replace("open(path, encoding='utf-8')", "open(path, 'r+', encoding='utf-8')"),
        "import subprocess\n\n\ndef tool() -> int:\n    return subprocess.run(['true']).returncode\n",
        "import urllib.request\n\n\ndef tool(u: str) -> int:\n    return urllib.request.urlopen(u).status\n",
        "import pathlib\n\n\ndef tool(p: str) -> None:\n    _P(p).unlink()\n\n\n_P = pathlib.Path\n",
        'def tool() -> int:\n    """Add.\n\n    Permissions: read\n    """\n    return 1 + 1\n',
    ),
)
