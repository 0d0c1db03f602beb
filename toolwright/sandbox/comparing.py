"""Two JSON values in, whether they are the same answer out."""

import math
from typing import Final

from toolwright.types import Json

RELATIVE_TOLERANCE: Final = 1e-9


def same_json(left: Json, right: Json) -> bool:
    """Compare by type and value; an int equals a float of that value, floats are equal within 1e-9 relative.

    True is not 1, a list's order counts, a dict's does not.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _same_number(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    return type(left) is type(right) and bool(left == right)


def _same_number(left: float, right: float) -> bool:
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    try:
        return math.isclose(left, right, rel_tol=RELATIVE_TOLERANCE)
    except OverflowError:  # an integer too large for a float
        return left == right
