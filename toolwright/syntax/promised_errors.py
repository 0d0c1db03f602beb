"""A docstring's `Raises:` and the exceptions that tests ask for in, what the two do not agree on out.

Classes are told apart by their last name. An exception stands for those it is a kind of, and for its kinds;
of a class that is not known here nobody says that it is another one.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Final

from toolwright.syntax.parsing import parse_text

_CLASS: Final = re.compile(r"\b(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)\b")
_ENTRY: Final = re.compile(
    r"^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:\s*(?:,|or|and)\s*[\w.]+)*\s*:", re.MULTILINE
)
_ENDINGS: Final = ("Error", "Exception", "Warning", "Exit", "Interrupt")
_KNOWN: Final = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_OF_MODULES: Final = {
    "AddressValueError": "ValueError",
    "BadZipFile": "Exception",
    "CalledProcessError": "Exception",
    "HTTPError": "OSError",
    "InvalidOperation": "ArithmeticError",
    "InvalidURL": "Exception",
    "JSONDecodeError": "ValueError",
    "NetmaskValueError": "ValueError",
    "ParseError": "SyntaxError",
    "StatisticsError": "ValueError",
    "TOMLDecodeError": "ValueError",
    "TimeoutExpired": "Exception",
    "URLError": "OSError",
    "ZoneInfoNotFoundError": "KeyError",
}
"""What often used exceptions of the standard library are kinds of."""
_OF_SURROUNDINGS: Final = (OSError, MemoryError, RecursionError, ImportError, EOFError, Warning)
"""What a full disk, a lost line or a small machine leads to: no test need bring it about."""


def disagreement(stub: str, raises: str, tests: str) -> str:
    """Say which exception is promised and asked for by no test, or the other way round; "" when none is.

    `raises` is the docstring's section; `stub` is the text with the exceptions that are defined beside it.

    Raises:
        SyntaxError: a text is not Python.
    """
    own = _own_classes(stub)
    asked = list(_asked(parse_text(tests)))
    promised = _mentioned(raises, own)
    for name in asked:
        if not any(_related(name, other, own) for other in promised):
            return (
                f"the tests ask for {name}, which the docstring's `Raises:` does not name; "
                "name it there, or leave the test out"
            )
    named = {each.id if isinstance(each, ast.Name) else each.attr for each in _names(parse_text(tests))}
    for name in _entries(raises, own):
        kind = _kind(name, own)
        if kind is None or issubclass(kind, _OF_SURROUNDINGS) or not issubclass(kind, Exception):
            continue
        if not any(_related(name, other, own) for other in {*asked, *named}):
            return (
                f"the docstring's `Raises:` names {name}, and no test asks for it; "
                "write a test with `pytest.raises`, or leave it out"
            )
    return ""


def is_promised(error_type: str, raises: str, source: str) -> bool:
    """Tell whether what was raised is among what `Raises:` names, as far as that is known."""
    own = _own_classes(source)
    kind = _kind(error_type, own)
    if kind is None or issubclass(kind, _OF_SURROUNDINGS) or not issubclass(kind, Exception):
        return True
    return any(_covers(other, error_type, own) for other in _mentioned(raises, own))


def _covers(promised: str, raised: str, own: dict[str, str]) -> bool:
    wide, narrow = _kind(promised, own), _kind(raised, own)
    if wide is None or narrow is None:
        return True
    if promised in own and raised != promised:
        return raised in own and promised in _line(raised, own)
    return promised == raised or issubclass(narrow, wide)


def _related(one: str, other: str, own: dict[str, str]) -> bool:
    """Whether one is a kind of the other; a class that nobody knows could be."""
    if one == other:
        return True
    first, second = _kind(one, own), _kind(other, own)
    if first is None or second is None:
        return _is_class_name(one) and _is_class_name(other)
    if one in own and other in own:
        return other in _line(one, own) or one in _line(other, own)
    return issubclass(first, second) or issubclass(second, first)


def _line(name: str, own: dict[str, str]) -> list[str]:
    line = [name]
    while line[-1] in own and own[line[-1]] not in line:
        line.append(own[line[-1]])
    return line


def _kind(name: str, own: dict[str, str]) -> type[BaseException] | None:
    """Return the builtin class that a class is, or is derived from, None when that is not known."""
    last = _line(name, own)[-1]
    return _KNOWN.get(_OF_MODULES.get(last, last))


def _own_classes(source: str) -> dict[str, str]:
    """Return the classes of a text with the first base of each."""
    return {
        node.name: ast.unparse(node.bases[0]).rpartition(".")[2]
        for node in parse_text(source).body
        if isinstance(node, ast.ClassDef) and node.bases
    }


def _mentioned(raises: str, own: dict[str, str]) -> list[str]:
    """Return all exceptions that a section names, however it is written."""
    return [name for name in _CLASS.findall(raises) if _is_class_name(name) or name in own]


def _entries(raises: str, own: dict[str, str]) -> list[str]:
    """Return the exceptions that begin an entry: `ValueError: the text is empty`."""
    names = [match.rpartition(".")[2] for match in _ENTRY.findall(raises)]
    return [name for name in names if _is_class_name(name) or name in own]


def _is_class_name(name: str) -> bool:
    return name in _KNOWN or name in _OF_MODULES or (name[:1].isupper() and name.endswith(_ENDINGS))


def _asked(tree: ast.Module) -> Iterator[str]:
    """Yield the exceptions that tests ask for by name: `pytest.raises(ValueError)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="raises" | "assertRaises" | "assertRaisesRegex")
                | ast.Name(id="raises"),
                args=[wanted, *_],
            ):
                for each in wanted.elts if isinstance(wanted, ast.Tuple) else [wanted]:
                    if isinstance(each, ast.Name | ast.Attribute):
                        name = each.id if isinstance(each, ast.Name) else each.attr
                        if _is_class_name(name):
                            yield name


def _names(tree: ast.Module) -> Iterator[ast.Name | ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield node
