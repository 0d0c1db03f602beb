"""What is planted: a contract with the function that somebody wrote for it, and what must become of it."""

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Planted:
    """`stage` refuses it with a reason that holds `why`; both are "" for a control, which is admitted.

    `signature` begins with the function's name; `doctest` is its example; `says` are more docstring lines.
    `beside` stands above the function in stub and source, `above` in the source alone. `kept` are the sources
    of what the library holds already, `examples` the user's own, `answers` further tests that the author of
    the contract has when asked, `installed` packages on the shelf. `pending` names the part of the gate that
    is still missing.
    """

    title: str
    signature: str
    doctest: str
    body: str
    tests: str
    says: tuple[str, ...] = ()
    raises: str = "nothing"
    beside: str = ""
    above: str = ""
    below: str = ""
    stub: str = ""
    kept: tuple["Planted", ...] = ()
    widens: bool = False
    examples: tuple[str, ...] = ()
    answers: Sequence[str] = ()
    installed: tuple[str, ...] = ()
    stage: str = ""
    why: str = ""
    slow: bool = False
    pending: str = ""

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.signature.partition("(")[0]

    @property
    def contract(self) -> str:
        """The stub: what the author of the contract writes above the tests."""
        return self.stub or _joined(self.beside, self._function("..."))

    @property
    def source(self) -> str:
        """The function as its author writes it."""
        return _joined(self.beside, self.above, self._function(self.body), self.below)

    def spoilt(self, title: str, stage: str, why: str, **changes: object) -> "Planted":
        """Return the same with a defect: `changes` are fields, or `old` and `new` text of the body."""
        old = changes.pop("old", None)
        if old is not None:
            assert str(old) in self.body, title
            changes["body"] = self.body.replace(str(old), str(changes.pop("new")))
        return replace(self, title=title, stage=stage, why=why, **changes)  # type: ignore[arg-type]  # by name

    def _function(self, body: str) -> str:
        definition = ast.parse(f"def {self.signature}: ...").body[0]
        assert isinstance(definition, ast.FunctionDef)
        given = [argument.arg for argument in (*definition.args.args, *definition.args.kwonlyargs)]
        parts = [f"Do what {self.name.replace('_', ' ')} says."]
        if given:
            parts.append("\n".join(["Args:", *(f"    {name}: What it is about." for name in given)]))
        parts += ["Returns:\n    The answer.", f"Raises:\n    {self.raises}"]
        parts.append("Example:\n" + textwrap.indent(self.doctest, "    "))
        parts.append(f"Keywords: {self.name.replace('_', ', ')}")
        doc = '"""' + "\n\n".join([*parts, *self.says]) + '\n"""'
        inner = textwrap.indent(f"{doc}\n{textwrap.dedent(body).strip()}", "    ")
        return f"def {self.signature}:\n{inner}\n"


def asserting(name: str, *asserted: str, first: str = "") -> str:
    """Write a test file: one test for each text."""
    head = f"import pytest\n{first}from tools import {name}\n" if "pytest" in "".join(asserted) else ""
    head = head or f"{first}from tools import {name}\n"
    tests = [f"\n\ndef test_{number}():\n    {text}\n" for number, text in enumerate(asserted, 1)]
    return head + "".join(tests)


def slowly(*cases: Planted) -> tuple[Planted, ...]:
    """Return cases that are tried where there is time: others show the same of the gate."""
    return tuple(replace(case, slow=True) for case in cases)


def first_those(cases: Sequence[Planted], *titles: str) -> tuple[Planted, ...]:
    """Return all cases; the ones without one of these titles are tried where there is time."""
    assert set(titles) <= {case.title for case in cases}
    return tuple(case if case.title in titles else replace(case, slow=True) for case in cases)


def _joined(*parts: str) -> str:
    return "\n\n\n".join(textwrap.dedent(part).strip() for part in parts if part.strip()) + "\n"
