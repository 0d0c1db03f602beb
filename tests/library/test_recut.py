"""toolwright.syntax.chunks: what is cut again after a change is cut as the whole would be."""

from hypothesis import given, settings
from hypothesis import strategies as st
from library_modules import GAPS, HEADERS, ITEMS, modules

from toolwright.syntax.chunks import parse, recut
from toolwright.syntax.cutting import cut

SNIPPETS = [*GAPS, *HEADERS, *(item.replace("{i}", "9") for item in ITEMS)]
SNIPPETS += [
    '"""',
    "'''",
    "\\\n",
    "(",
    ")",
    " ",
    "    # inside\n",
    "#",
    "@x\n",
    "x = 1; ",
    "\r",
    "# coding: x\n",
]


@st.composite
def edits(draw):
    """A module text and the same after somebody's edit somewhere in it, which may have broken it."""
    text = draw(modules())
    at = draw(st.integers(0, len(text)) | st.integers(0, text.count("\n") + 1).map(lambda n: line(text, n)))
    end = min(len(text), at + draw(st.sampled_from([0, 0, 1, 7, 40, 200])))
    return text, text[:at] + draw(st.sampled_from(SNIPPETS) | st.just("")) + text[end:]


def line(text, number):
    """Where a line begins."""
    return sum(len(one) for one in text.splitlines(keepends=True)[:number])


def is_python(text):
    """Whether the parser takes a text; what is none need not come apart in any particular way."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True


def parts(sections):
    """Sections in a comparable form."""
    return sections.header, sections.chunks


@settings(max_examples=200, deadline=None)
@given(edits())
def test_a_changed_text_comes_apart_as_if_it_were_new(edit):
    """Header, names, kinds, texts and lines are those of a cut of the whole, whatever was edited where."""
    before, after = edit
    if is_python(after):
        assert parts(recut(cut(before), after)) == parts(cut(after))


@settings(max_examples=40, deadline=None)
@given(modules(), modules())
def test_another_text_altogether(before, after):
    """A text that has nothing in common with the one before comes apart right, too."""
    assert parts(recut(cut(before), after)) == parts(cut(after))
