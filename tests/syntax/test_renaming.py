"""Renaming what a module's top level binds: all uses follow, and nothing else changes."""

import ast
import symtable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.syntax.renaming import rename_globals

PIECES = (
    "def {u}({a}, b={g}):\n    return [{g} for {a} in b if {a}] + [{g}]",
    "class {u}({g} if 0 else object):\n    {a} = {g}\n\n    def m(self):\n        return {g}, self.{g}",
    "def {u}():\n    {g} = 'ünï'; {a} = {g}\n\n    def i():\n        return {g}\n    return i",
    "def {u}():\n    global {g}\n    {g} = [{g}]\n    return lambda {a}: {g}",
    "{u} = 'äö', {g}, f'{{{g}}}ü{{{g}!r}}', dict({g}=1), '{g}'  # {g}",
    "def {u}({g}):\n    return {{{g}: {a} for {a} in {g}}}",
    "def {u}(x: '{g}') -> 'list[{g}]':\n    return [({a} := {g}) for y in x]",
)
NAMES = st.sampled_from(["_g", "_h", "x_g", "a"])


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), NAMES, NAMES), min_size=1, max_size=6), st.booleans())
def test_the_renamed_module_binds_and_reads_what_it_did(pieces, windows):
    """Symbol tables agree but for the new name; renaming back gives every byte back."""
    pieces = [(piece, g, a if a != g else "other") for piece, g, a in pieces]
    lines = [piece.format(u=f"u{n}", g=g, a=a) for n, (piece, g, a) in enumerate(pieces)]
    text = "_g = object\n_h = int\nx_g = 1\na = 2\n" + "\n\n\n".join(lines) + "\n"
    text = text.replace("\n", "\r\n") if windows else text
    renamed = rename_globals(text, {"_g": "_new_name"})
    assert rename_globals(renamed, {"_new_name": "_g"}) == text
    old = [name.replace("_new_name", "_g") for name in read_from_module(renamed)]
    assert sorted(old) == sorted(read_from_module(text))
    assert "_g" not in read_from_module(renamed)


def read_from_module(text: str) -> list[str]:
    """Every name that some scope takes from the module, as Python itself says, once a scope."""
    found: list[str] = []
    waiting = [symtable.symtable(text, "text", "exec")]
    while waiting:
        table = waiting.pop()
        top = table.get_type() == "module"
        found += [one.get_name() for one in table.get_symbols() if top or one.is_global()]
        waiting += table.get_children()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "import os as _g\n",
        "def f():\n    global _g\n    try:\n        pass\n    except ValueError as _g:\n        pass\n",
        "_g = 1\nclass A:\n    _g = _g\n",
        "_g = 1\ndef f():\n    return f'{_g} and _g'\n",
    ],
)
def test_what_cannot_be_renamed_is_said(text):
    """Rather than guess it says that it cannot."""
    with pytest.raises(ValueError, match="_g"):
        rename_globals(text, {"_g": "_new"})


def test_mangled_names_are_others():
    """Inside a class `__name` is an attribute of the class's own, not the module's."""
    text = "__g = 1\n\n\nclass A:\n    def m(self):\n        return self.__g\n\n\ndef f():\n    return __g\n"
    renamed = rename_globals(text, {"__g": "_other"})
    assert ast.unparse(ast.parse(renamed)).count("_other") == 2
    assert "self.__g" in renamed
