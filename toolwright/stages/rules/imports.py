"""The rule that `import tools` needs nothing but the standard library and never imports itself."""

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.names import is_standard_module
from toolwright.syntax.requirements import Requirement, covers, requirements
from toolwright.types import Finding

_REMEDY_OF_A_STUB: Final = "declare it in a `Requires:` line"
_REMEDY_OF_A_CANDIDATE: Final = "it is not declared in a `Requires:` line, so do without it"


def _imports(subject: Subject) -> Iterator[Finding]:
    at_top = set(subject.tree.body)
    declared = requirements(subject.said.requires)
    remedy = _REMEDY_OF_A_CANDIDATE if subject.docstring else _REMEDY_OF_A_STUB
    foreign: set[str] = set()
    for node in ast.walk(subject.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for message in _complaints(node):
            yield Finding("imports", node.lineno, message)
        for package in dict.fromkeys(_foreign(node)):
            foreign.add(package)
            if node in at_top:
                message = f"`{package}` is not in the standard library; import it inside the function"
                yield Finding("imports", node.lineno, message)
            if not any(covers(each, package) for each in declared):
                yield Finding("imports", node.lineno, f"`{package}` is not in the standard library; {remedy}")
    yield from _unused(subject, declared, foreign)


def _unused(
    subject: Subject, declared: Sequence[Requirement], imported: Collection[str]
) -> Iterator[Finding]:
    """Complain of what a finished function declares and does without; a stub has no body to import it."""
    function = subject.function
    if function is None or not subject.docstring:
        return
    for requirement in declared:
        if not any(covers(requirement, package) for package in imported):
            message = f"`Requires:` names {requirement.distribution}, which is imported nowhere; use it"
            yield Finding("imports", function.lineno, message)


def _complaints(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        if node.level:
            yield "a relative import; tools stand in one file"
            return
        if any(alias.name == "*" for alias in node.names):
            yield f"`from {node.module} import *` hides which names it brings; import them by name"
    for package in _packages(node):
        if package == "__future__":
            yield "`from __future__` would change the whole library; write the function without it"
        elif package == "tools":
            yield "tools call each other by name, without importing the library"


def _foreign(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for package in _packages(node):
        if package not in {"__future__", "tools", ""} and not is_standard_module(package):
            yield package


def _packages(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [] if node.level else [(node.module or "").partition(".")[0]]
    return [alias.name.partition(".")[0] for alias in node.names]


IMPORTS: Final = Rule(
    "imports",
    _imports,
    about="what is not standard is imported inside the function and named in `Requires:`; no `import *`",
    needed=True,
    good=(
        "import json\nfrom collections import Counter\n\n\ndef tool() -> int:\n    return 1\n",
        (
            'def tool() -> int:\n    """Fetch.\n\n    Requires: requests\n    """\n'
            "    import requests\n\n    return requests.codes.ok\n"
        ),
        (
            'def tool() -> str:\n    """Read.\n\n    Requires: PyYAML, beautifulsoup4>=4 (bs4), sklearn\n'
            '    """\n    import bs4\n    import yaml\n    from sklearn import tree\n\n'
            "    return str([bs4.x, yaml.x, tree.x])\n"
        ),
    ),
    bad=(
        "import requests\n\n\ndef tool() -> int:\n    return 1\n",
        "def tool() -> int:\n    import requests\n\n    return 1\n",
        'def tool() -> int:\n    """Fetch.\n\n    Requires: requests\n    """\n    return 1\n',
        "from math import *\n\n\ndef tool() -> int:\n    return 1\n",
        "from tools import other\n\n\ndef tool() -> int:\n    return 1\n",
        "from . import other\n\n\ndef tool() -> int:\n    return 1\n",
        "from __future__ import annotations\n\n\ndef tool() -> int:\n    return 1\n",
    ),
)
