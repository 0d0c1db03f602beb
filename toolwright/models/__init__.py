"""`SERVER:NAME` goes in, a model that is patient, falls back, records and counts comes out. Loads no SDK."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from toolwright.errors import UsageError
from toolwright.events import Listener
from toolwright.models.endpoint import Backend, Connection, OnProgress
from toolwright.models.fallbacks import FallbackModel
from toolwright.models.ledger import Ledger
from toolwright.models.metered import MeteredModel, Progress
from toolwright.models.patience import Patience, PatientModel
from toolwright.models.priced import PricedModel
from toolwright.models.recording import RecordingModel
from toolwright.models.replay import ReplayModel
from toolwright.models.roles import RoleModel
from toolwright.models.transcripts import Transcript, TranscriptWriter
from toolwright.protocols import Model
from toolwright.records import dataclass

Open: TypeAlias = Callable[[str, Connection, OnProgress], Backend]
"""Opens the model of that name on a server; nothing is connected yet, no SDK is loaded."""


@dataclass(frozen=True, slots=True)
class Server:
    """A place where models live: how to open one of them, and which variable holds the key ("" for none)."""

    open: Open
    key_variable: str = ""


def _together(name: str, connection: Connection, on_progress: OnProgress) -> Backend:
    from toolwright.models.together import TogetherModel

    return TogetherModel(name, connection, on_progress)


def _chat(server: str) -> Open:
    def open_chat(name: str, connection: Connection, on_progress: OnProgress) -> Backend:
        from toolwright.models import openai_chat

        return openai_chat.ChatModel(openai_chat.DIALECTS[server], name, connection, on_progress)

    return open_chat


def _ollama(name: str, connection: Connection, on_progress: OnProgress) -> Backend:
    from toolwright.models.ollama import OllamaModel

    return OllamaModel(name, connection, on_progress)


def _anthropic(name: str, connection: Connection, on_progress: OnProgress) -> Backend:
    from toolwright.models.anthropic import AnthropicModel

    return AnthropicModel(name, connection, on_progress)


def _llama_cpp(name: str, connection: Connection, on_progress: OnProgress) -> Backend:
    from toolwright.models.llama_cpp import LlamaCppModel

    return LlamaCppModel(name, connection, on_progress)


SERVERS: Final[Mapping[str, Server]] = {
    "together": Server(_together, "TOGETHER_API_KEY"),
    "openai": Server(_chat("openai"), "OPENAI_API_KEY"),
    "groq": Server(_chat("groq"), "GROQ_API_KEY"),
    "openai-compatible": Server(_chat("openai-compatible")),
    "ollama": Server(_ollama),
    "anthropic": Server(_anthropic, "ANTHROPIC_API_KEY"),
    "llama-cpp": Server(_llama_cpp),
}


def parse_model(value: str) -> tuple[str, str]:
    """Split `SERVER:NAME` into server and name; the name may hold colons of its own.

    Raises:
        UsageError: no colon, a server nobody knows, or no name.
    """
    server, colon, name = (part.strip() for part in value.partition(":"))
    if not colon:
        raise UsageError(
            f"{value!r} does not say which server the model is on", hint=f"write --model {_example(value)}"
        )
    if server not in SERVERS:
        known = ", ".join(SERVERS)
        nearest = difflib.get_close_matches(server.lower(), SERVERS, n=1)
        meant = nearest[0] if nearest else next(iter(SERVERS))
        raise UsageError(
            f"{value!r} names the unknown server {server!r}; known: {known}",
            hint=f"write --model {meant}:{name or 'NAME'}",
        )
    if not name or any(char.isspace() or not char.isprintable() for char in name):
        raise UsageError(
            f"{value!r} holds no model name that could be asked for", hint=f"write --model {server}:NAME"
        )
    return server, name


def _example(value: str) -> str:
    return f"{next(iter(SERVERS))}:{value.strip() or 'NAME'}"


def open_backend(value: str, connection: Connection, emit: Listener) -> Backend:
    """Open the one model `SERVER:NAME`, as it is: no retries, nothing counted.

    Raises:
        UsageError: the value is malformed.
        ModelError: `setup`, its key or address cannot be used.
    """
    server, name = parse_model(value)
    return SERVERS[server].open(name, connection, Progress(emit))


def open_model(
    values: Sequence[str],
    connections: Mapping[str, Connection],
    emit: Listener,
    *,
    writer: TranscriptWriter | None = None,
    patience: Patience | None = None,
    ledger: Ledger | None = None,
) -> MeteredModel:
    """Open `SERVER:NAME`s, best first, as one model that retries, falls back, records and counts.

    `connections` says by server how to reach it; a server not named there is reached without a key. `ledger`
    is that of the connections, which counts the calls.

    Raises:
        UsageError: a value is malformed, or there is none.
        ModelError: `setup`, a key or an address cannot be used.
    """
    model = _open_chain(values, connections, emit, patience, {})
    return MeteredModel(RecordingModel(model, writer) if writer else model, emit, ledger=ledger)


def _open_chain(
    values: Sequence[str],
    connections: Mapping[str, Connection],
    emit: Listener,
    patience: Patience | None,
    opened: dict[str, Model],
) -> Model:
    if not values:
        raise UsageError("no model is named", hint="write --model SERVER:NAME")

    def priced(value: str) -> Model:
        if value not in opened:
            connection = connections.get(parse_model(value)[0], Connection())
            patient = PatientModel(open_backend(value, connection, emit), emit, patience)
            opened[value] = PricedModel(patient, connection.ledger)
        return opened[value]

    return FallbackModel([priced(value) for value in dict.fromkeys(values)], emit)


def open_roles(
    values: Mapping[str, Sequence[str]],
    connections: Mapping[str, Connection],
    emit: Listener,
    *,
    writer: TranscriptWriter | None = None,
    patience: Patience | None = None,
    ledger: Ledger | None = None,
) -> MeteredModel:
    """Open by role, "" for all others, what `open_model` opens; all are counted by one meter.

    Raises:
        UsageError: a value is malformed, or there is none.
        ModelError: `setup`, a key or an address cannot be used.
    """
    if set(values) == {""}:
        return open_model(values[""], connections, emit, writer=writer, patience=patience, ledger=ledger)

    opened: dict[str, Model] = {}  # roles share a model, which may be gigabytes in memory

    def chain(names: Sequence[str]) -> Model:
        model = _open_chain(names, connections, emit, patience, opened)
        return RecordingModel(model, writer) if writer else model

    roles = RoleModel({role: chain(names) for role, names in values.items()})
    return MeteredModel(roles, emit, ledger=ledger)


def open_replay(
    transcript: Transcript, emit: Listener, *, pause_s: float = 0.0, ledger: Ledger | None = None
) -> MeteredModel:
    """Open a transcript as a model that answers from it."""
    replay = ReplayModel(transcript, on_progress=Progress(emit), pause_s=pause_s)
    return MeteredModel(PricedModel(replay, ledger or Ledger()), emit, ledger=ledger)


def list_models(server: str, connection: Connection) -> tuple[str, ...]:
    """Return the names of the chat models that a server offers to this account, sorted.

    Raises:
        UsageError: there is no such server.
        ModelError: the server gave no usable answer.
    """
    known, _ = parse_model(f"{server}:any")
    return SERVERS[known].open("any", connection, lambda _thought, _text: None).list_models()
