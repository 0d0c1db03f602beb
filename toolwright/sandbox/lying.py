"""What an honest run showed in, answers of its controls out: false, none, or true ones without effects."""

import json
import re
from collections.abc import Mapping
from typing import Final

from toolwright.sandbox.calling import Answer
from toolwright.sandbox.effects import changes, read_tree
from toolwright.sandbox.false_values import falsify, salt_of
from toolwright.sandbox.observing import Asked, Live, Observed
from toolwright.sandbox.replaying import make_again
from toolwright.types import CallResult, Json

_PORT: Final = re.compile(r"(?:(?<=localhost:)|(?<=127\.0\.0\.1:)|(?<=\[::1\]:))\d+")
_NOTHING: Final = Answer(CallResult("returned"))


class Lies:
    """Answers to the calls of one function; those of other functions, and those while loading, are true.

    A tool without effects is not run: its answers are read from the record.
    """

    def __init__(self, observed: Observed, *, uses_network: bool) -> None:
        self._observed = observed
        self._uses_network = uses_network
        self._runs = uses_network or bool(observed.changed) or not observed.is_whole
        results = [seen.answer.result for seen in observed.seen]
        values = [one.value for one in results if one.status == "returned" and one.value is not None]
        self._sample: Json = values[0] if values else None
        self._raised = next((s.answer for s in observed.seen if s.told and _raised(s.answer)), None)

    def truth(self, asked: Asked, live: Live) -> Answer:
        """The true answer with true effects, come by as a lie is: what passes here hears no difference."""
        seen = self._observed.find_alike(asked)
        if self._runs or seen is None or self._is_other(asked):
            return live()
        return seen.answer

    def values(self, asked: Asked, live: Live) -> Answer:
        """A wrong answer of the same type, with true effects; equal calls get equal answers."""
        if self._is_other(asked):
            return live()
        return self._false(asked, live, salt=0)

    def values_of_their_own(self, asked: Asked, live: Live) -> Answer:
        """As `values`, but other arguments get other answers, even where the true ones are equal."""
        if self._is_other(asked):
            return live()
        return self._false(asked, live, salt=salt_of(dict(asked.arguments)))

    def none(self, asked: Asked, live: Live) -> Answer:
        """None, with true effects."""
        if self._is_other(asked):
            return live()
        if self._runs:
            live()
        return _NOTHING

    def no_files(self, asked: Asked, live: Live) -> Answer:
        """The true answer, and every file as it was before; requests are sent."""
        seen = self._observed.find(asked)
        if self._is_other(asked) or seen is None:
            return live()
        if not self._uses_network:
            return seen.answer
        root = self._observed.root
        before = read_tree(root, {})
        answer = live()
        made = changes(before, read_tree(root, before))
        make_again(root, [change.reversed for change in made])
        return answer

    def no_requests(self, asked: Asked, live: Live) -> Answer:
        """The true answer and the true files, and nothing sent."""
        seen = self._observed.find(asked)
        if self._is_other(asked) or seen is None:
            return live()
        make_again(self._observed.root, seen.changes)
        return _at_new_ports(seen.answer, seen.asked.arguments, asked.arguments)

    def _is_other(self, asked: Asked) -> bool:
        return asked.function != self._observed.function or not asked.test

    def _false(self, asked: Asked, live: Live, salt: int) -> Answer:
        if self._runs:
            return self._lie(live(), salt)
        seen = self._observed.find_alike(asked)
        if seen is not None:
            return self._lie(seen.answer, salt)
        # it follows from an earlier lie: nobody knows the answer, any other one will do
        return self._lie(_returned(self._sample), salt_of(dict(asked.arguments)))

    def _lie(self, answer: Answer, salt: int) -> Answer:
        value = answer.result.value
        if answer.result.status == "returned" and value is not None:
            return _returned(falsify(value, salt))
        if self._sample is not None:
            return _returned(falsify(self._sample, salt))
        if answer.result.status == "returned":
            return self._raised or answer  # such a tool says all it says by raising
        return _NOTHING


def _raised(answer: Answer) -> bool:
    return answer.result.status == "raised"


def _returned(value: Json) -> Answer:
    return Answer(CallResult("returned", value=value))


def _at_new_ports(answer: Answer, then: Mapping[str, Json], now: Mapping[str, Json]) -> Answer:
    """A test's server stands at another port in each run; an answer that names it names the new one."""
    old, new = (_PORT.findall(json.dumps(dict(arguments))) for arguments in (then, now))
    ports = dict(zip(old, new, strict=False))
    if answer.result.status != "returned" or not ports:
        return answer
    text = json.dumps(answer.result.value)
    return _returned(json.loads(_PORT.sub(lambda found: ports.get(found[0], found[0]), text)))
