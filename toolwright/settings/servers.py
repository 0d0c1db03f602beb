"""What is known of each server of models: its default model, and which settings hold its key and address.

Settings go in; out comes which models are asked for what, and how their servers are reached.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from toolwright.records import dataclass
from toolwright.redaction import Secret
from toolwright.types.roles import ROLES

if TYPE_CHECKING:
    from toolwright.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server: its default model, "" if it has none, and the fields of its key and address."""

    default: str
    key_field: str = ""
    base_field: str = ""
    needs_key: bool = True


SERVERS: Final[Mapping[str, ServerSettings]] = {
    "together": ServerSettings("deepseek-ai/DeepSeek-R1", "api_key", "base_url"),
    "openai": ServerSettings("gpt-5.5", "openai_key", "openai_base_url"),
    "groq": ServerSettings("openai/gpt-oss-120b", "groq_key", "groq_base_url"),
    "anthropic": ServerSettings("claude-sonnet-5-5", "anthropic_key", "anthropic_base_url"),
    "openai-compatible": ServerSettings("", "compatible_key", "compatible_base_url", needs_key=False),
    "ollama": ServerSettings("qwen3-coder", "ollama_key", "ollama_host", needs_key=False),
    "llama-cpp": ServerSettings("Qwen3-4B-Q4_K_M.gguf", needs_key=False),
}


def used_servers(texts: Iterable[str]) -> frozenset[str]:
    """Return the servers that are named in settings of models, before those are read."""
    words = {word for text in texts for word in re.findall(r"[a-z][a-z-]*", text)}
    return frozenset(words & set(SERVERS))


def name_defaults(values: dict[str, object]) -> None:
    """Put the default model of a server behind each server that stands alone in settings of models."""

    def named(model: object) -> object:
        if not isinstance(model, str) or model not in SERVERS:
            return model
        name = values.get("local_model") if model == "llama-cpp" else None
        return f"{model}:{name or SERVERS[model].default}"

    for field in ("model", *(f"model_{role}" for role in ROLES)):
        if field in values:
            values[field] = named(values[field])
    fallbacks = values.get("fallbacks")
    if isinstance(fallbacks, tuple):
        values["fallbacks"] = tuple(named(model) for model in fallbacks)


def models_of(settings: "Settings") -> dict[str, tuple[str, ...]]:
    """Return by role which models are asked, best first; those of the role "" serve for all others.

    The fallbacks that nobody chose are left out unless they are on the same server as the model: nothing is
    sent to a server that was not configured. A role of its own falls back on what serves for all.
    """
    server = settings.model.partition(":")[0]
    chosen = "fallbacks" in settings.origins
    kept = (one for one in settings.fallbacks if chosen or one.partition(":")[0] == server)
    common = tuple(dict.fromkeys((settings.model, *kept)))
    own = {role: getattr(settings, f"model_{role}") for role in ROLES}
    return {"": common} | {
        role: tuple(dict.fromkeys((model, *common))) for role, model in own.items() if model
    }


def key_of(settings: "Settings", server: str) -> Secret:
    """Return the key for a server, an empty one if there is none."""
    known = SERVERS.get(server)
    key = getattr(settings, known.key_field) if known and known.key_field else Secret()
    return key if isinstance(key, Secret) else Secret()


def address_of(settings: "Settings", server: str) -> str:
    """Return the base URL that was set for a server, "" for the server's own."""
    known = SERVERS.get(server)
    return str(getattr(settings, known.base_field)) if known and known.base_field else ""
