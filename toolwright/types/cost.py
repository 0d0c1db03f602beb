"""Records of money: a price per token, what may still be spent. Amounts are whole picodollars, so exact."""

from toolwright.records import dataclass, replace

PICODOLLARS = 10**12
"""In one US dollar. A token at $1 a million costs a million of them."""
_SHOWN = 4
_A_DOLLAR = 2


@dataclass(frozen=True, slots=True)
class Price:
    """What a model takes for a token of a question and of an answer, in picodollars.

    `source` says where that is known from; `local` is for models that run on this machine, without a price.
    """

    prompt: int
    output: int
    source: str = ""
    local: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether no token costs anything."""
        return not (self.prompt or self.output)

    def of(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return what so many tokens cost, in picodollars."""
        return self.prompt * prompt_tokens + self.output * output_tokens


@dataclass(frozen=True, slots=True)
class Spending:
    """The ledger of one program: what its model calls have used, and what they are allowed.

    `picodollars` counts a call whose cost nobody told at the most it can have been; `unpriced` counts the
    calls of models whose price is not known, which are not in it. None where nothing is forbidden.
    `free` says why the last model that has no price has none.
    """

    calls: int = 0
    picodollars: int = 0
    unpriced: int = 0
    calls_allowed: int | None = None
    picodollars_allowed: int | None = None
    free: str = ""

    @property
    def words(self) -> str:
        """Used and allowed, for people: `5 of 7 calls, $0.04 of $0.06`."""
        allowed = "" if self.calls_allowed is None else f" of {self.calls_allowed:,}"
        noun = "call" if (self.calls if self.calls_allowed is None else self.calls_allowed) == 1 else "calls"
        limit = self.picodollars_allowed
        of = "" if limit is None else f" of {dollars(limit)}"
        known = "cost unknown" if self.unpriced and limit is None else f"{dollars(self.picodollars)}{of}"
        return f"{self.calls:,}{allowed} {noun}, {known}"


@dataclass(frozen=True, slots=True)
class Bound:
    """How many model calls some work takes, and what they cost: as a rule, and never more than.

    As a rule means that nothing is refused; the money is what the calls cost when each uses all its room.
    Costs are in picodollars, None where a price is not known; `dearest` is the most that one call can cost.
    """

    calls: int = 0
    picodollars: int | None = 0
    most_calls: int = 0
    most_picodollars: int | None = 0
    dearest: int | None = 0

    def within(self, spending: Spending) -> "Bound":
        """Return the bound of what may still be spent: no call is made that could pass what is allowed."""
        calls, cost = self.most_calls, self.most_picodollars
        if spending.calls_allowed is not None:
            calls = min(calls, spending.calls_allowed - spending.calls)
            few = None if self.dearest is None else calls * self.dearest
            cost = few if cost is None or few is None else min(cost, few)
        if spending.picodollars_allowed is not None:
            left = max(0, spending.picodollars_allowed - spending.picodollars)
            cost = left if cost is None else min(cost, left)
        return replace(self, most_calls=calls, most_picodollars=cost)

    def __add__(self, other: "Bound") -> "Bound":
        """Return the bound of both together."""
        dearest = None if self.dearest is None or other.dearest is None else max(self.dearest, other.dearest)
        return Bound(
            self.calls + other.calls,
            _sum(self.picodollars, other.picodollars),
            self.most_calls + other.most_calls,
            _sum(self.most_picodollars, other.most_picodollars),
            dearest,
        )

    def times(self, number: int) -> "Bound":
        """Return the bound of so many of the same."""
        return sum([self] * number, Bound())

    @property
    def words(self) -> str:
        """The bound for people: `at most 12 calls, $0.06`."""
        cost = self.most_picodollars
        said = ", cost unknown" if cost is None else f", {dollars(cost)}" if cost else ""
        return f"at most {self.most_calls:,} {_calls(self.most_calls)}{said}"

    @property
    def usual_words(self) -> str:
        """What is usual, for people: `usually 4 calls, about $0.02`."""
        cost = f", about {dollars(self.picodollars)}" if self.picodollars else ""
        return f"usually {self.calls or 'no'} {_calls(self.calls or 1)}{cost}"


def _calls(number: int) -> str:
    return "call" if number == 1 else "calls"


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def dollars(picodollars: int) -> str:
    """Return `$0.0312` or `$1.25`, rounded up: four places, from one dollar on two."""
    places = _A_DOLLAR if picodollars >= PICODOLLARS else _SHOWN
    unit = PICODOLLARS // 10**places
    whole, rest = divmod(-(-picodollars // unit), 10**places)
    shown = f"{rest:0{places}d}"
    while len(shown) > _A_DOLLAR and shown.endswith("0"):
        shown = shown[:-1]
    return f"${whole:,}.{shown}"


def cost_words(picodollars: int | None) -> str:
    """Return an amount for people, `cost unknown` where nobody knows."""
    return "cost unknown" if picodollars is None else dollars(picodollars)


def usd(picodollars: int | None) -> float | None:
    """Return US dollars, rounded up to a millionth, for JSON and tables; None stays None: not known."""
    return None if picodollars is None else -(-picodollars // 10**6) / 10**6
