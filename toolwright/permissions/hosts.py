"""A tool and the arguments of a call -> the hosts that the call will reach, as far as that can be known."""

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from toolwright.records import dataclass
from toolwright.sandbox.proxy.addresses import special_kind
from toolwright.sandbox.proxy.hosts import is_address, is_loopback_name, split_authority
from toolwright.sandbox.proxy.rules import USUAL_PORTS, grant_text
from toolwright.types import Json, Tool

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class NamedHost:
    """A host in normal form and the port."""

    host: str
    port: int

    @property
    def text(self) -> str:
        """What stands after `network:` to allow it."""
        return grant_text(self.host, self.port)


def named_hosts(tool: Tool, arguments: Mapping[str, Json]) -> Iterator[NamedHost]:
    """Find the hosts of URLs: arguments, and the defaults of parameters that were not given."""
    defaults = {
        name: schema["default"]
        for name, schema in tool.parameters.get("properties", {}).items()
        if name not in arguments and isinstance(schema, dict) and "default" in schema
    }
    for text in (*_urls({**defaults, **arguments}),):
        found = _host_of(text)
        if found:
            yield found


def is_public(host: str, port: int) -> bool:
    """Tell whether "any public host" can mean this one; what a name resolves to, the proxy looks at."""
    if port not in USUAL_PORTS or is_loopback_name(host):
        return False
    return not is_address(host) or not special_kind(host)


def _host_of(text: str) -> NamedHost | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    found = split_authority(parts.netloc.rpartition("@")[2]) if parts.scheme in _PORTS else None
    return NamedHost(found[0], found[1] or _PORTS[parts.scheme]) if found else None


def _urls(value: Json) -> Iterator[str]:
    match value:
        case str() if "://" in value:
            yield value.strip()
        case list():
            for item in value:
                yield from _urls(item)
        case dict():
            for item in value.values():
                yield from _urls(item)
