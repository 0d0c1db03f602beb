"""The text of a function -> a hash that is equal for functions that differ in names only, found quickly.

It can be equal for others too: `alpha.alpha_form` decides. Only functions of one outline need that.
"""

import ast
from collections import Counter
from hashlib import blake2b
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
    return hash(outline_of(parse_text(source)))


def outline_of(tree: ast.Module) -> str:
    """Return the same of a tree, which is stripped, as a text to be kept."""
    counts: Counter[str] = Counter()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.expr):  # expressions, the most of a text, have nothing to be stripped of
            strip(node)
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Constant):
            counts[repr(node.value)] += 1
        elif not isinstance(node, _PASSED_OVER):
            counts[type(node).__name__] += 1
    return blake2b(repr(sorted(counts.items())).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
