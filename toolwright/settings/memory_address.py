"""The address of a memory on a server -> the passwords in it, and what may be shown of it."""

import re
from urllib.parse import unquote

from toolwright.redaction import Secret


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
