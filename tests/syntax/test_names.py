"""Names that a text uses without having them, compared with what Python itself says when it runs."""

import ast
import builtins
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.syntax.names import bound_names, free_names, is_standard_module, line_of

LIBRARY = Path(ast.__file__).parent
# These put names into their module at run time, or use one that is missing on this platform or by mistake.
DYNAMIC = {"_compat_pickle", "inspect", "plistlib", "poplib", "ssl", "turtle", "signal", "socket", "uuid"}
MODULES = sorted(path.stem for path in LIBRARY.glob("*.py") if path.stem not in DYNAMIC)


@pytest.mark.parametrize("initial", sorted({name[0] for name in MODULES}))
def test_the_standard_library_has_all_its_names(initial):
    """No name is reported missing from a module of the standard library (some 170 modules, real code)."""
    missing = {
        name: sorted(free)
        for name in MODULES
        if name.startswith(initial)
        and (free := free_names((LIBRARY / f"{name}.py").read_text(encoding="utf-8", errors="replace")))
    }

    assert missing == {}


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("def f():\n    return csv.reader\n", {"csv"}),
        ("import csv\ndef f():\n    return csv.reader\n", set()),
        ("def f():\n    import csv\n    return csv\ndef g():\n    return csv\n", {"csv"}),
        ("import os.path as p\nx = os\n", {"os"}),
        ("from a import b as c\nx = b, c\n", {"b"}),
        ("from a import *\nx = anything\n", set()),
        ("def f(n: Count, m: 'Quoted') -> Sum: pass\n", {"Count", "Sum"}),
        ("x: Kind = 1\n", {"Kind"}),
        ("def f(n=LIMIT, *, m=_OTHER): pass\n", {"LIMIT", "_OTHER"}),
        (
            "@deco\ndef f(): pass\n@other.thing(ARG)\nclass C(Base, metaclass=Meta): pass\n",
            {"deco", "other", "ARG", "Base", "Meta"},
        ),
        ("x = [i for i in data if i]\ny = i\n", {"data", "i"}),
        ("def f():\n    [last := n for n in (1, 2)]\n    return last\n", set()),
        ("def f():\n    return {k: v for k, v in items.items()}, (n for n in k)\n", {"items", "k"}),
        ("class C:\n    a = 1\n    def m(self):\n        return a\n", {"a"}),
        ("class C:\n    a = 1\n    b = [a for _ in (1,)]\n    c = a, __qualname__, __module__\n", {"a"}),
        ("class C(B):\n    def m(self):\n        return super().m(), __class__\n", {"B"}),
        ("def f():\n    global _count\n    _count = 1\ndef g():\n    return _count\n", set()),
        ("def f():\n    global _count\n    return _count\n", {"_count"}),
        ("def f():\n    n = 1\n    def g():\n        nonlocal n\n        n += m\n    return g\n", {"m"}),
        ("try:\n    pass\nexcept Odd as error:\n    print(error)\n", {"Odd"}),
        (
            (
                "match value:\n    case {'a': a, **rest}: print(a, rest)\n"
                "    case [b, *c] | Kind(b, c): print(b, c)\n"
            ),
            {"value", "Kind"},
        ),
        ("def f(x):\n    return f'{x} {y!r:>{width}}'\n", {"y", "width"}),
        ("for i, (j, *k) in pairs: print(i, j, k)\n", {"pairs"}),
        ("with open(PATH) as f, f as (a, b): print(a, b)\n", {"PATH"}),
        ("del gone\n", set()),
        ("counter += 1\n", set()),
        ("f = lambda a, *b, c=d: a + b + c + e\n", {"d", "e"}),
        ("print(__name__, __file__, __doc__, ValueError, __debug__, NotImplemented)\n", set()),
        ("def later():\n    return _ONE\n_ONE = 1\n", set()),
        ("\ufeffx = y\n", {"y"}),
    ],
)
def test_free_names(source, free):
    """Scopes of every kind are told apart: names are free when neither text nor builtins have them."""
    assert free_names(source) == free


@pytest.mark.parametrize(
    "source",
    ["x = (", "x = '\0'", "x=" + "-" * 100_000 + "1", "return 1 +", "x='\ud800'", "def f(a, a): pass"],
)
def test_bad_text_is_a_syntax_error(source):
    """Whatever is wrong with a text, it is a SyntaxError."""
    with pytest.raises(SyntaxError):
        free_names(source)


_NAMES = st.sampled_from(["a", "b", "c", "len"])
_EXPRESSIONS = st.recursive(
    _NAMES,
    lambda inner: st.one_of(
        st.builds("[{} for {} in ({},)]".format, inner, _NAMES, inner),
        st.builds("(lambda {}: {})({})".format, _NAMES, inner, inner),
        st.builds("({} := {})".format, _NAMES, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("f'{{{}}}'".format, _NAMES),
    ),
    max_leaves=6,
)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


_STATEMENTS = st.recursive(
    st.one_of(
        st.builds("{} = {}".format, _NAMES, _EXPRESSIONS),
        _EXPRESSIONS,
        st.builds("import os as {}".format, _NAMES),
        st.builds("for {} in ({},): pass".format, _NAMES, _EXPRESSIONS),
        st.builds("match {}:\n    case {}: pass".format, _EXPRESSIONS, _NAMES),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda n, p, d, b: f"def {n}({p}={d}):\n{_indented(b)}\n{n}()",
            _NAMES,
            _NAMES,
            _EXPRESSIONS,
            inner,
        ),
        st.builds(lambda n, b: f"class {n}:\n{_indented(b)}", _NAMES, inner),
        st.builds(lambda one, two: f"{one}\n{two}", inner, inner),
    ),
    max_leaves=5,
)


def _runs(source: str) -> str:
    """Run a text; return the name Python missed at module level, "" when it missed none."""
    try:
        exec(compile(source, "text", "exec"), {"__builtins__": vars(builtins), "__name__": "text"})
    except UnboundLocalError:
        return ""
    except NameError as error:
        # a variable of an enclosing function that is bound too late is bound all the same
        return "" if "free variable" in str(error) else error.name or ""
    except (TypeError, AttributeError):
        pass
    return ""


@given(_STATEMENTS)
def test_what_is_missed_when_it_runs_is_free(source):
    """A NameError for a name that nothing in the text ever binds at module level is always foreseen."""
    try:
        free = free_names(source)
    except SyntaxError:
        return
    missed = _runs(source)

    if missed and missed not in bound_names(ast.parse(source)) and "class" not in source:
        assert missed in free
    for name in free:
        assert name not in bound_names(ast.parse(source))
        assert not hasattr(builtins, name)


def test_bound_names():
    """Every kind of statement that binds is seen, with its line, none that binds inside a function."""
    source = (
        "import a.b, c as d\nfrom e import f as g, h\nx, (y, *z) = w = 1, (2, 3)\nq: int = 1\n"
        "def fn(p):\n    inside = 1\nclass K:\n    attribute = 1\n"
        "try:\n    import t1\nexcept E as err:\n    t1 = None\nelse:\n    t2 = 1\n"
        "if 1:\n    def t3(): local = 1\nfor i in []: k = 1\nwith o as m: pass\n"
        "match s:\n    case {'a': aa, **rest}: pass\n    case [bb, *cc]: pass\n    case D() as ee: pass\n"
        "[(wal := n) for n in []]\nu = lambda v=(dw := 1): (lw := v)\nx = 5\n"
        "@(de := deco)\ndef fn(p=(df := 1), *, q=(kw := 1)): pass\n@(cd := deco)\nclass K((cb := B)): pass\n"
    )

    assert bound_names(ast.parse(source)) == {
        "a": 1,
        "d": 1,
        "g": 2,
        "h": 2,
        "x": 3,
        "y": 3,
        "z": 3,
        "w": 3,
        "q": 4,
        "fn": 5,
        "K": 7,
        "t1": 9,
        "err": 9,
        "t2": 9,
        "t3": 15,
        "i": 17,
        "k": 17,
        "m": 18,
        "aa": 19,
        "rest": 19,
        "bb": 19,
        "cc": 19,
        "ee": 19,
        "wal": 23,
        "u": 24,
        "dw": 24,
        "de": 27,
        "df": 27,
        "kw": 27,
        "cd": 29,
        "cb": 29,
    }


def test_the_line_of_a_name():
    """The first line that reads the name, not one that binds it."""
    source = "def f():\n    rows = 1\n\n\ndef g():\n    return rows\n"

    assert line_of(source, "rows") == 6
    assert line_of(source, "absent") == 1


def test_standard_modules():
    """Modules of the standard library are known by their first part."""
    assert is_standard_module("os.path")
    assert is_standard_module("json")
    assert not is_standard_module("requests.api")
    assert not is_standard_module("")
