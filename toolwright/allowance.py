"""Settings -> the ledger that says what model calls may cost, and what is known of prices by stage."""

from toolwright.errors import UsageError
from toolwright.models.ledger import Ledger, unknown_hint
from toolwright.models.roles import ROLE_OF
from toolwright.parts import Rate
from toolwright.settings import Settings
from toolwright.settings.prices import not_taken, tariff
from toolwright.settings.servers import models_of
from toolwright.settings.strangers import elsewhere
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
    for one in _asked(settings, model):
        if prices(one) is None:
            where = not_taken(settings, one)
            unknown = f"the price of {one} is not known"
            unknown += f" ({where} does not count, for your own key pays)" if where else ""
            why = f"--budget {budget} cannot be kept: {unknown}"
            raise UsageError(why, hint=unknown_hint(one))
    return Ledger(prices, max_calls=settings.max_calls, budget=int(budget * PICODOLLARS))


def search_ledger(settings: Settings) -> Ledger:
    """Return the ledger of a search, which asks nobody but for vectors.

    Raises:
        UsageError: there is a budget, and the price of vectors is not known.
    """
    paid = settings.embedder and not settings.embedder.startswith("local:")
    return open_ledger(settings, settings.embedder) if paid else Ledger()


def folder_notices(settings: Settings) -> tuple[str, ...]:
    """Say where files of the folder send what is asked, and which of their prices do not count."""
    sent = elsewhere(settings, _asked(settings))
    doubted = {one: not_taken(settings, one) for one in _asked(settings)} if settings.prices else {}
    return sent + tuple(
        f"the price of {one} in {where} does not count, for your own key pays; "
        "export TOOLWRIGHT_PRICES=... if you know it to be right"
        for one, where in doubted.items()
        if where
    )


def _asked(settings: Settings, model: str = "") -> tuple[str, ...]:
    """Return what may be asked, models of vectors among it; `model`, if any, serves for all others."""
    named = [] if settings.replay else [one for models in models_of(settings).values() for one in models]
    vectors = [settings.embedder] if settings.embedder and not settings.embedder.startswith("local:") else []
    return tuple(dict.fromkeys([*([model] if model else named), *vectors]))


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
