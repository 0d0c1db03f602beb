"""One chunk of a library -> what it says for itself: the tool it defines, or what it binds, and what it uses.

It depends on the chunk's own text and on the definitions that its annotations name, on nothing else. Lines
are counted from 0 at the beginning of the chunk.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from toolwright.records import dataclass, replace
from toolwright.syntax.cutting import Chunk
from toolwright.syntax.inert import is_inert_tree
from toolwright.syntax.names import bindings
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import definitions, functions_below, read_function, unix_lines
from toolwright.syntax.schema import Definitions
from toolwright.syntax.used import used_by
from toolwright.types import Docstring, NotOffered, Tool

Definition: TypeAlias = ast.expr | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Said:
    """What one chunk says.

    A public function has `tool`, its details as JSON, or `reason`, why it is not offered; `lines` are its
    first line, decorators included, and the one after its last; `asked` are the names its annotations were
    looked up by. Any other chunk, with the `lines` of its statements, has in `binds` the public names that
    each of them binds, by line, and in `below` the public functions that stand below an `if`, a `try` and the
    like; `defines` are the classes and aliases that annotations may name. Where it was looked at wholly,
    `uses` are the names it uses of its module, as `used_by` says, and `inert` whether to leave it out changes
    nothing; a public function then has an `outline`, that of `syntax.outline`.
    """

    tool: str = ""
    reason: str = ""
    lines: tuple[int, int] = (0, 0)
    asked: tuple[str, ...] = ()
    binds: tuple[tuple[int, tuple[str, ...]], ...] = ()
    below: tuple[tuple[int, str], ...] = ()
    defines: tuple[str, ...] = ()
    uses: frozenset[str] | None = None
    inert: bool | None = None
    outline: str = ""

    @property
    def is_function(self) -> bool:
        """Tell whether it is a public function."""
        return bool(self.tool or self.reason)


class Asked(Mapping[str, Definition]):
    """Definitions by name that remember which names they were asked for."""

    def __init__(self, find: Callable[[str], Definition | None]) -> None:
        self._find = find
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Definition:
        self.names.add(name)
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def is_public_function(chunk: Chunk) -> bool:
    """Tell whether a chunk is a function that may be a tool."""
    return chunk.kind == "function" and not chunk.name.startswith("_")


def read_function_chunk(
    chunk: Chunk, find: Callable[[str], Definition | None], *, wholly: bool = False
) -> Said:
    """Read a public function; `find` returns the definition of a name.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = parse_text(chunk.text)
    node, *more = tree.body
    if more or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        raise SyntaxError("not one function")  # the cuts were wrong
    asked = Asked(find)
    read = read_function(node, unix_lines(chunk.text), asked)
    names = tuple(sorted(asked.names))
    if isinstance(read, NotOffered):
        return Said(reason=read.reason, asked=names, **_looked_at(chunk.text, tree, wholly=wholly))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    lines = (first - 1, node.end_lineno or node.lineno)
    return Said(_details(read), lines=lines, asked=names, **_looked_at(chunk.text, tree, wholly=wholly))


def read_other_chunk(text: str, *, wholly: bool = False) -> Said:
    """Read anything but a public function.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = parse_text(text)
    first = tree.body[0].lineno if tree.body else 1
    found, below = [], []
    for node in tree.body:
        names = tuple(sorted({name for name in bindings(node) if not name.startswith("_")}))
        if names:
            found.append((node.lineno - first, names))
        below += [(one.lineno - first, one.name) for one in functions_below(node)]
    return Said(
        lines=(first - 1, (tree.body[-1].end_lineno or first) if tree.body else first),
        binds=tuple(found),
        below=tuple(below),
        defines=tuple(definitions(tree)),
        **_looked_at(text, tree, wholly=wholly),
    )


def looked_at_wholly(text: str, said: Said) -> Said:
    """Return what a chunk says with all of it.

    Raises:
        SyntaxError: it is not Python.
    """
    return said if said.uses is not None else replace(said, **_looked_at(text, parse_text(text), wholly=True))


def _looked_at(text: str, tree: ast.Module, *, wholly: bool) -> dict[str, Any]:
    if not wholly:
        return {}
    found = {"uses": used_by(text, tree), "inert": is_inert_tree(tree)}
    match tree.body:
        case [ast.FunctionDef(name=name)] if not name.startswith("_"):
            from toolwright.syntax.outline import outline_of

            return {**found, "outline": outline_of(tree)}  # at the end: the tree is stripped for it
    return found


def definitions_in(text: str) -> Definitions:
    """Return the classes and aliases of a text.

    Raises:
        SyntaxError: it is not Python.
    """
    return definitions(parse_text(text))


def tool_of(chunk: Chunk, said: Said) -> Tool:
    """Return the tool that a chunk defines."""
    about = json.loads(said.tool)
    first, end = said.lines
    source = "\n".join(unix_lines(chunk.text)[first:end]) + "\n"
    parts = about["docstring"]
    for name in ("keywords", "permissions", "varies", "requires", "secrets"):
        parts[name] = tuple(parts[name])
    return Tool(
        chunk.name,
        about["signature"],
        source,
        Docstring(**parts),
        about["parameters"],
        about["returns"],
        chunk.line,
    )


def _details(tool: Tool) -> str:
    docstring = {name: getattr(tool.docstring, name) for name in Docstring.__match_args__}
    about = {
        "signature": tool.signature,
        "docstring": docstring,
        "parameters": tool.parameters,
        "returns": tool.returns,
    }
    return json.dumps(about)
