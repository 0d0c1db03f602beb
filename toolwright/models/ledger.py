"""What calls may cost goes in; before each call it says whether that may still be spent, for all threads.

A call is a question put to a model; one that was cut off and is asked again with twice the room is two, one
that is tried again after a fault of the server is one. Money is set aside for every try before it is made.
"""

import json
import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from toolwright.errors import BudgetError
from toolwright.models.caps import give_call_back, take_call
from toolwright.records import replace
from toolwright.types import Bound, Price, Prompt, Spending
from toolwright.types.cost import dollars, usd

Tariff: TypeAlias = Callable[[str], Price | None]
"""Gives the price of a `SERVER:NAME`, None where it is not known."""

_AROUND: Final = 256
"""Tokens that a server may put around a question."""


def no_prices(_model: str) -> Price | None:
    """Know no price."""
    return None


def prompt_bound(prompt: Prompt) -> int:
    """Return how many tokens a question has at most: no tokenizer makes more of a text than it has bytes."""
    schema = json.dumps(dict(prompt.schema)) if prompt.schema else ""
    return len(prompt.text.encode("utf-8", "replace")) + len(schema) + _AROUND


class Ledger:
    """Used and allowed. What is allowed is never passed, however many ask at the same time."""

    def __init__(
        self,
        tariff: Tariff = no_prices,
        *,
        max_calls: int | None = None,
        budget: int | None = None,
        whole: "Ledger | None" = None,
    ) -> None:
        """`budget` is in picodollars; None forbids nothing. `whole` is the ledger that this is a part of."""
        self._tariff = tariff
        self._max_calls = max_calls
        self._budget = budget
        self._whole = whole
        self._calls = 0
        self._unpriced = 0
        self._spent = 0
        self._held = 0
        self._free = ""
        self._lock = threading.Lock()

    @property
    def spending(self) -> Spending:
        """What the whole program has used, calls that are being made at this moment included, and may use."""
        if self._whole:
            return self._whole.spending
        with self._lock:
            return self._state()

    def part(self) -> "Ledger":
        """Return the ledger of one run: what it uses is used here too."""
        return Ledger(self._tariff, whole=self)

    def promise(self, bound: Bound) -> None:
        """Hold a part to it that no more is used from now on than was told."""
        if self._whole is None:
            return
        with self._lock:
            self._max_calls = self._calls + bound.most_calls
            most = bound.most_picodollars
            self._budget = None if most is None else self._spent + self._held + most

    def take_prices(self, tariff: Tariff) -> None:
        """Go by other prices from now on."""
        self._tariff = tariff

    def price_of(self, model: str) -> Price | None:
        """Return the price of a `SERVER:NAME` that is about to be asked, None where it is not known."""
        price = self._tariff(model)
        if price and price.local:
            self._note_free(price.source)
        return price

    def begin_call(self) -> None:
        """Count a call that is about to be made, here and in what holds the work that makes it.

        Raises:
            BudgetError: there are none left.
        """
        take_call()  # first: that one function may take no more says more than that the run may not
        try:
            self._begin()
        except BudgetError:
            give_call_back()
            raise

    def drop_call(self) -> None:
        """Take back a call that was not made after all."""
        self._drop()
        give_call_back()

    def _begin(self) -> None:
        with self._lock:
            if self._whole:  # what the user allows is worth more words than what was promised
                self._whole._begin()  # noqa: SLF001 - of the same class
            if self._max_calls is not None and self._calls >= self._max_calls:
                if self._whole:
                    self._whole._drop()  # noqa: SLF001 - of the same class
                raise self._no_call_left(self._max_calls)
            self._calls += 1

    def _drop(self) -> None:
        with self._lock:
            self._calls -= 1
        if self._whole:
            self._whole._drop()  # noqa: SLF001 - of the same class

    def reserve(self, model: str, prompt: Prompt, room: int) -> int:
        """Set aside what one try can cost at most, its answer being `room` tokens long, and return it.

        Raises:
            BudgetError: so much is not left, or nobody can know.
        """
        price = self._tariff(model)
        worst = price.of(prompt_bound(prompt), room) if price else 0
        with self._lock:
            if price is None and self._budget is not None and self._whole is None:
                raise self._unknown(model)
            if self._whole:
                self._whole.reserve(model, prompt, room)
            if self._budget is not None and self._spent + self._held + worst > self._budget:
                if self._whole:
                    self._whole.release(worst)
                raise self._too_dear(worst, self._budget)
            self._held += worst
        return worst

    def settle(self, model: str, held: int, tokens: tuple[int, int] | None) -> int | None:
        """Put in place of what was set aside what was spent; None and no tokens: nobody knows, the most.

        Returns what was spent, None where the price is not known.
        """
        price = self._tariff(model)
        cost = held if price is None or not tokens or not any(tokens) else price.of(*tokens)
        with self._lock:
            self._held -= held
            self._spent += cost
            self._unpriced += price is None
        if self._whole:
            self._whole.settle(model, held, tokens)
        return None if price is None else cost

    def release(self, held: int) -> None:
        """Give back what was set aside for a try that cost nothing."""
        with self._lock:
            self._held -= held
        if self._whole:
            self._whole.release(held)

    def _note_free(self, why: str) -> None:
        self._free = why
        if self._whole:
            self._whole._note_free(why)  # noqa: SLF001 - of the same class

    def _state(self) -> Spending:
        used = (self._calls, self._spent + self._held, self._unpriced)
        return Spending(*used, self._max_calls, self._budget, self._free)

    def _before(self) -> Spending:
        """Return used and allowed without the call that was begun and is not made."""
        state = self._state()
        return replace(state, calls=max(0, state.calls - 1))

    def _no_call_left(self, allowed: int) -> BudgetError:
        return self._error(
            self._state(),
            f"the next model call was not made: {self._state().words} are used",
            f"go on with --max-calls {2 * allowed or 20}",
        )

    def _too_dear(self, worst: int, allowed: int) -> BudgetError:
        enough = dollars(max(2 * allowed, self._spent + self._held + worst)).lstrip("$").replace(",", "")
        return self._error(
            self._before(),
            f"the next model call was not made: it can cost up to {dollars(worst)}, "
            f"and {self._before().words} are used",
            f"go on with --budget {enough}, or make calls smaller with TOOLWRIGHT_MAX_TOKENS",
        )

    def _unknown(self, model: str) -> BudgetError:
        message = f"the price of {model} is not known, so what is allowed could be passed"
        return self._error(self._before(), message, unknown_hint(model))

    def _error(self, state: Spending, message: str, hint: str) -> BudgetError:
        used = (state.calls, None if state.unpriced else usd(state.picodollars))
        allowed = (state.calls_allowed, usd(state.picodollars_allowed))
        stays = "what is in the library stays"
        if self._whole:
            return BudgetError(
                f"{message}, the most that this run was said to take",
                used=used,
                allowed=allowed,
                hint=f"{stays}; run it again to go on",
            )
        return BudgetError(message, used=used, allowed=allowed, hint=f"{stays}; {hint}")


def unknown_hint(model: str) -> str:
    """Say how to set the price of a model, or do without."""
    return (
        f'export TOOLWRIGHT_PRICES="{model}=IN/OUT" (US dollars for a million tokens of questions and of '
        "answers), or use --max-calls N"
    )
