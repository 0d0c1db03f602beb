"""A key and a base URL as a user set them go in; usable ones come out, or a sentence on what is wrong."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from toolwright.errors import ModelError


def checked_key(key: str, server: str, variable: str) -> str:
    """Return the key without the white space around it.

    Raises:
        ModelError: `setup`, there is none, or it could not stand in an HTTP header. The key is not shown.
    """
    stripped = key.strip()
    if not stripped:
        raise ModelError("setup", f"there is no API key for {server}", hint=f"set {variable}")
    if not (stripped.isascii() and stripped.isprintable()) or " " in stripped:
        raise ModelError(
            "setup",
            f"{variable} holds a line break, a space or another character that no key has",
            hint=f"set {variable} anew: copy the key as one line",
        )
    return stripped


def base_of(base_url: str) -> str:
    """Return the base URL without a final slash or `/v1` (the SDK adds that itself); "" stays "".

    Raises:
        ModelError: `setup`, it is not an http or https URL.
    """
    text = base_url.strip()
    if not text:
        return ""
    if not (text.isprintable() and host_of(text)):
        raise ModelError(
            "setup",
            f"the base URL {text!r} is not an http or https address",
            hint="write it like http://127.0.0.1:8080/v1",
        )
    return text.rstrip("/").removesuffix("/v1").rstrip("/")


def host_of(base_url: str) -> str:
    """Return `host` or `host:port` of an http or https URL, without credentials; "" if it is none."""
    try:
        parts = urlsplit(base_url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.hostname}{port}" if parts.scheme in {"http", "https"} and parts.hostname else ""


def is_loopback(base_url: str) -> bool:
    """Tell whether an address is on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def direct_mounts(base_url: str) -> dict[str, None]:
    """Return the mounts with which an HTTP client reaches this machine directly, whatever proxy is set.

    A proxy of the environment is meant for the way out; to it, `localhost` would be itself.
    """
    return dict.fromkeys(("all://", "http://", "https://")) if is_loopback(base_url) else {}
