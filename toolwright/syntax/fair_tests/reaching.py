"""Tests that look for the tool's text or load it themselves -> findings."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.types import Finding

_OPENERS: Final = frozenset({"open", "io.open", "pathlib.Path", "os.open", "runpy.run_path", "codecs.open"})
_LOADERS: Final = ("importlib.util.", "importlib.machinery.", "runpy.", "imp.", "zipimport.")
_BY_NAME: Final = frozenset({"importlib.import_module", "__import__", "importlib.__import__"})
_TABLES: Final = frozenset({"sys.path", "sys.modules", "sys.meta_path", "sys.path_hooks"})
_PLAIN: Final = frozenset({"__name__", "__class__"})


def _reaches(file: TestFile) -> Iterator[Finding]:
    for name, call in file.calls():
        if _loads(file, name, call):
            yield _finding(call.lineno, name)
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Name | ast.Attribute):
            continue
        if file.dotted(node) in _TABLES or _looks_inside(file, node):
            yield _finding(node.lineno, file.dotted(node))


def _loads(file: TestFile, name: str, call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    said = first.value if isinstance(first, ast.Constant) else None
    if name in _OPENERS:
        return isinstance(said, str) and said.replace("\\", "/").rpartition("/")[2] == "tools.py"
    if name in _BY_NAME:
        return not isinstance(said, str) or said.partition(".")[0] == "tools"
    if name == "importlib.reload" or name.startswith("inspect."):
        return first is not None and file.is_tools(first)
    return name.startswith(_LOADERS)


def _looks_inside(file: TestFile, node: ast.Name | ast.Attribute) -> bool:
    """Tell whether it is something like `tool.__code__` or `tools.__file__`."""
    if isinstance(node, ast.Name):
        return False
    return node.attr.startswith("__") and node.attr not in _PLAIN and file.is_tools(node.value)


def _finding(line: int, what: str) -> Finding:
    return Finding(
        "reaching",
        line,
        f"`{what}` cannot reach the tool, which is in another process; take it with `from tools import ...` "
        "and judge it by its answers",
    )


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
_WITH_FILE: Final = f"{_USE}\n\ndef test_b(tmp_path):\n"
REACHING: Final = Rule(
    "reaching",
    _reaches,
    good=(
        f"{_WITH_FILE}    (tmp_path / 'tools.py').write_text('x')\n    assert tool(2) == 3\n",
        f"import importlib\n{_USE}    importlib.import_module('json')\n    assert tool.__name__ == 'tool'\n",
        f"import sys\n{_USE}    assert sys.maxsize > tool(1)\n",
        f"{_WITH_FILE}    with open(tmp_path / 'a') as file:\n        assert tool(file.read())\n",
    ),
    bad=(
        f"{_USE}    assert 'def' in open('tools.py').read()\n",
        f"from pathlib import Path\nTEXT = Path('../tools.py').read_text()\n{_USE}",
        f"import importlib\n{_USE}    importlib.import_module('tools').tool(1)\n",
        f"import importlib\nimport tools\n{_USE}    importlib.reload(tools)\n",
        f"from importlib.util import spec_from_file_location as spec\nS = spec('t', 'x.py')\n{_USE}",
        f"import runpy\n{_USE}    runpy.run_path('tools.py')['tool'](1)\n",
        f"import sys\nsys.path.insert(0, '..')\n{_USE}",
        f"import sys\n{_USE}    sys.modules.pop('tools')\n",
        f"import inspect\n{_USE}    assert 'return' in inspect.getsource(tool)\n",
        f"{_USE}    assert tool.__code__.co_argcount == 1\n",
        f"import tools\n{_USE}    assert tools.__file__\n",
        f"{_USE}    __import__('tools').tool(1)\n",
    ),
)
