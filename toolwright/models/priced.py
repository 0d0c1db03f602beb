"""A model goes in, a model comes out that says what each answer has cost, by the price of that model."""

from toolwright.errors import BudgetError, ModelError
from toolwright.models.ledger import Ledger
from toolwright.protocols import Model
from toolwright.records import replace
from toolwright.types import Price, Prompt, Reply, Usage

UNBILLED = frozenset({"setup", "auth", "billing", "model", "context", "request", "rate"})
"""Faults with which a server refuses a question; nothing is paid for then."""


class PricedModel:
    """Puts the cost on what `inner`, one model on one server, answers; an unknown price stays unknown."""

    def __init__(self, inner: Model, ledger: Ledger) -> None:
        """`ledger` knows the price."""
        self._inner = inner
        self._ledger = ledger

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt as `inner` does.

        Raises:
            ModelError, BudgetError: as `inner` raises them, with what they cost.
        """
        price = self._ledger.price_of(self.name)
        try:
            reply = self._inner.complete(prompt)
        except (ModelError, BudgetError) as error:
            free = isinstance(error, ModelError) and error.kind in UNBILLED and error.calls == 1
            cost = _cost(price, error.tokens, free=free)
            if cost is not None:
                error.picodollars, error.priced = cost, error.calls
            raise
        return replace(reply, usage=_with_cost(reply.usage, price))


class PaidModel:
    """A model that is no server's: what it may cost is set aside before it is asked."""

    def __init__(self, inner: Model, ledger: Ledger, room: int) -> None:
        """`room` is how many tokens its answers are taken to have at most."""
        self._inner = inner
        self._ledger = ledger
        self._room = room

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._inner.name

    def complete(self, prompt: Prompt) -> Reply:
        """Answer the prompt as `inner` does.

        Raises:
            BudgetError: it could cost more than is left; it was not asked.
            ModelError: as `inner` raises it.
        """
        held = self._ledger.reserve(self.name, prompt, self._room)
        try:
            reply = self._inner.complete(prompt)
        except ModelError as error:
            if error.kind in UNBILLED:
                self._ledger.release(held)
            else:
                self._ledger.settle(self.name, held, error.tokens)
            raise
        used = reply.usage
        self._ledger.settle(self.name, held, (used.prompt_tokens, used.output_tokens))
        return reply


def _with_cost(usage: Usage, price: Price | None) -> Usage:
    cost = _cost(price, (usage.prompt_tokens, usage.output_tokens))
    return usage if cost is None else replace(usage, picodollars=cost, priced=usage.calls)


def _cost(price: Price | None, tokens: tuple[int, int], *, free: bool = False) -> int | None:
    """Return what tokens cost, None where that is not known: no price, or a server that counted nothing."""
    if price is None or not (any(tokens) or price.is_nothing or free):
        return None
    return price.of(*tokens)
