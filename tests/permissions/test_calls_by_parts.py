"""toolwright.Library: a call sends to its process what its function reaches, and the whole where it must."""

import re
from pathlib import Path

from toolwright import Library

TEXT = '''import json
from functools import cache

TOLD = {{"big": "{padding}"}}


@cache
def _half(n: int) -> int:
    return n // 2


def halve(n: int) -> int:
    """Halve a number."""
    return _half(n)


def fail(n: int) -> int:
    """Fail."""
    return _half(n) // 0
'''
EFFECT = "\n\nif TOLD:\n\n    def _half(n: int) -> int:\n        return -n\n"


def test_a_call_runs_its_part_with_the_lines_of_the_file(tmp_path: Path) -> None:
    """Far down in a file of 200 functions: the value, and in the traceback the lines as they stand there."""
    above = "".join(
        f"def other_{n}(n: int) -> int:\n    return json.loads(str({n}))\n\n\n" for n in range(200)
    )
    text = above + TEXT.format(padding="x" * 1000)
    (tmp_path / "tools.py").write_text(text)
    library = Library(tmp_path)
    assert library.call("halve", n=8) == 4
    failed = library.try_call("fail", n=8)
    lines = [int(line) for line in re.findall(r'tools\.py", line (\d+)', failed.traceback)]
    assert text.splitlines()[lines[-1] - 1] == "    return _half(n) // 0"

    (tmp_path / "tools.py").write_text(text + EFFECT)
    assert library.call("halve", n=8) == -8
