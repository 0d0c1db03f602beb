"""Where keys and addresses came from goes in; an error comes out when a stranger's file would get a key."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from toolwright.errors import UsageError
from toolwright.settings.servers import SERVERS, ServerSettings
from toolwright.settings.variables import BY_FIELD

if TYPE_CHECKING:
    from toolwright.settings.record import Settings

ENV_FILE: Final = ".env"
PROJECT_FILE: Final = "pyproject.toml"
OWN_FILE: Final = "toolwright.toml"
FILES: Final = (PROJECT_FILE, OWN_FILE, ENV_FILE)
"""The files of the current folder that settings are read from, the weakest first."""
LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


def from_folder(origin: str) -> bool:
    """Tell whether a value came from a file of the current folder, which may have come from anybody."""
    return origin.startswith(FILES)


def refuse_stranger(server: ServerSettings, values: Mapping[str, object], origins: Mapping[str, str]) -> None:
    """Keep a file that came with somebody's folder from sending the user's own key elsewhere.

    Raises:
        UsageError: it would.
    """
    key, address = origins.get(server.key_field, ""), origins.get(server.base_field, "")
    url = str(values.get(server.base_field, ""))
    if not from_folder(address) or not key or from_folder(key) or urlsplit(url).hostname in LOOPBACK:
        return
    name = BY_FIELD[server.base_field].name
    raise UsageError(
        f"{name} in {address} would send your own key to {url}",
        hint=f"export {name}={url}  (if you trust that server), or remove it from {address.split()[0]}",
    )


def elsewhere(settings: "Settings", models: Iterable[str]) -> tuple[str, ...]:
    """Say which of these models a file of the folder puts on another machine: what is asked goes there."""
    found: dict[str, str] = {}
    for model in models:
        server = SERVERS.get(model.partition(":")[0])
        field = server.base_field if server else ""
        origin, url = settings.origins.get(field, ""), str(getattr(settings, field, ""))
        if from_folder(origin) and urlsplit(url).hostname not in LOOPBACK:
            found[url] = origin
    return tuple(f"what is asked is sent to {url}, as {origin} says" for url, origin in found.items())
