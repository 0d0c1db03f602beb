"""The rules that a tool is documented well enough to be called without its source, and as was promised."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.types import Docstring, Finding

_PERMISSIONS: Final = re.compile(r"^[ \t]*Permissions:.*$", re.MULTILINE | re.IGNORECASE)
"""Who writes the body knows best what it needs; that the line is true is a rule of its own."""


def _documented(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None:
        return
    for message in _missing(function, subject.said):
        yield Finding("documented", function.lineno, message)


def _missing(function: ast.FunctionDef, docstring: Docstring) -> Iterator[str]:
    if not docstring.summary:
        yield "the docstring has no summary line"
        return
    parameters = [a.arg for a in [*function.args.args, *function.args.kwonlyargs]]
    undescribed = [name for name in parameters if name not in docstring.args]
    if undescribed:
        yield f"the docstring's `Args:` section does not describe {', '.join(undescribed)}"
    if not docstring.returns:
        yield "the docstring has no `Returns:` section"
    if not docstring.raises:
        yield "the docstring has no `Raises:` section (write `Raises: nothing` when there is nothing)"
    if ">>>" not in docstring.example:
        yield "the docstring has no `Example:` section with a doctest"
    if not docstring.keywords:
        yield "the docstring has no `Keywords:` line"


def _promised(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None or not subject.docstring:
        return
    if _said(ast.get_docstring(function) or "") != _said(subject.docstring):
        message = "the docstring differs from the contract's; keep it word for word but for `Permissions:`"
        yield Finding("promised", function.lineno, message)


def _said(docstring: str) -> list[str]:
    return _PERMISSIONS.sub("", docstring).split()


_WHOLE = '''def tool(text: str) -> str:
    """Return the text in capitals.

    Args:
        text: Any text.

    Returns:
        The same text, upper case.

    Raises:
        ValueError: the text is empty.

    Example:
        >>> tool("a")
        'A'

    Keywords: shout, upper case
    """
    return text.upper()
'''

DOCUMENTED: Final = Rule(
    "documented",
    _documented,
    about="the docstring has a summary, `Args`, `Returns`, `Raises`, an `Example`, and `Keywords`",
    good=(_WHOLE, _WHOLE.replace("Raises:\n        ValueError: the text is empty.", "Raises: nothing")),
    bad=(
        "def tool(text: str) -> str:\n    return text\n",
        _WHOLE.replace("        text: Any text.\n", ""),
        _WHOLE.replace("    Returns:\n        The same text, upper case.\n", ""),
        _WHOLE.replace("    Raises:\n        ValueError: the text is empty.\n", ""),
        _WHOLE.replace(">>> ", ""),
        _WHOLE.replace("    Keywords: shout, upper case\n", ""),
    ),
)

PROMISED: Final = Rule(
    "promised",
    _promised,
    about="the docstring is the one of the contract, but for line breaks, indents and `Permissions:`",
    needed=True,
    good=(
        'def tool(text: str) -> str:\n    """Return the text."""\n    return text\n',
        'def tool(text: str) -> str:\n    """Return\n    the text.\n    """\n    return text\n',
        (
            'def tool(path: str) -> str:\n    """Return the text.\n\n    Permissions: read\n    """\n'
            "    return open(path, encoding='utf-8').read()\n"
        ),
    ),
    bad=(
        "def tool(text: str) -> str:\n    return text\n",
        'def tool(text: str) -> str:\n    """Return some text."""\n    return text\n',
    ),
)
