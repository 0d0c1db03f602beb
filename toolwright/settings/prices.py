"""What models cost: a table with its source, over it what the user set; the price of a model comes out.

An unknown price stays unknown. Amounts are US dollars for a million tokens of questions and of answers, which
is the same number of microdollars for one.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from toolwright.settings.servers import address_of
from toolwright.settings.values import price_of
from toolwright.types import Price

if TYPE_CHECKING:
    from toolwright.settings import Settings

_SOURCE: Final = "price table of litellm 1.106.2, 2026-10-21"
PRICES: Final[Mapping[str, tuple[str, str, str]]] = {
    "together:deepseek-ai/DeepSeek-R1-0528": ("3", "7", _SOURCE),
    "together:deepseek-ai/DeepSeek-V4.1-Flash": ("0.30", "1.20", _SOURCE),
    "together:deepseek-ai/DeepSeek-V4.1-Flash-1017": ("0.30", "1.20", _SOURCE),
    "together:deepseek-ai/DeepSeek-V4-Pro-0813": ("1.32", "3.96", _SOURCE),
    "openai:gpt-5.5": ("5", "30", _SOURCE),
    "openai:gpt-5.4": ("2.50", "15", _SOURCE),
    "openai:gpt-5.4-mini": ("0.75", "4.50", _SOURCE),
    "openai:gpt-5.4-nano": ("0.20", "1.25", _SOURCE),
    "groq:openai/gpt-oss-120b": ("0.15", "0.60", _SOURCE),
    "groq:openai/gpt-oss-20b": ("0.075", "0.30", _SOURCE),
    "groq:qwen/qwen3.8-27b": ("0.80", "4", _SOURCE),
    "anthropic:claude-sonnet-5-5": ("2", "10", _SOURCE),
    "anthropic:claude-sonnet-5": ("2", "10", _SOURCE),
    "anthropic:claude-sonnet-4-6": ("3", "15", _SOURCE),
    "anthropic:claude-opus-5-5": ("4", "20", _SOURCE),
    "anthropic:claude-haiku-4-5": ("1", "5", _SOURCE),
}
"""Of standard requests without a cache. DeepSeek R1 itself is not among them: Together serves it on dedicated
endpoints, which are paid for by the hour."""
_LOCAL: Final = Price(0, 0, "no price: runs on this machine", local=True)
_RECORDED: Final = Price(0, 0, "no price: answered from a recording", local=True)
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PICO_OF_MICRO: Final = 10**6


def tariff(settings: "Settings") -> Callable[[str], Price | None]:
    """Return what knows the price of a `SERVER:NAME`; it answers None where nobody said what that costs."""
    own = {name: (asked, answered) for name, asked, answered in map(price_of, settings.prices)}

    def find(model: str) -> Price | None:
        server = model.partition(":")[0]
        for name in (model, f"{server}:*"):
            if name in own:
                asked, answered = (int(amount * _PICO_OF_MICRO) for amount in own[name])
                return Price(asked, answered, f"set by {settings.origins.get('prices', 'prices')}")
        return _of_server(settings, server, model)

    return find


def _of_server(settings: "Settings", server: str, model: str) -> Price | None:
    if server == "llama-cpp":
        return _LOCAL
    if server in {"replay", "demo"}:
        return _RECORDED
    if server == "ollama":  # it passes on what it calls a cloud model
        here = urlsplit(settings.ollama_host).hostname in _HERE
        return _LOCAL if here and not model.endswith("cloud") else None
    if model not in PRICES or address_of(
        settings, server
    ):  # who is behind another address asks his own price
        return None
    asked, answered, source = PRICES[model]
    _, in_, out = price_of(f"{model}={asked}/{answered}")
    return Price(int(in_ * _PICO_OF_MICRO), int(out * _PICO_OF_MICRO), source)
