"""The backends over HTTP, for the contract test: how each is opened, which wire it speaks, what it may do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wire_formats import ANTHROPIC, CHAT, OLLAMA, CompatibleWire, Wire

from toolwright.models import SERVERS
from toolwright.models.endpoint import Connection, ignore_progress

KEY = "sk-the-secret-key"


@dataclass(frozen=True)
class Case:
    """One backend. `kinds` are the faults that its protocol tells by another kind than the others do."""

    server: str
    wire: Wire = CHAT
    prefix: str = ""
    key_variable: str = ""
    package: str = ""
    schema: Callable[[dict[str, Any]], Any] = lambda _body: None
    kinds: Mapping[str, str] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()

    def open(self, url: str, name: str = "some-model", on_progress=ignore_progress, **settings: Any) -> Any:
        """Open a model of that name; `settings` are fields of its connection."""
        settings = {"key": KEY, "base_url": url + self.prefix, "idle_s": 30.0, **settings}
        return SERVERS[self.server].open(name, Connection(**settings), on_progress)


CASES = [
    Case("together", key_variable="TOGETHER_API_KEY"),
    Case("openai", key_variable="OPENAI_API_KEY"),
    Case("groq", CompatibleWire("/openai"), "/openai", "GROQ_API_KEY"),
    Case("openai-compatible", CompatibleWire("/api"), "/api/v1", "OPENAI_COMPATIBLE_API_KEY"),
    Case(
        "ollama",
        OLLAMA,
        key_variable="OLLAMA_API_KEY",
        schema=lambda body: body.get("format"),
        # its error is a bare sentence, without a code
        kinds={"429quota": "billing", "nullbody": "protocol"},
        skip=frozenset({"reasoning_content", "s_nodone"}),
    ),
    Case(
        "anthropic",
        ANTHROPIC,
        key_variable="ANTHROPIC_API_KEY",
        package="anthropic",
        schema=lambda body: body.get("output_config"),
    ),
]
