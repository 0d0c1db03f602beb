"""A public function that a person wrote -> what it lacks to be a tool, or why it cannot be one."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Final

from toolwright.errors import ToolNotFoundError, ToolwrightError
from toolwright.library.bindings import Bindings, bindings
from toolwright.library.dressing import RETURNS, dressed
from toolwright.library.excerpt import excerpt_of
from toolwright.library.store import Snapshot, Store
from toolwright.permissions.needs import needs
from toolwright.records import dataclass, replace
from toolwright.stages.review import finding_text, review_source
from toolwright.stages.rules import Rule
from toolwright.syntax.chunks import split
from toolwright.syntax.docstring import parse_docstring
from toolwright.syntax.lacking import lacks_types
from toolwright.syntax.nearest import tool_not_found
from toolwright.syntax.parsing import parse_text
from toolwright.syntax.reading import definitions, unix_lines
from toolwright.syntax.schema import Definitions, NotJsonTypeError, annotation_schema
from toolwright.types import Docstring, Finding, Permission

_OF_TYPES: Final = frozenset({"types", "signature"})
_OF_THE_DOCSTRING: Final = frozenset({"documented", "permissions"})
"""Rules whose complaints types, or a docstring, mend."""
_OF_THE_ANSWER: Final = "the return value: "
_NO_JSON: Final = re.compile(
    r"\b(tuple|set|frozenset|bytes|bytearray|Path|Iterator|Generator|date|datetime|Decimal)\b", re.IGNORECASE
)
"""What an answer is, by its author's own word, that no other type would make JSON."""
_DECLARED: Final = re.compile(r"docstring|`Requires:|in a `Secrets:")
"""What a complaint says that a line of the docstring mends; all others are about the code."""


@dataclass(frozen=True, slots=True)
class Handwritten:
    """A function with what it uses, as a text of its own, and what it lacks.

    `untyped` are the parameters (and `RETURNS`) without a type that is JSON; `said` is the docstring it has.
    """

    name: str
    source: str
    tests: str
    untyped: frozenset[str]
    undocumented: bool
    said: Docstring
    callable_tools: frozenset[str]
    taken: frozenset[str]
    needs: Mapping[str, frozenset[Permission]]

    def dressed(self, stub: str) -> str:
        """Return its text with what it lacks taken from a stub.

        Raises:
            SyntaxError, KeyError: the stub lacks it too.
        """
        return dressed(self.source, self.name, stub, untyped=self.untyped, undocumented=self.undocumented)

    def unfit(self, stub: str, rules: Sequence[Rule]) -> str:
        """Say why it cannot have the types and the docstring of a stub, "" when it can."""
        try:
            source = self.dressed(stub)
        except KeyError as lacking:
            return f"the stub lacks the type or docstring: {lacking.args[0]}"
        summary = parse_docstring(_docstring(stub, self.name)).summary
        if self.undocumented and self.said.summary and summary != self.said.summary:
            return f"the docstring must begin with its author's summary: {self.said.summary}"
        found = self.reviewed(source, rules)
        return "; ".join(f"the function with that stub: {finding_text(each)}" for each in found)

    def reviewed(self, source: str, rules: Sequence[Rule]) -> tuple[Finding, ...]:
        """Apply the rules of review to the function as it would be."""
        return review_source(
            self.name,
            source,
            taken=self.taken,
            callable_tools=self.callable_tools,
            needs=self.needs,
            rules=rules,
        )


def read_handwritten(store: Store, name: str, rules: Sequence[Rule]) -> Handwritten:
    """Read a function that is to become a tool as it is.

    Raises:
        ToolNotFoundError: there is none of that name; names the nearest.
        ToolwrightError: it cannot become a tool without a change of its code; says why.
        LibraryError: as for `Store.read` and `Store.tests_of`.
    """
    snapshot = store.read()
    known = bindings(split(snapshot.text))
    _check_shape(snapshot, name)
    _check_public(known, name)
    _check_uses(snapshot, known, name)
    source = "\n".join(unix_lines(excerpt_of(known, name)))
    tools = frozenset(snapshot.tools) - {name}
    called = {one: needs(snapshot.text, snapshot.tools[one]) for one in known.reach([name]) if one in tools}
    written = Handwritten(
        name,
        source,
        store.tests_of(name) or "",
        _untyped(source, name),
        undocumented=False,
        said=parse_docstring(_docstring(source, name)),
        callable_tools=tools,
        taken=snapshot.names - {name},
        needs=called,
    )
    return _judged(written, rules, snapshot)


def _check_public(known: Bindings, name: str) -> None:
    chunk = known.definition(name)
    if name.startswith("_") and chunk is not None:
        users = [one for one in known.reached_by(name) if not one.startswith("_")]
        told = f", which is used by {', '.join(users)}: adopt that" if users else ""
        raise ToolwrightError(f"{name} is a private helper{told}; only public functions are tools")
    if chunk is None or chunk.kind != "function":
        functions = [one.name for one in known.sections.chunks if one.kind == "function"]
        unknown = tool_not_found(name, [one for one in functions if not one.startswith("_")])
        raise ToolNotFoundError(str(unknown), nearest=unknown.nearest, hint=unknown.hint)


def _check_shape(snapshot: Snapshot, name: str) -> None:
    """Refuse what no types can help, such as a generator."""
    for other in snapshot.not_offered:
        if other.name != name:
            continue
        if name in snapshot.quarantined:
            raise ToolwrightError(
                f"{name} {other.reason}; it is no tool as long as its own tests fail",
                hint=f"python agent.py verify {name}",
            )
        if not lacks_types(other) or (
            other.reason.startswith(_OF_THE_ANSWER) and _NO_JSON.search(other.reason)
        ):
            raise ToolwrightError(
                f"{name} cannot be adopted as it stands: {_sentence(other.reason)}",
                hint=f"change it on line {other.line} of tools.py, and try again",
            )


def _sentence(reason: str) -> str:
    return reason if reason.startswith(_OF_THE_ANSWER) else f"it {reason}"


def _check_uses(snapshot: Snapshot, known: Bindings, name: str) -> None:
    """Refuse a function that uses public things of the library which are no tools."""
    for used in known.reach([name], stop=snapshot.tools.keys() - {name}):
        chunk = known.definition(used)
        if chunk is None or used.startswith("_") or used == name or used in snapshot.tools:
            continue
        is_function = chunk.kind == "function"
        raise ToolwrightError(
            f"{name} cannot be adopted as it stands: it uses `{used}`, which is no tool",
            hint=f"adopt {used} first, or call it _{used}" if is_function else f"call it _{used} in tools.py",
        )


def _judged(written: Handwritten, rules: Sequence[Rule], snapshot: Snapshot) -> Handwritten:
    """Sort out what review holds against the function: what a contract may mend, and what nobody else may."""
    found = written.reviewed(written.source, rules)
    of_docstring = [
        each for each in found if each.rule in _OF_THE_DOCSTRING or _DECLARED.search(each.message)
    ]
    of_code = [each for each in found if each.rule not in _OF_TYPES and each not in of_docstring]
    if of_code:
        first, *more = (_said(each, written, snapshot) for each in of_code)
        others = f" (and {len(more)} more: {'; '.join(more)})" if more else ""
        raise ToolwrightError(
            f"{written.name} cannot be adopted as it stands: {first}{others}",
            hint="its code stays as you wrote it: change it in tools.py, and try again",
        )
    return replace(written, undocumented=bool(of_docstring))


def _said(finding: Finding, written: Handwritten, snapshot: Snapshot) -> str:
    """Write a finding with its line in tools.py, where that is in the function itself."""
    here = _function(written.source, written.name)
    text = f"{finding.message} [{finding.rule}]"
    if not here.lineno <= finding.line <= (here.end_lineno or 0):
        return text
    there = _function(snapshot.text, written.name)
    return f"line {finding.line - here.lineno + there.lineno}: {text}"


def _untyped(source: str, name: str) -> frozenset[str]:
    """Return the parameters, and `RETURNS`, that have no type, or one of which JSON has no values."""
    function, defined = _function(source, name), definitions(parse_text(source))
    types = {one.arg: one.annotation for one in (*function.args.args, *function.args.kwonlyargs)}
    types |= {RETURNS: function.returns}
    return frozenset(key for key, node in types.items() if not _is_json(node, defined))


def _is_json(annotation: ast.expr | None, defined: Definitions) -> bool:
    if annotation is None:
        return False
    try:
        annotation_schema(annotation, defined)
    except NotJsonTypeError:
        return False
    return True


def _docstring(source: str, name: str) -> str:
    return ast.get_docstring(_function(source, name)) or ""


def _function(source: str, name: str) -> ast.FunctionDef:
    functions = (node for node in parse_text(source).body if isinstance(node, ast.FunctionDef))
    found = [node for node in functions if node.name == name]
    if not found:
        raise KeyError(name)
    return found[-1]
