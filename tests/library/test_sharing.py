"""Private helpers of a candidate: the same one is shared, another of the same name gets a name of its own."""

from toolwright.library.merge import add_tool, remove_tool, replace_tool
from toolwright.syntax.chunks import split

LIBRARY = '''"""Library."""

import re

_LIMIT = 3
_SEEN: dict = {}


def _clean(text):
    return text.strip()[:_LIMIT]


def shorten(text: str) -> str:
    return _clean(text)


def count(text: str) -> int:
    _SEEN[text] = _SEEN.get(text, 0) + 1
    return _SEEN[text]
'''


def run(text: str, call: str) -> object:
    """Evaluate a call in a library."""
    names: dict[str, object] = {}
    exec(compile(text, "tools.py", "exec"), names)
    return eval(call, names)


def test_the_same_helper_is_there_once():
    """Helpers and constants that say the same, whatever their layout, are shared."""
    same = "_LIMIT=3\ndef _clean( text ):  # cut\n    return text.strip()[: _LIMIT]\n"
    merged = add_tool(LIBRARY, same + "def louder(text: str) -> str:\n    return _clean(text).upper()\n")
    assert merged.count("def _clean") == merged.count("_LIMIT =") == 1
    assert "_LIMIT=3" not in merged
    assert (run(merged, "shorten(' abcd')"), run(merged, "louder(' abcd')")) == ("abc", "ABC")


def test_another_helper_of_the_same_name_is_renamed_with_all_its_uses():
    """Uses in f-strings, `global` and quoted annotations follow; locals, attributes and strings stay."""
    candidate = '''
_LIMIT = 1


class _Row(dict):
    _clean = "attribute"


def _clean(text, _LIMIT=_LIMIT):
    """Not `_clean` of others."""
    return text[:_LIMIT]


def louder(text: str) -> "list[_Row]":
    global _LIMIT
    _LIMIT = _LIMIT + 0
    rows = [_clean(text, _LIMIT=n) for n in range(_LIMIT, 3)]

    def inner(_clean):
        return f"{_clean}{_LIMIT:>{_LIMIT}}"

    return [inner("_clean"), getattr(_Row, "_clean"), _Row._clean, *rows]
'''
    library = LIBRARY + "\n\nclass _Row:\n    pass\n"
    merged = add_tool(library, candidate)
    assert merged.startswith(library)
    assert run(merged, "louder('xyz')") == ["_clean1", "attribute", "attribute", "x", "xy"]
    assert run(merged, "shorten('abcdef')") == "abc"
    assert '-> "list[_louder_Row]"' in merged
    assert "range(_louder_LIMIT, 3)" in merged


def test_a_shared_helper_does_not_reach_a_renamed_one():
    """The same text is not the same helper when what it calls is not the same."""
    candidate = (
        "_LIMIT = 1\n\n\ndef _clean(text):\n    return text.strip()[:_LIMIT]\n\n\n"
        "def first_letter(text: str) -> str:\n    return _clean(text)\n"
    )
    merged = add_tool(LIBRARY, candidate)
    assert (run(merged, "first_letter('abcd')"), run(merged, "shorten('abcd')")) == ("a", "abc")
    assert merged.startswith(LIBRARY)


def test_what_begins_empty_is_not_shared():
    """A dict that a function fills is its own, even when another one looks the same."""
    candidate = (
        "_SEEN: dict = {}\n\n\ndef note(text: str) -> int:\n"
        "    _SEEN[text] = _SEEN.get(text, 10) + 1\n    return _SEEN[text]\n"
    )
    merged = add_tool(LIBRARY, candidate)
    assert run(merged, "[note('a'), count('a'), note('a')]") == [11, 1, 12]


def test_a_helper_takes_no_name_that_others_use_undefined():
    """A name that a function looks up and does not find means something to it as well."""
    lazy = (
        "\n\ndef lazily() -> int:\n    try:\n        return _cache\n    except NameError:\n        return 0\n"
    )
    candidate = "_cache = 5\n\n\ndef five() -> int:\n    return _cache\n"
    merged = add_tool(LIBRARY + lazy, candidate)
    assert (run(merged, "lazily()"), run(merged, "five()")) == (0, 5)


def test_names_that_are_free_are_found_and_widening_keeps_its_own():
    """The new name is free too; a later version of the tool replaces its helper where it stands."""
    candidate = "def _clean(text):\n    return text * {}\n\n\n"
    candidate += "def shorten_more(text: str) -> str:\n    return {}(text)\n"
    taken = LIBRARY + "\n\n_shorten_more_clean = 7\n"
    merged = add_tool(taken, candidate.format(2, "_clean"))
    assert "def _shorten_more_clean_2(text):\n    return text * 2\n" in merged

    own = "_shorten_more_clean_2"
    wider = replace_tool(merged, "shorten_more", candidate.replace("_clean", own, 1).format(3, own))
    assert wider == merged.replace("text * 2", "text * 3")
    assert remove_tool(wider, "shorten_more").rstrip() == taken.rstrip()
    assert [one.text for one in split(wider).chunks[:4]] == [one.text for one in split(taken).chunks[:4]]
