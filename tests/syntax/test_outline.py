"""toolwright.syntax.outline: what is the same but for names has the same outline, whatever else differs."""

import pytest

from toolwright.syntax.alpha import alpha_form
from toolwright.syntax.outline import outline

FIRST = '''
def area(width: float, height: float) -> float:
    """Return an area."""
    import math
    size: float = math.fabs(width * height)
    return max(size, 0.5)
'''
SAME = """
def product(a, b):
    # another note
    from math import fabs as absolute
    c = absolute(a * b)
    return max(c, 0.5)
"""


def test_names_notes_annotations_and_imports_do_not_count() -> None:
    """Two functions of one form have one outline."""
    assert alpha_form(FIRST, "area") == alpha_form(SAME, "product")
    assert outline(FIRST) == outline(SAME)


@pytest.mark.parametrize("change", [("0.5", "0.25"), ("a * b", "a + b"), ("max(c, 0.5)", "c")])
def test_what_a_function_does_counts(change: tuple[str, str]) -> None:
    """Another constant, operator or call is another outline."""
    assert outline(SAME.replace(*change)) != outline(SAME)
