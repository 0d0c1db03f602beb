"""What models cost: a table with its source, over it what the user set; the price of a model comes out.

An unknown price stays unknown. Amounts are US dollars for a million tokens of questions and of answers, which
is the same number of microdollars for one.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from toolwright.records import replace
from toolwright.settings.servers import SERVERS, address_of
from toolwright.settings.strangers import from_folder
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
    """Return what knows the price of a `SERVER:NAME`; it answers None where nobody said what that costs.

    What a file of the folder says is not taken where the user's own key pays, unless it makes a model dearer.
    """
    own = _set_by_user(settings)

    def find(model: str) -> Price | None:
        said, known = own(model), _of_server(settings, model.partition(":")[0], model)
        if said is None or not _pays_himself(settings, model):
            return said or known
        if known is None:
            return None
        return replace(known, prompt=max(said.prompt, known.prompt), output=max(said.output, known.output))

    return find


def not_taken(settings: "Settings", model: str) -> str:
    """Return where the price of a model is set that does not count, "" where there is none."""
    said = _set_by_user(settings)(model)
    counts = tariff(settings)(model)
    if said is None or (counts and (counts.prompt, counts.output) == (said.prompt, said.output)):
        return ""
    return settings.origins.get("prices", "")


def _set_by_user(settings: "Settings") -> Callable[[str], Price | None]:
    own = {name: (asked, answered) for name, asked, answered in map(price_of, settings.prices)}

    def find(model: str) -> Price | None:
        for name in (model, f"{model.partition(':')[0]}:*"):
            if name in own:
                asked, answered = (int(amount * _PICO_OF_MICRO) for amount in own[name])
                return Price(asked, answered, f"set by {settings.origins.get('prices', 'prices')}")
        return None

    return find


def _pays_himself(settings: "Settings", model: str) -> bool:
    """Tell whether prices come with the folder, which may be anybody's, and the key that pays does not."""
    server = SERVERS.get(model.partition(":")[0])
    if not from_folder(settings.origins.get("prices", "")) or server is None or not server.key_field:
        return False
    if not getattr(settings, server.key_field):
        return server.needs_key  # it will be typed in
    return not from_folder(settings.origins.get(server.key_field, ""))


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
