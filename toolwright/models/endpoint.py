"""Records that say which server is asked and how: settings come in, every part of a backend reads them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from toolwright.models.ledger import Ledger
from toolwright.protocols import Model
from toolwright.records import dataclass, field

OnProgress: TypeAlias = Callable[[int, int], None]
"""Called as pieces stream in with the characters so far, of thought and of text."""

_SHORTEST_KEY: Final = 6  # blotting out a shorter one would only garble the message


def ignore_progress(_thought_chars: int, _text_chars: int) -> None:
    """Listen to nothing: what a backend does with its progress when nobody watches."""


class Backend(Model, Protocol):
    """A model behind a server, which can also say what else that server offers."""

    def list_models(self) -> tuple[str, ...]:
        """Return the names of the chat models that the server offers to this account, sorted.

        Raises:
            ModelError: the server gave no usable answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Local:
    """Where models lie that run in this process, how long their context is, how many layers a GPU takes."""

    folder: Path = Path("models")
    context_size: int = 16_384
    gpu_layers: int = 0


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a server and how to ask it.

    `base_url` "" means the server's own; with or without a final `/v1`. `connect_s` bounds the way to
    an open connection, name resolution included; `idle_s` the silence between two pieces;
    `deadline_s` one whole answer. `max_tokens` covers thought and answer together. A temperature or
    top_p of None is left to the server; `think` None leaves it to the model whether it thinks first. `ledger`
    is asked before every request whether it may be paid for.
    """

    key: str = field(default="", repr=False)
    base_url: str = ""
    connect_s: float = 6.0
    idle_s: float = 120.0
    deadline_s: float = 900.0
    max_tokens: int = 16_384
    temperature: float | None = 0.6
    top_p: float | None = 0.95
    think: bool | None = None
    local: Local = field(default_factory=Local)
    ledger: Ledger = field(default_factory=Ledger, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who was asked, for error messages: server, model, host, and the key that must never show."""

    server: str
    model: str
    host: str
    key_variable: str = ""
    key: str = field(default="", repr=False)
    idle_s: float = 120.0
    hints: Mapping[str, str] = field(default_factory=dict)
    """By kind of error, what to do about it where this server wants something of its own."""

    @property
    def name(self) -> str:
        """How users name the model: `SERVER:NAME`."""
        return f"{self.server}:{self.model}"

    def blot(self, text: str) -> str:
        """Return `text` without the key: servers like to quote a key that they refuse."""
        return text.replace(self.key, "[key]") if len(self.key) >= _SHORTEST_KEY else text
