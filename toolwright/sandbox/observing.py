"""Calls of an honest run in, what each answered and which files it changed out: what controls are made of."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from toolwright.records import dataclass, replace
from toolwright.sandbox.calling import Answer
from toolwright.sandbox.cells.wire import encode
from toolwright.sandbox.effects import Change, Tree, changes, read_tree
from toolwright.types import Json

_MAX_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that a test makes: the `number`-th of this function in it. `test` is "" while loading."""

    test: str
    number: int
    function: str
    arguments: Mapping[str, Json]


Live: TypeAlias = Callable[[], Answer]
"""Runs the tool for this call, as always."""

Answering: TypeAlias = Callable[[Asked, Live], Answer]
"""Decides what a test is told."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where tests run, who answers them, and for a control the bounds; `skip` names tests that do not run.

    With `rounds` there are many runs in one process: in each of them the named tests, in that order and up to
    the first that fails, against the source at the same place in `sources`. With `shrink` hypothesis looks
    for the smallest example that fails; a control looks to its tests like the first run, which does not.
    """

    root: str
    answering: Answering
    wall_s: float = 0.0
    max_calls: int = 0
    skip: tuple[str, ...] = ()
    rounds: tuple[tuple[str, ...], ...] = ()
    sources: tuple[str, ...] = ()
    shrink: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A call with its true answer and the changes of files that it brought."""

    asked: Asked
    answer: Answer
    changes: tuple[Change, ...]

    @property
    def told(self) -> bool:
        """Whether its answer alone says anything: a value, or an exception out of the tool's own lines."""
        result = self.answer.result
        if result.status == "returned":
            return result.value is not None
        return result.error_type != "TypeError" or 'File "' in result.traceback


class Observed:
    """What the calls of `function` did. `is_whole` is False when there was too much to keep."""

    def __init__(self, function: str, root: str, *, changes_files: bool = True) -> None:
        """Watch the shared folders below `root`, unless the tool may not change what is in them.

        What is written there all the same is the tests' own doing.
        """
        self._watches = changes_files
        self.function = function
        self.root = root
        self.seen: list[Seen] = []
        self.is_whole = True
        self._tree: Tree = {}
        self._last: tuple[Change, ...] = ()
        self._bytes = 0
        self._by_place: dict[tuple[str, int], Seen] = {}
        self._by_arguments: dict[bytes, Seen] = {}

    def answer(self, asked: Asked, live: Live) -> Answer:
        """Run a call and keep what it did; those of other functions are only run."""
        self._last = ()
        if asked.function != self.function or not asked.test:
            return live()
        if not self._watches:
            answer = live()
            self._keep(Seen(asked, answer, ()))
            return answer
        before = read_tree(self.root, self._tree)
        answer = live()
        self._tree = read_tree(self.root, before)
        self._last = changes(before, self._tree)
        self._keep(Seen(asked, answer, self._last))
        return answer

    def last_effects(self) -> tuple[str, ...]:
        """What the latest call changed, in words."""
        return tuple(map(str, self._last))

    def find(self, asked: Asked) -> Seen | None:
        """The call at this place in the same test."""
        return self._by_place.get((asked.test, asked.number))

    def find_alike(self, asked: Asked) -> Seen | None:
        """A call with the same arguments, best the one at this place."""
        here = self.find(asked)
        if here is not None and here.asked.arguments == asked.arguments:
            return here
        return self._by_arguments.get(encode(dict(asked.arguments)))

    @property
    def changed(self) -> tuple[Change, ...]:
        """All changes of files in the order of the calls."""
        return tuple(change for seen in self.seen for change in seen.changes)

    def tests(self, *, that_changed: bool = False) -> set[str]:
        """Tests that called the function, or only those in which it changed files."""
        return {seen.asked.test for seen in self.seen if seen.changes or not that_changed}

    def _keep(self, seen: Seen) -> None:
        arguments = encode(dict(seen.asked.arguments))
        self._bytes += len(arguments) + len(encode(seen.answer.result.value))
        self._bytes += sum(len(change.after.content or b"") for change in seen.changes if change.after)
        if self._bytes > _MAX_BYTES:
            self.is_whole = False
            result = replace(seen.answer.result, value=None, stdout="", stderr="")
            seen = Seen(replace(seen.asked, arguments={}), Answer(result), ())
        else:
            self._by_place[seen.asked.test, seen.asked.number] = seen
            self._by_arguments.setdefault(arguments, seen)
        self.seen.append(seen)
