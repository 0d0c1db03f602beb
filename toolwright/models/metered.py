"""A model goes in, a model comes out that tells what it is asked, how far it is and what it has cost."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from toolwright.errors import BudgetError, ModelError
from toolwright.events import Listener, ModelAnswered, ModelAsked, ModelProgress
from toolwright.models.ledger import Ledger
from toolwright.models.roles import RoleModel
from toolwright.protocols import Model
from toolwright.records import dataclass, field, replace
from toolwright.types import Prompt, Reply, Usage


class Progress:
    """Called by a backend with (thought characters, text characters); emits at most 20 events a second."""

    def __init__(
        self, emit: Listener, every_s: float = 0.05, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`every_s` is the shortest time between two events."""
        self._emit = emit
        self._every_s = every_s
        self._clock = clock
        self._last = -every_s

    def __call__(self, thought_chars: int, text_chars: int) -> None:
        """Emit `ModelProgress`, unless the last one was only just emitted."""
        now = self._clock()
        if now - self._last >= self._every_s:
            self._last = now
            self._emit(ModelProgress(thought_chars, text_chars))


@dataclass(slots=True)
class Spent:
    """What a piece of work has used so far, the threads that work for it included."""

    usage: Usage = field(default_factory=Usage)


_COUNTED: Final[ContextVar[tuple[Spent, ...]]] = ContextVar("counted", default=())
"""Where calls of this thread, or of one that works for it, are counted besides."""


class MeteredModel:
    """Counts calls, tokens and seconds by stage. Seconds are what the user waited, retries included."""

    def __init__(
        self,
        inner: Model,
        emit: Listener,
        clock: Callable[[], float] = time.monotonic,
        *,
        ledger: Ledger | None = None,
    ) -> None:
        """`emit` gets `ModelAsked` before and `ModelAnswered` after each call, `ledger` says yes before."""
        self.ledger = ledger or Ledger()
        self._inner = inner
        self._emit = emit
        self._clock = clock
        self._by_stage: dict[str, Usage] = {}
        self._lock = threading.Lock()
        self._reword: Callable[[Prompt], Prompt] = lambda prompt: prompt

    def in_words_of(self, reword: Callable[[Prompt], Prompt]) -> None:
        """Let every question be put in other words from now on."""
        self._reword = reword

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._inner.name

    def name_for(self, stage: str) -> str:
        """Return the name of the model that is asked in a stage."""
        asked = Prompt(stage, "", "")
        return self._inner.name_for(asked) if isinstance(self._inner, RoleModel) else self.name

    @property
    def usage_by_stage(self) -> Mapping[str, Usage]:
        """What was used so far, by stage; a copy."""
        return dict(self._by_stage)

    @property
    def total(self) -> Usage:
        """What was used so far in all stages."""
        return sum(self._by_stage.values(), Usage())

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt; the reply's usage is what this call cost, as it was counted here.

        Raises:
            ModelError: as `inner` raises it; what it cost is counted too.
            BudgetError: the call, or its second part, may not be made any more.
        """
        prompt = self._reword(prompt)
        self.ledger.begin_call()
        name = self._inner.name_for(prompt) if isinstance(self._inner, RoleModel) else self.name
        self._emit(ModelAsked(prompt.stage, prompt.subject, name))
        began = self._clock()
        try:
            reply = self._inner.complete(prompt)
        except (ModelError, BudgetError) as error:
            if not error.calls:
                self.ledger.drop_call()
            took = self._clock() - began
            used = Usage(error.calls, *error.tokens, took, error.picodollars, error.priced)
            self.count(prompt.stage, used)
            raise
        usage = replace(reply.usage, seconds=self._clock() - began)
        self.count(prompt.stage, usage)
        self._emit(ModelAnswered(prompt.stage, prompt.subject, usage, reply.reasoning))
        return replace(reply, usage=usage)

    @contextmanager
    def counting(self) -> Iterator[Spent]:
        """Count what is used inside of the context; its threads must work in a copy of its context."""
        spent = Spent()
        token = _COUNTED.set((*_COUNTED.get(), spent))
        try:
            yield spent
        finally:
            _COUNTED.reset(token)

    def count(self, stage: str, usage: Usage) -> None:
        """Count what was used in a stage, here and where this thread is counted besides."""
        with self._lock:
            self._by_stage[stage] = self._by_stage.get(stage, Usage()) + usage
            for spent in _COUNTED.get():
                spent.usage += usage
