"""Functions whose docstring does not say the truth: of exceptions, of examples."""

from planted import Planted, asserting

_HALF = Planted(
    "an exception that no test asks for",
    "half_of(value: int) -> int",
    ">>> half_of(4)\n2",
    "return value // 2",
    asserting("half_of", "assert half_of(4) == 2", "assert half_of(7) == 3"),
    raises="ValueError: the value is odd.",
    stage="contract",
    why="names ValueError, and no test asks for it",
)
_RAISING = asserting(
    "half_of",
    "assert half_of(4) == 2\n    assert half_of(0) == 0",
    "with pytest.raises(ValueError):\n        half_of(3)",
)
_DOUBLE = Planted(
    "a doctest that does not hold and is no plain call",
    "double_it(value: int) -> int",
    ">>> double_it(2) + 1\n77",
    "return value * 2",
    asserting("double_it", "assert double_it(2) == 4", "assert double_it(-3) == -6"),
    stage="verify",
    why="`double_it(2) + 1` shows '5'",
)

CASES = (
    _HALF,
    _HALF.spoilt(
        "an exception that the docstring does not name",
        "contract",
        "ask for ValueError, which the docstring's `Raises:` does not name",
        body="if value % 2:\n    raise ValueError('odd')\nreturn value // 2",
        tests=_RAISING,
        raises="nothing",
    ),
    _HALF.spoilt(
        "another exception than the docstring names",
        "verify",
        "does not name KeyError",
        body="if value % 2:\n    raise KeyError('odd')\nreturn value // 2",
        tests=_RAISING.replace("ValueError", "Exception, match='odd'"),
    ),
    _HALF.spoilt(
        "an accident in place of the promised exception",
        "verify",
        "does not name TypeError",
        body="if value % 2:\n    return None + value\nreturn value // 2",
        tests=_RAISING.replace("ValueError", "Exception, match='unsupported'"),
    ),
    _DOUBLE,
    _DOUBLE.spoilt(
        "a doctest that nobody runs",
        "contract",
        "needs a doctest",
        doctest=">>> double_it(2)  # doctest: +SKIP\n77",
    ),
)
