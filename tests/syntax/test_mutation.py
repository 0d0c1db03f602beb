"""Mutants: every one is the function with one small fault, said in words."""

import ast
import difflib

from hypothesis import given, settings
from hypothesis import strategies as st

from toolwright.syntax.mutation.mutants import mutants

FUNCTION = '''import re


def _tail(text: str) -> str:
    return text[1:]


def count(text: str, limit: int = 3) -> int:
    """Count words of more than 2 letters.

    Example:
        >>> count("a bcd")
        1
    """
    best: int = 0
    if not text or limit < 1:
        raise ValueError(f"no {text + 'x'}" + "!")
    for word in re.findall("[a-z]+", text.lower()):
        if len(word) <= 2 and word != "ü":  # 2 letters
            continue
        best += 1
    text = _tail(text)
    return best


def other(number: int) -> int:
    return number + 1
'''


def _said(source, name="count", most=100):
    return [str(mutant) for mutant in mutants(source, name, most)]


def test_what_stands_beside_the_function_is_broken_too():
    """A table, a lambda and a method count, a long table as six faults; `abs` and `round` may be missing."""
    source = (
        f"_WAYS = {{'double': lambda n: n * 2}}\n_TABLE = {list(range(90))}\n\n\n"
        "class _Far(ValueError):\n    def by(self, n):\n        return n - 1\n\n\n"
        "def f(n: int) -> int:\n    return _WAYS['double'](abs(n)) + _TABLE[0] + _Far().by(round(n, 1))\n"
    )
    said = _said(source, "f")

    assert "line 1: `*` became `//`" in said
    assert sum(line.startswith("line 2:") for line in said) == 6
    assert "line 7: `-` became `+`" in said
    assert {"line 11: `abs` was left out", "line 11: `round` was left out"} <= set(said)


def test_each_kind_of_fault_is_made_and_said():
    """Operators, boundaries, constants, conditions, dropped statements and return values have their turn."""
    said = _said(FUNCTION)

    for expected in (
        "line 5: `1` became `2`",
        "line 8: `3` became `4`",
        "line 16: `<` became `<=`",
        "line 16: `or` became `and`",
        "line 16: `not text` lost its `not`",
        "line 19: `<=` became `<`",
        "line 19: the condition `len(word) <= 2 and word != 'ü'` was turned round",
        "line 19: `!=` became `==`",
        "line 20: `continue` was left out",
        "line 21: `+=` became `-=`",
        "line 21: `best += 1` was left out",
        "line 22: `text = _tail(text)` was left out",
        "line 23: `return best` became `return 0`",
        "line 18: `lower` became `upper`",
    ):
        assert expected in said


def test_what_says_nothing_about_the_answer_stays():
    """Docstrings, annotations, texts of exceptions, f-strings and functions of others are left alone."""
    tree = ast.parse(FUNCTION)
    for mutant in mutants(FUNCTION, "count", 100):
        broken = ast.parse(mutant.source)
        assert ast.dump(broken.body[3]) == ast.dump(tree.body[3])
        assert ast.get_docstring(broken.body[2]) == ast.get_docstring(tree.body[2])
        assert broken.body[2].returns.id == "int"
        assert ast.dump(broken.body[2].body[2].body[0]) == ast.dump(tree.body[2].body[2].body[0]) or (
            "was left out" in mutant.change
        )


def test_a_budget_is_spread_over_the_function():
    """Fewer mutants than there are come from everywhere, always the same ones."""
    some = _said(FUNCTION, most=6)

    assert len(some) == 6
    assert some == _said(FUNCTION, most=6)
    assert {line.split(":")[0] for line in some} >= {"line 5", "line 23"} or len(set(some)) == 6


_names = st.sampled_from(["a", "b", "ö"])
_numbers = st.integers(0, 99).map(str)
_atoms = st.one_of(_names, _numbers, st.sampled_from(['"x"', '""', "True", "None", "1.5", "[a]", "{a: b}"]))


_BINARY = [*"+-*/%&|^<>", "//", "**", "<<", ">>", "<=", ">=", "==", "!=", "in", "is", "and", "or"]


def _larger(inner):
    binary = st.sampled_from(_BINARY)
    return st.one_of(
        st.tuples(inner, binary, inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda e: f"not ({e})"),
        inner.map(lambda e: f"max({e}, a)"),
        inner.map(lambda e: f"[x for x in a if ({e})]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]}) if ({t[1]}) else ({t[2]})"),
        inner.map(lambda e: f"a.strip({e})"),
    )


_expressions = st.recursive(_atoms, _larger, max_leaves=6)
_statements = _expressions.flatmap(
    lambda e: st.sampled_from(
        [
            f"    a = {e}",
            f"    a += {e}",
            f"    if {e}:\n        return a",
            f"    while {e}:\n        break",
            f"    for x in {e}:\n        continue",
            f"    print({e})",
            f'    raise ValueError("no", {e})',
        ]
    )
)


@given(st.lists(_statements, min_size=1, max_size=4), _expressions)
@settings(max_examples=150, deadline=None)
def test_every_mutant_is_python_and_differs_in_one_place(statements, result):
    """Whatever the function: its mutants compile, mean something else, and outside one line are its text."""
    body = "\n".join(statements)
    source = f'def f(a: int, b: int, ö: int) -> int:\n    """Do it: 1 < 2."""\n{body}\n    return {result}\n'
    original = ast.dump(ast.parse(source))
    for mutant in mutants(source, "f", 1000):
        assert ast.dump(ast.parse(mutant.source)) != original
        opcodes = difflib.SequenceMatcher(
            None, source.splitlines(), mutant.source.splitlines(), autojunk=False
        ).get_opcodes()
        changed = [each for each in opcodes if each[0] != "equal"]
        assert len(changed) == 1, mutant
        assert changed[0][1] + 1 == mutant.line
