"""Texts go out to a server of the OpenAI embeddings protocol, vectors come back: Ollama, Together, OpenAI."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from toolwright.errors import ModelError
from toolwright.models.address import base_of, checked_key, host_of
from toolwright.models.asking import Asking
from toolwright.models.endpoint import Connection, Endpoint
from toolwright.models.faults import http_rules, model_error
from toolwright.models.lines import Exchange, read_body
from toolwright.models.openai_chat import DIALECTS, Dialect
from toolwright.models.priced import UNBILLED
from toolwright.types import Prompt, Usage

STAGE: Final = "vectors"
"""What requests for vectors are counted under."""
_AT_ONCE: Final = 64
"""Texts of one request: few enough for every server that is known."""

EMBEDDING_SERVERS: Final = {
    **DIALECTS,
    "together": Dialect("together", "https://api.together.ai", "TOGETHER_API_KEY", "TOGETHER_BASE_URL"),
    "ollama": Dialect("ollama", "http://127.0.0.1:11434", "OLLAMA_API_KEY", "OLLAMA_HOST", needs_key=False),
}


class ServerEmbedder:
    """One embedding model behind a server; nothing is sent before `embed`."""

    def __init__(
        self,
        server: str,
        model: str,
        connection: Connection,
        tell: Callable[[Usage], None] = lambda _usage: None,
    ) -> None:
        """Check key and address; `tell` hears what each request has cost.

        Raises:
            ModelError: `setup`, the key or the base URL is missing or cannot be used.
        """
        dialect = EMBEDDING_SERVERS[server]
        wanted = dialect.needs_key or connection.key.strip()
        key = checked_key(connection.key, server, dialect.key_variable) if wanted else ""
        self._base = base_of(connection.base_url) or dialect.base
        if not self._base:
            raise ModelError(
                "setup",
                f"{server} needs the address of a server",
                hint=f"set {dialect.base_variable}, such as http://127.0.0.1:8000/v1",
            )
        at = Endpoint(server, model, host_of(self._base), dialect.key_variable, key, connection.idle_s)
        self._asking = Asking(at, connection, rules=http_rules)
        self._failed: ModelError | None = None
        self._tell = tell

    @property
    def name(self) -> str:
        """`SERVER:MODEL`."""
        return self._asking.at.name

    def embed(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return a vector of length one for each text.

        A server that failed is not asked again: it was waited for, and everybody has another way.

        Raises:
            ModelError: the server gave no usable answer.
        """
        if self._failed:
            raise self._failed
        try:
            return self._all(texts)
        except ModelError as error:
            self._failed = error
            raise

    def _all(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        parts = (texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE))
        return tuple(vector for part in parts for vector in self._asked(part))

    def _asked(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        asking, at = self._asking, self._asking.at
        headers = {"Authorization": f"Bearer {at.key}"} if at.key else {}
        body = {"model": at.model, "input": list(texts)}
        exchange = Exchange(at, asking.connection, "POST", self._base, "/v1/embeddings", headers, body)
        ledger = asking.connection.ledger
        held = ledger.reserve(at.name, Prompt(STAGE, at.model, "\n".join(texts)), 0)
        began = asking.clock()
        try:
            answer = next(iter(asking.listen(lambda connected: read_body(exchange, connected))), None)
        except ModelError as error:
            if error.kind in UNBILLED:
                ledger.release(held)
            else:
                self._paid(held, 0, asking.clock() - began)
            raise
        self._paid(held, _counted(answer), asking.clock() - began)
        vectors = read_vectors(answer, len(texts))
        if vectors is None:
            raise model_error("protocol", f"{at.host} answers with something that is no list of vectors", at)
        return vectors

    def _paid(self, held: int, tokens: int, seconds: float) -> None:
        """Settle a request; where the server did not say what it counted, it cost what was set aside."""
        cost = self._asking.connection.ledger.settle(self.name, held, (tokens, 0))
        self._tell(Usage(0, tokens, 0, seconds, cost or 0, int(cost is not None), 1))


def _counted(body: Any) -> int:
    """Return the tokens that a server says it counted, 0 where it does not say."""
    usage = body.get("usage") if isinstance(body, dict) else None
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return max(0, tokens) if type(tokens) is int else 0


def read_vectors(body: Any, count: int) -> list[tuple[float, ...]] | None:
    """Read the answer to a request for `count` vectors; None for anything else."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or len(data) != count:
        return None
    found: dict[int, tuple[float, ...]] = {}
    for place, entry in enumerate(data):
        vector = unit(entry.get("embedding")) if isinstance(entry, dict) else None
        index = entry.get("index", place) if isinstance(entry, dict) else None
        if vector is None or type(index) is not int:
            return None
        found[index] = vector
    same = len({len(vector) for vector in found.values()}) == 1
    return [found[place] for place in range(count)] if same and found.keys() == set(range(count)) else None


def unit(numbers: Any) -> tuple[float, ...] | None:
    """Return numbers as a vector of length one; None if they are none, or have no direction."""
    if not isinstance(numbers, list) or not all(type(number) in (int, float) for number in numbers):
        return None
    length = math.hypot(*numbers)
    return tuple(number / length for number in numbers) if math.isfinite(length) and length else None
