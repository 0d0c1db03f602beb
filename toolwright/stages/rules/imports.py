"""The rule that `import tools` needs nothing but the standard library and never imports itself."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.names import is_standard_module
from toolwright.types import Finding

_PACKAGE: Final = re.compile(r"(?:^|\()\s*([A-Za-z0-9_-]+)")
"""The name before a version or an extra, and one in brackets: `beautifulsoup4>=4 (bs4)`."""


def _imports(subject: Subject) -> Iterator[Finding]:
    at_top = set(subject.tree.body)
    for node in ast.walk(subject.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for message in _complaints(node, top=node in at_top, declared=_declared(subject)):
                yield Finding("imports", node.lineno, message)


def _declared(subject: Subject) -> frozenset[str]:
    if subject.function is None:
        return frozenset()
    requires = parse_docstring(ast.get_docstring(subject.function)).requires
    return frozenset(word.replace("-", "_").lower() for name in requires for word in _PACKAGE.findall(name))


def _complaints(node: ast.Import | ast.ImportFrom, *, top: bool, declared: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
        if node.level:
            yield "a relative import; tools stand in one file"
            return
        if any(alias.name == "*" for alias in node.names):
            yield f"`from {node.module} import *` hides which names it brings; import them by name"
    else:
        modules = [alias.name for alias in node.names]
    for module in modules:
        package = module.partition(".")[0]
        if package == "__future__":
            yield "`from __future__` would change the whole library; write the function without it"
        elif package == "tools":
            yield "tools call each other by name, without importing the library"
        elif not is_standard_module(package):
            if top:
                yield f"`{package}` is not in the standard library; import it inside the function"
            if package.lower() not in declared:
                yield f"`{package}` is not in the standard library; declare it in a `Requires:` line"


IMPORTS: Final = Rule(
    "imports",
    _imports,
    good=(
        "import json\nfrom collections import Counter\n\n\ndef tool() -> int:\n    return 1\n",
        (
            'def tool() -> int:\n    """Fetch.\n\n    Requires: requests\n    """\n'
            "    import requests\n\n    return requests.codes.ok\n"
        ),
    ),
    bad=(
        "import requests\n\n\ndef tool() -> int:\n    return 1\n",
        "def tool() -> int:\n    import requests\n\n    return 1\n",
        "from math import *\n\n\ndef tool() -> int:\n    return 1\n",
        "from tools import other\n\n\ndef tool() -> int:\n    return 1\n",
        "from . import other\n\n\ndef tool() -> int:\n    return 1\n",
        "from __future__ import annotations\n\n\ndef tool() -> int:\n    return 1\n",
    ),
)
