"""Text of top-level statements -> the names they bind, and where those come from, and the names they use."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from toolwright.records import dataclass, field
from toolwright.syntax.chunks import Chunk, Sections, parse
from toolwright.syntax.inert import HARMLESS
from toolwright.syntax.used import used_by

_WORD = re.compile(r"\w+")
_LOOKS_UP = frozenset({"globals", "vars"})


@dataclass(frozen=True, slots=True)
class Import:
    """One name that an import binds: `import module [as alias]` or `from module import name [as alias]`."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name in the module."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def origin(self) -> tuple[str, str]:
        """What the bound name stands for; equal for `import a` and `import a.b`, which both bind `a`."""
        if self.name:
            return self.module, self.name
        return self.module if self.alias else self.bound, ""

    def __str__(self) -> str:
        alias = f" as {self.alias}" if self.alias else ""
        return (
            f"from {self.module} import {self.name}{alias}" if self.name else f"import {self.module}{alias}"
        )


def imports_of(node: ast.stmt) -> Iterator[Import]:
    """List what one import statement binds; nothing for any other statement."""
    if isinstance(node, ast.Import):
        for name in node.names:
            alias = name.asname or ""
            # `import a as a` binds like `import a`; `import a.b as a` does not
            yield Import(name.name, alias="" if alias == name.name else alias)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        for name in node.names:
            alias = name.asname or ""
            yield Import(module, name.name, "" if alias == name.name else alias)


def bound_by(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    """List every name that statements bind in their own scope, those inside `if`, `try`, ... included."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        for item in imports_of(node):
            yield item.bound
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.stmt):
                yield from bound_by([inner])
            elif isinstance(inner, ast.ExceptHandler | ast.match_case):
                yield from bound_by(inner.body)
            else:
                yield from _stored(inner)


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def filled_by(nodes: Iterable[ast.stmt]) -> Iterator[str]:
    """List the names whose values statements may change: by an item, an attribute or a method of theirs."""
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Subscript | ast.Attribute) and not isinstance(inner.ctx, ast.Load):
                yield from _root(inner)
            elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                yield from _root(inner.func)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def words(text: str) -> frozenset[str]:
    """Return every word of a text: a superset of the names it uses, found without a parser."""
    return frozenset(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Bindings:
    """Who binds which name in a library.

    `chunks` holds the index of the last chunk that defines a name, `imports` what imports bind outside `if`
    blocks (with `conditional`: inside), `header` every name bound in the header. `known_uses` holds, by index
    of chunk, what chunks were found to use.
    """

    sections: Sections
    chunks: dict[str, int]
    imports: dict[str, set[Import]]
    conditional: dict[str, set[Import]]
    header: frozenset[str]
    known_uses: dict[int, frozenset[str]] = field(default_factory=dict)

    def uses(self, index: int) -> frozenset[str]:
        """Return the names that a chunk uses, as `used_by` does."""
        found = self.known_uses.get(index)
        if found is None:
            found = self.known_uses[index] = used_by(self.sections.chunks[index].text)
        return found

    def binds(self, name: str) -> bool:
        """Tell whether the top level of the library binds a name in any way."""
        return name in self.chunks or name in self.header

    def definition(self, name: str) -> Chunk | None:
        """Return the chunk that defines a name."""
        index = self.chunks.get(name)
        return None if index is None else self.sections.chunks[index]

    def reach(self, names: Iterable[str], stop: Collection[str] = ()) -> dict[str, str]:
        """Map every name that is reached from `names`, through definitions, to what it stands for.

        That is the text of its chunk, the imports that bind it, the header when it binds it otherwise, and
        "" for a name that the library does not bind (a builtin, then). Names in `stop` but not in
        `names` count as such.
        """
        reached: dict[str, str] = {}
        first = frozenset(names)
        waiting = sorted(first)
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            chunk = self.definition(name)
            if name in stop and name not in first:
                reached[name] = ""
            elif chunk is not None:
                reached[name] = chunk.text.strip()
                waiting += sorted(self.uses(self.chunks[name]))
            elif name in self.imports and name not in self.conditional:
                reached[name] = "; ".join(sorted(map(str, self.imports[name])))
            else:
                reached[name] = self.sections.header if name in self.header else ""
        return reached

    def reached_by(self, name: str) -> tuple[str, ...]:
        """List what reaches `name` through definitions, in the order of the file, without itself.

        A table that a statement puts it into reaches it, and so does who asks for names by `globals()`.
        """
        found, frontier = {name}, {name}
        while frontier:
            users = {
                index
                for index, chunk in enumerate(self.sections.chunks)
                if any(one in chunk.text for one in (*frontier, *_LOOKS_UP))
                and (frontier | _LOOKS_UP) & self.uses(index)
            }
            reaching = {one for one, index in self.chunks.items() if index in users}
            for index in users:
                chunk = self.sections.chunks[index]
                if not chunk.name:
                    reaching.update(one for one in filled_by(parse(chunk.text).body) if one in self.chunks)
            frontier = reaching - found
            found |= frontier
        return tuple(one for one in self.chunks if one in found and one != name)


def rebinds(known: Bindings) -> bool:
    """Tell whether the top level binds a name twice, or one of those that `syntax.inert` trusts."""
    names = list(known.header)
    for chunk in known.sections.chunks:
        if chunk.name:
            names.append(chunk.name)
        elif chunk.text.strip():
            names += bound_by(parse(chunk.text).body)
    return len(names) != len(set(names)) or not HARMLESS.isdisjoint(known.chunks)


@lru_cache(maxsize=8)  # the same library is asked many things in a row; Sections are the same by identity
def bindings(sections: Sections) -> Bindings:
    """Read off the bindings; definitions are not parsed, only the header and statements between them."""
    imports: dict[str, set[Import]] = {}
    conditional: dict[str, set[Import]] = {}
    chunks: dict[str, int] = {}
    header = parse(sections.header).body
    _note_imports(header, imports, conditional)
    for index, chunk in enumerate(sections.chunks):
        if chunk.name:
            chunks[chunk.name] = index
        elif chunk.text.strip():
            body = parse(chunk.text).body
            _note_imports(body, imports, conditional)
            chunks.update(dict.fromkeys(bound_by(body), index))
    return Bindings(sections, chunks, imports, conditional, frozenset(bound_by(header)))


def _note_imports(
    nodes: list[ast.stmt], imports: dict[str, set[Import]], conditional: dict[str, set[Import]]
) -> None:
    for node in nodes:
        for item in imports_of(node):
            imports.setdefault(item.bound, set()).add(item)
        if isinstance(node, ast.Try):
            _note_imports(node.body, imports, conditional)
        elif isinstance(node, ast.If):
            inside = [inner for inner in ast.walk(node) if isinstance(inner, ast.stmt)]
            for item in (item for inner in inside for item in imports_of(inner)):
                conditional.setdefault(item.bound, set()).add(item)
