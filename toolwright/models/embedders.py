"""`SERVER:MODEL` or `local:FOLDER` -> what turns texts into vectors. Loads no package."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from toolwright.errors import UsageError
from toolwright.models.endpoint import Connection
from toolwright.protocols import Embedder
from toolwright.types import Usage

_LOCAL: Final = "local"


def open_embedder(
    value: str,
    connections: Mapping[str, Connection],
    tell: Callable[[Usage], None] = lambda _usage: None,
) -> Embedder:
    """Open an embedder; `connections` says by server how it is reached, `tell` hears what requests cost.

    Raises:
        UsageError: no such server makes vectors.
        ModelError: `setup`, key, address or folder cannot be used.
    """
    server, _, name = value.partition(":")
    if server == _LOCAL:
        from toolwright.models.local_embedder import LocalEmbedder

        return LocalEmbedder(Path(name).expanduser())
    from toolwright.models.server_embedder import EMBEDDING_SERVERS, ServerEmbedder

    if server not in EMBEDDING_SERVERS:
        known = (*EMBEDDING_SERVERS, _LOCAL)
        meant = difflib.get_close_matches(server, known, n=1) or ["ollama"]
        raise UsageError(
            f"TOOLWRIGHT_EMBEDDER names {server!r}, where no vectors come from; known: {', '.join(known)}",
            hint=f"set TOOLWRIGHT_EMBEDDER={meant[0]}:{name or 'NAME'}",
        )
    return ServerEmbedder(server, name, connections.get(server, Connection()), tell)
