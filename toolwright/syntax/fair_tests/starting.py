"""Tests that start programs -> findings.

Where tools are proven tests cannot do that, and plain pytest, which runs them later, confines nobody.
"""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.fair_tests.rule import Rule, TestFile
from toolwright.syntax.permissions.outside import FUNCTIONS
from toolwright.types import Finding


def _starts(file: TestFile) -> Iterator[Finding]:
    for node in ast.walk(file.tree):
        name = file.dotted(node)
        row = FUNCTIONS.get(name) if name else None
        if row and "execute" in row.kinds:
            why = f"`{name}` {row.does}, which tests may not do; judge the tool by its answers"
            yield Finding("starting", getattr(node, "lineno", 1), why)


_USE: Final = "from tools import tool\n\n\ndef test_a():\n    assert tool(1) == 2\n"
STARTING: Final = Rule(
    "starting",
    _starts,
    good=(
        f"import sys\n{_USE}    assert tool(sys.executable) == 3\n",
        f"import os\n{_USE}    assert os.path.exists(tool(2))\n",
        f"import subprocess\n{_USE}    assert tool(3) == subprocess.DEVNULL\n",
    ),
    bad=(
        f"import os\nos.system('true')\n{_USE}",
        f"from os import system as do\n{_USE}    do('true')\n",
        f"import subprocess\n{_USE}    assert subprocess.run(['true']).returncode == tool(2)\n",
        f"import os\n{_USE}    assert list(map(os.popen, [tool(2)]))\n",
    ),
)
