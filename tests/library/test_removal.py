"""Removing functions: what goes, what stays byte for byte; every sequence of changes leaves a sound file."""

import ast
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_admissions import add, candidate, files

from toolwright.errors import LibraryChangedError, LibraryError
from toolwright.library.bindings import bindings
from toolwright.library.removal import callers, remove_functions, with_callers
from toolwright.library.store import Store
from toolwright.syntax.chunks import split

LIBRARY = '''"""Mine."""

import json
# kept: why
import re  # regex
from os.path import (
    exists,  # e
    join,  # j
)

LIMIT = 3


def first(x):
    return json.dumps(_clean(x)) + join("a", "b")


def _clean(x):
    return re.sub("a", "b", x)


# above second
def second(x):
    return exists(x), _shared(x)


def third(x):
    return _shared(first(x))


def _shared(x):
    return x
'''
BODIES = ("return len(text)", "return json.loads('3')", "return _help(text)", "return other_tool(text)")


def test_only_what_nobody_else_uses_goes():
    """The function goes with its comment, its own helpers and imports; comments above imports stay."""
    removal = remove_functions(LIBRARY.replace("_shared(first(x))", "_shared(x)"), ["first"])
    assert removal.helpers == ("_clean",)
    assert removal.imports == ("from os.path import join", "import json", "import re")
    assert removal.text == LIBRARY.replace("import json\n", "").replace("import re  # regex\n", "").replace(
        "    join,  # j\n", ""
    ).replace("_shared(first(x))", "_shared(x)").replace(
        'def first(x):\n    return json.dumps(_clean(x)) + join("a", "b")\n\n\n', ""
    ).replace('def _clean(x):\n    return re.sub("a", "b", x)\n\n\n', "")
    assert remove_functions(LIBRARY, ["second"]).helpers == ()
    assert "# above second" not in remove_functions(LIBRARY, ["second"]).text


def test_what_is_defined_twice_goes_wholly():
    """A function that was pasted again further down is not there after its removal."""
    removal = remove_functions(f"{LIBRARY}\n\ndef third(x):\n    return 3\n", ["third"])
    assert removal.functions == ("third",)
    assert removal.text == remove_functions(LIBRARY, ["third"]).text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("import json\n\n\ndef a():\n    return json\n\n\ndef b():\n    return 1", "def b():\n    return 1"),
        ("import json\n\n\ndef a():\n    return json\n", ""),
        (
            "#!/x\n\nimport json\n\n\ndef a():\n    return json\n\n\ndef b(): pass\n",
            "#!/x\n\n\ndef b(): pass\n",
        ),
        ("from m import (b, c)\nimport n; import o\n\n\ndef a(): n, c\n", "from m import (b)\nimport o\n"),
        (
            "from __future__ import annotations\n\n\ndef a(): annotations\n",
            "from __future__ import annotations\n",
        ),
        ("import n\nX = n.y\n\n\ndef a(): n\n", "import n\nX = n.y\n"),
        ("import n\r\n\r\n\r\ndef a(): n\r\n\r\n\r\ndef b(): 1\r\n", "def b(): 1\r\n"),
        ("import m, n\r\n\r\n# s\r\n\r\ndef a(): n\r\n", "import m\r\n\r\n# s\r\n"),
        ('_A = 1\n"""What it is."""\n\n\n# c\n@d\ndef a(): _A\n\n\ndef b(): 1\n', "def b(): 1\n"),
        ("try:\n    import n\nexcept ImportError:\n    n = 0\n\n\ndef a(): n\n", None),
    ],
)
def test_the_file_is_left_as_an_editor_would(text, left):
    """No blank lines at the top or the end; imports that may be needed, or are conditional, stay."""
    whole = left if left is not None else text.partition("\n\n\ndef")[0] + "\n"
    assert remove_functions(text, ["a"]).text == whole


def test_who_calls_whom():
    """Callers are those that use it themselves; all of them can be had, in the order of the file."""
    known = bindings(split(LIBRARY))
    assert callers(known, "first") == ("third",)
    assert with_callers(known, "first") == ("first", "third")
    loose = bindings(split(LIBRARY + "\n\nprint(third(1))\n"))
    with pytest.raises(LibraryError, match="`third` is used by code between the functions"):
        with_callers(loose, "first")


def test_removal_is_undone_exactly_and_versions_stay(tmp_path):
    """Tests and evidence go with the tool; undo brings all back; its versions are kept throughout."""
    store = Store(tmp_path)
    add(
        store,
        candidate(
            before="import json\n\n\ndef _n(x):\n    return json.dumps(x)\n", body="return len(_n(text))"
        ),
    )
    add(store, name="other")
    before = files(tmp_path)
    store.remove(["count_rows"], store.read())
    assert {"tools.py", "tool_tests/test_count_rows.py"} & files(tmp_path).keys() == {"tools.py"}
    assert b"json" not in (tmp_path / "tools.py").read_bytes()
    assert [version.how for version in store.versions("count_rows")] == ["added"]
    assert store.undo() == "count_rows is back in the library, with what was removed with it"
    assert files(tmp_path) == before


def test_versions_tell_what_was_widened_and_what_was_edited(tmp_path):
    """Each admission is a version; a hand edit is one as well, and kept before it is replaced."""
    store = Store(tmp_path)
    add(store)
    path = tmp_path / "tools.py"
    path.write_text(path.read_text().replace("return len(text.splitlines())", "return 1 + 1"))
    assert [(one.number, one.how) for one in store.versions("count_rows")] == [(1, "added"), (2, "edited")]
    add(store, candidate(body="return text.count('x')"), "count_rows")
    versions = Store(tmp_path).versions("count_rows")
    assert [(one.number, one.how) for one in versions] == [(1, "added"), (2, "edited"), (3, "widened")]
    assert "return 1 + 1" in versions[1].source
    assert versions[1].evidence is None
    assert (versions[2].model, versions[2].goal) == ("replay:demo", "how many rows has sales.csv")
    assert versions[2].tests == store.tests_of("count_rows")
    store.undo()
    assert [one.number for one in store.versions("count_rows")] == [1, 2, 3]


def test_what_was_saved_meanwhile_elsewhere_is_merged_with(tmp_path):
    """Another tool and another note came between looking for callers and removing: both stay."""
    store = Store(tmp_path)
    add(store)
    seen = store.read()
    add(Store(tmp_path), name="other")
    path = tmp_path / "tools.py"
    path.write_text(path.read_text() + "# saved meanwhile\n")
    assert store.remove(["count_rows"], seen).functions == ("count_rows",)
    assert "def other" in path.read_text()
    assert path.read_text().endswith("# saved meanwhile\n")
    assert store.tests_of("other")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return len(x)", "return 2"),
        ("_n(text)", "_n(text) + 1"),
        (r"\Z", "\n\ndef caller(text: str) -> int:\n    return count_rows(text)\n"),
        (r"\Z", "\n\nprint(count_rows)\n"),
    ],
)
def test_what_is_to_go_must_be_what_was_seen(tmp_path, old, new):
    """Somebody edited the function or its helper meanwhile, or uses it now: nothing is done."""
    store = Store(tmp_path)
    add(store, before="def _n(x):\n    return len(x)\n", body="return _n(text)")
    seen = store.read()
    path = tmp_path / "tools.py"
    path.write_text(re.sub(old if old == r"\Z" else re.escape(old), lambda _: new, path.read_text(), count=1))
    before = files(tmp_path)
    with pytest.raises(LibraryChangedError):
        store.remove(["count_rows"], seen)
    assert files(tmp_path) == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "replace", "remove", "undo"]),
        st.sampled_from("abcd"),
        st.sampled_from(BODIES),
    ),
    max_size=8,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_every_sequence_of_changes_leaves_the_rest_as_it_was(tmp_path_factory, steps):
    """Functions that a change is not about stay byte for byte, and the file can be loaded at every step."""
    store = Store(tmp_path_factory.mktemp("sequence"))
    path = store.place.tools
    path.write_text(
        '"""Mine."""\n\nimport re\n\n\n# hand\ndef other_tool(x):\n\treturn re.sub("a",  "b", x)\n'
    )
    for what, letter, body in steps:
        name = f"tool_{letter}"
        before = _functions(path.read_text())
        touched = {name, "_help", f"_{name}_help"}
        helper = "import json\n\n\ndef _help(x):\n    return len(x)\n"
        try:
            if what == "add":
                add(store, candidate(name, body, helper))
            elif what == "replace":
                add(store, candidate(name, body, helper), name)
            elif what == "remove":
                store.remove([name], store.read())
            else:
                touched |= set(re.findall(r"tool_\w", store.undo()))
        except LibraryError:
            touched = set()
        after = path.read_text()
        for function, text in before.items():
            if function not in touched:
                assert _functions(after)[function] == text
        exec(compile(after, "tools.py", "exec"), {})
        assert not after.endswith("\n\n")
        assert "\n\n\n\n" not in after


def _functions(text):
    return {
        node.name: "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
