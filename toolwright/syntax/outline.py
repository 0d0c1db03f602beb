"""The text of a function -> a hash that is equal for functions that differ in names only, found quickly.

It can be equal for others too: `alpha.alpha_form` decides. Only functions of one outline need that.
"""

import ast
from collections import Counter
from typing import Final

from toolwright.syntax.alpha import strip
from toolwright.syntax.parsing import parse_text

# What an import becomes depends on where it stands and on what it names; names do not count.
_PASSED_OVER: Final = (
    ast.Import,
    ast.ImportFrom,
    ast.alias,
    ast.Name,
    ast.Attribute,
    ast.Pass,
    ast.expr_context,
    ast.Global,
    ast.Nonlocal,
)


def outline(source: str) -> int:
    """Return how often each kind of node and each constant stands in a text, as one number.

    Raises:
        SyntaxError: the text is not Python.
    """
    counts: Counter[str] = Counter()
    waiting: list[ast.AST] = [parse_text(source)]
    while waiting:
        node = waiting.pop()
        strip(node)
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Constant):
            counts[repr(node.value)] += 1
        elif not isinstance(node, _PASSED_OVER):
            counts[type(node).__name__] += 1
    return hash(frozenset(counts.items()))
