"""The texts of a tool and of its tests in, what is to be known of both out, or why they cannot be judged."""

from toolwright.sandbox.source_shape import SourceShape, read_source
from toolwright.sandbox.tests_shape import TestsShape, read_tests


def read_pair(source: str, tests: str, function: str) -> tuple[SourceShape, TestsShape] | str:
    """Read both, or say in one sentence why they cannot be judged."""
    try:
        shape = read_source(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        return f"tools.py is not Python: {_parse_error(error)}"
    if function not in shape.functions:
        return f"tools.py defines no function {function!r}"
    try:
        read = read_tests(tests, function)
    except (SyntaxError, ValueError, RecursionError) as error:
        return f"the test file is not Python: {_parse_error(error)}"
    return read.complaint or (shape, read)


def _parse_error(error: Exception) -> str:
    return f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else str(error)
