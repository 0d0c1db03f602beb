"""The address of a memory on a server -> the passwords in it, what may be shown of it, whether it is safe."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from toolwright.errors import UsageError
from toolwright.redaction import Secret
from toolwright.settings.strangers import LOOPBACK, from_folder

_FLAG: Final = "--memory"
_PASSWORD: Final = "PGPASSWORD"  # noqa: S105 - its name
_SEEN: Final = (
    "the password of the memory stands in the command, which shells and process lists keep; PGPASSWORD or "
    "~/.pgpass keeps it to itself"
)


def check_address(address: Secret, origin: str, environ: Mapping[str, str]) -> list[str]:
    """Return what the user should know of an address; `origin` is where it was set.

    Raises:
        UsageError: a file that came with a folder would send the user's own password elsewhere.
    """
    shown, known = shown_server(address), passwords(address)
    host = re.split(r"[:/]", shown.partition("://")[2])[0]
    if from_folder(origin) and not known and environ.get(_PASSWORD) and host not in LOOPBACK | {""}:
        raise UsageError(
            f"TOOLWRIGHT_MEMORY in {origin} would send {_PASSWORD} from your environment to {shown}",
            hint="set TOOLWRIGHT_MEMORY in the environment too  (if you trust that server), or remove it",
        )
    if origin == _FLAG and known:
        return [_SEEN]
    return []


def passwords(address: Secret) -> list[Secret]:
    """Return the passwords of an address, as they stand there and as they are meant."""
    found = re.findall(r"://[^/@\s]*?:(\S*)@|[?&]password=([^&\s]*)", address.reveal())
    texts = [text for pair in found for text in pair if text]
    return [Secret(one) for text in texts for one in dict.fromkeys((text, unquote(text)))]


def shown_server(address: Secret) -> str:
    """Return server and database of an address, without user, password and whatever else is said there."""
    rest = address.reveal().partition("://")[2]
    place = (rest.rpartition("@")[2] or rest).partition("?")[0]
    return f"postgresql://{place}"
