"""Functions that leave something behind, depend on what no test asked, or answer other than they promise."""

from good_effects import READ
from planted import Planted, asserting

_COUNTED = Planted(
    "a counter in a closure",
    "count_up(step: int) -> int",
    ">>> count_up(1)\n1",
    "return _BUMP(step)",
    asserting("count_up", "assert count_up(1) == 1", "assert count_up(5) == 5"),
    above="def _make():\n    total = [0]\n\n    def bump(step):\n        total[0] += step\n"
    "        return total[0]\n\n    return bump\n\n\n_BUMP = _make()",
    stage="stability",
    why="when one process called it twice",
)
_LETTER = Planted(
    "an iterator of the module",
    "next_letter(text: str) -> str",
    ">>> next_letter('x')\n'xa'",
    "return text + next(_LETTERS)",
    asserting("next_letter", "assert next_letter('x') == 'xa'", "assert next_letter('') == 'a'"),
    above="_LETTERS = iter('abcdefgh')",
    stage="stability",
    why="when one process called it twice",
)
_LARGEST = Planted(
    "a helper that changes an argument",
    "largest(items: list[int]) -> int",
    ">>> largest([1, 3, 2])\n3",
    "return _last(items)",
    asserting("largest", "assert largest([4, 9, 2]) == 9", "assert largest([-1, -5]) == -1"),
    above="def _last(values):\n    values.sort()\n    return values[-1]",
    stage="stability",
    why="changed its argument `items`",
)
_DAYS = Planted(
    "gives a constant out of hand",
    "weekend_days() -> list[str]",
    ">>> weekend_days()\n['Sat', 'Sun']",
    "return _DAYS",
    asserting("weekend_days", "assert weekend_days() == ['Sat', 'Sun']"),
    above="_DAYS = ['Sat', 'Sun']",
    stage="stability",
    why="emptied the first answer, it returned []",
)
_ZONE = Planted(
    "the time zone of the machine",
    "day_of(stamp: int) -> str",
    ">>> day_of(129600)\n'1970-01-02'",
    "return datetime.datetime.fromtimestamp(stamp).strftime('%Y-%m-%d')",
    asserting("day_of", "assert day_of(0) == '1970-01-01'", "assert day_of(86399) == '1970-01-01'"),
    above="import datetime",
    stage="stability",
    why="another clock and time zone",
)
_WINNER = Planted(
    "the order of a set where no test looks",
    "winner(votes: list[str]) -> str",
    ">>> winner(['a', 'b', 'a'])\n'a'",
    "return max(set(votes), key=votes.count)",
    asserting("winner", "assert winner(['x', 'y', 'y']) == 'y'", "assert winner(['q']) == 'q'"),
    stage="stability",
    why="another hash seed",
)
_DOUBLED = Planted(
    "an answer of a type that it does not promise",
    "double_it(value: int) -> int",
    ">>> double_it(2)\n4",
    "return value * 2 if value < 100 else str(value * 2)",
    asserting("double_it", "assert double_it(99) == 198", "assert double_it(100) == '200'"),
    stage="verify",
    why='expected an integer, got "200"',
)

_READS_ONCE = READ.spoilt(
    "a reader that counts its calls",
    "stability",
    "when one process called it twice",
    old="return sum(1 for line in file if line.strip())",
    new="return sum(1 for line in file if line.strip()) + next(_CALLS)",
    above="import itertools\n\n_CALLS = itertools.count()",
)
_TAKES = Planted(
    "a reader that takes from what it was given",
    "last_line(paths: list[str]) -> str",
    ">>> last_line(['/dev/null'])\n''",
    "with open(_last(paths), encoding='utf-8') as file:\n    return file.read()",
    "from tools import last_line\n\n\n"
    "def test_last(tmp_path):\n    (tmp_path / 'a').write_text('one')\n"
    "    assert last_line([str(tmp_path / 'a')]) == 'one'\n\n\n"
    "def test_of_two(tmp_path):\n    (tmp_path / 'b').write_text('two')\n"
    "    assert last_line(['/dev/null', str(tmp_path / 'b')]) == 'two'\n",
    says=("Permissions: read",),
    above="def _last(values):\n    return values.pop()",
    stage="stability",
    why="changed its argument `paths`",
)
_LISTED = Planted(
    "names as the file system gives them",
    "list_names(folder: str) -> list[str]",
    ">>> list_names('/dev/null/none')  # doctest: +SKIP\n[]",
    "return list(os.listdir(folder))",
    "import os\nfrom tools import list_names\n\n\n"
    "def test_names(tmp_path):\n    for name in ['b', 'a', 'c']:\n"
    "        (tmp_path / name).write_text('x')\n"
    "    assert list_names(str(tmp_path)) == os.listdir(tmp_path)\n"
    "\n\ndef test_none(tmp_path):\n    assert list_names(str(tmp_path)) == []\n",
    says=("Permissions: read", "Varies: files"),
    above="import os",
    stage="stability",
    why="when folders listed their names in another order",
)

CASES = (
    _READS_ONCE,
    _TAKES,
    _LISTED,
    _DOUBLED,
    _COUNTED,
    _LETTER,
    _LARGEST,
    _DAYS,
    _ZONE,
    _WINNER,
    _COUNTED.spoilt(
        "a list that a helper is bound to",
        "stability",
        "when one process called it twice",
        above="import functools\n\n\ndef _add(total, step):\n    total.append(step)\n    "
        "return sum(total)\n\n\n_BUMP = functools.partial(_add, [])",
    ),
    _COUNTED.spoilt(
        "a constant that a helper is given",
        "stability",
        "when one process called it twice",
        above="_SEEN = []\n\n\ndef _add(total, step):\n    total.append(step)\n    return sum(total)",
        body="return _add(_SEEN, step)",
    ),
    _DAYS.spoilt(
        "a cached list",
        "stability",
        "emptied the first answer, it returned []",
        body="return _days()",
        above="import functools\n\n\n@functools.cache\ndef _days():\n    return ['Sat', 'Sun']",
    ),
)
