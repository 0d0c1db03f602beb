"""The text of a file of goals -> the goals, one a line; blank lines and comments are none."""

import hashlib
from collections import Counter
from collections.abc import Callable

from toolwright.errors import UsageError
from toolwright.records import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: its line in the file, its words, and what it is known by in the file's ledger.

    `key` depends on the words and on how often they came before, not on the line.
    """

    line: int
    text: str
    key: str


def read_goals(text: str, name: str, checked: Callable[[str], str], *, kind: str = "") -> tuple[Goal, ...]:
    """Read the goals of a file called `name`; `kind` tells apart what is to become of them.

    Raises:
        UsageError: there is none, or `checked` refuses one; names the line.
    """
    goals: list[Goal] = []
    seen: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        try:
            words = checked(words)
        except UsageError as error:
            raise UsageError(f"{name} line {number}: {error}", hint=error.hint) from None
        seen[words] += 1
        made_of = f"{kind}\0{seen[words]}\0{words}"
        key = hashlib.sha256(made_of.encode()).hexdigest()[:32]
        goals.append(Goal(number, words, key))
    if not goals:
        raise UsageError(f"{name} holds no goal", hint="write one goal a line; # begins a comment")
    return tuple(goals)
