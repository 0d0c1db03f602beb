"""Where keys and addresses came from goes in; an error comes out when a stranger's file would get a key."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from toolwright.errors import UsageError
from toolwright.settings.servers import ServerSettings
from toolwright.settings.variables import BY_FIELD

ENV_FILE: Final = ".env"
_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


def refuse_stranger(server: ServerSettings, values: Mapping[str, object], origins: Mapping[str, str]) -> None:
    """Keep a `.env` that came with somebody's folder from sending the user's own key elsewhere.

    Raises:
        UsageError: it would.
    """
    key, address = origins.get(server.key_field, ""), origins.get(server.base_field, "")
    url = str(values.get(server.base_field, ""))
    if (
        not address.startswith(ENV_FILE)
        or not key
        or key.startswith(ENV_FILE)
        or urlsplit(url).hostname in _LOOPBACK
    ):
        return
    name = BY_FIELD[server.base_field].name
    raise UsageError(
        f"{name} in {address} would send the key from your environment to {url}",
        hint=f"export {name}={url}  (if you trust that server), or remove it from {ENV_FILE}",
    )
