"""Settings -> the ledger that says what model calls may cost, and what is known of prices by stage."""

from toolwright.errors import UsageError
from toolwright.models.ledger import Ledger, unknown_hint
from toolwright.models.roles import ROLE_OF
from toolwright.parts import Rate
from toolwright.settings import Settings
from toolwright.settings.prices import tariff
from toolwright.settings.servers import models_of
from toolwright.types import Price
from toolwright.types.cost import PICODOLLARS


def open_ledger(settings: Settings, model: str = "") -> Ledger:
    """Return the ledger of a program with these settings, which all its runs share.

    `model` names one that takes the place of the configured ones.

    Raises:
        UsageError: there is a budget, and a model whose price is not known.
    """
    prices, budget = tariff(settings), settings.budget
    if budget is None:
        return Ledger(prices, max_calls=settings.max_calls)
    named = [] if settings.replay else [one for models in models_of(settings).values() for one in models]
    vectors = [settings.embedder] if settings.embedder and not settings.embedder.startswith("local:") else []
    for one in [*([model] if model else named), *vectors]:
        if prices(one) is None:
            why = f"--budget {budget} cannot be kept: the price of {one} is not known"
            raise UsageError(why, hint=unknown_hint(one))
    return Ledger(prices, max_calls=settings.max_calls, budget=int(budget * PICODOLLARS))


def rates(settings: Settings, model: str = "") -> Rate:
    """Return what says prices and the room of an answer for a stage; `model`, if any, serves for all."""
    prices, chosen = tariff(settings), {"": (model,)} if model else models_of(settings)
    if settings.replay:
        chosen = {"": ("replay:",)}

    def rate(stage: str) -> tuple[Price | None, Price | None, int]:
        role = ROLE_OF.get(stage, stage)
        found = [prices(one) for one in chosen.get(role, chosen[""])]
        known = [price for price in found if price]
        if len(known) < len(found):
            return found[0], None, settings.max_tokens
        highest = Price(max(one.prompt for one in known), max(one.output for one in known))
        return found[0], highest, settings.max_tokens

    return rate
