"""Records of confined runs: what one may touch, and how it went."""

from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass
from toolwright.types.json_values import Json
from toolwright.types.permissions import Permission


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one confined run: seconds, MiB, KiB and plain counts."""

    wall_s: float = 10.0
    cpu_s: int = 10
    memory_mb: int = 1024
    file_mb: int = 64
    open_files: int = 64
    scratch_mb: int = 64
    scratch_files: int = 4096
    processes: int = 16
    output_kb: int = 256
    result_kb: int = 4096


@dataclass(frozen=True, slots=True)
class Policy:
    """What a confined run may touch. Everything is denied unless granted.

    `workspace` is where relative paths start, `scratch` the folder for temporary files ("" makes
    a fresh one that goes with the run). `read` and `write` are further granted paths.
    The workspace's files can be read, unless `sees_workspace` is False: then it is only where the run
    starts, empty but for what `read` and `write` grant of it.

    In a verification, test and tool share folders: the tool sees them unless `sees_workspace` is False, and
    may change what is in them unless `changes_workspace` is False.

    `network` holds what may be reached: "HOST" (ports 80 and 443) or "HOST:PORT" through the proxy, "*"
    for any public host through it, "raw" for sockets of the inet families, "loopback" for nothing but
    the network that the cells of one verification share.

    `effects` are what the tests of a verification must notice, of "write" and "network"; None asks for
    "network" where it is granted, and for "write" where `write` holds a path.

    `packages` are the top-level modules outside the standard library that may be imported, those that
    they import themselves included; `package_folder` holds the ones that are installed for the library only.

    `links` are absolute links of the user's by which arguments name granted paths; they grant nothing.
    """

    workspace: str = ""
    scratch: str = ""
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    execute: bool = False
    packages: tuple[str, ...] = ()
    package_folder: str = ""
    limits: Limits = Limits()
    sees_workspace: bool = True
    changes_workspace: bool = True
    links: tuple[str, ...] = ()
    effects: tuple[Permission, ...] | None = None


UNCONFINED: Final = "none"
"""The level of a sandbox that does not confine; what was found at it is never kept as proven."""

CallStatus: TypeAlias = Literal["returned", "raised", "timeout", "limit", "crashed", "bad_result"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One decision of the proxy and, where it was yes, what became of it.

    `method`, `host`, `port` and `path` are empty when the request was not understood; `path` has no query,
    and is "" for a tunnel. `address` is where the connection went. `why` is one sentence: the refusal, or
    what cut an allowed exchange off, or "". `sent` and `received` are bytes that went on, seen from the cell,
    heads included; what the proxy itself answers does not count. No record holds a header field.
    """

    method: str
    host: str
    port: int
    path: str
    address: str
    allowed: bool
    why: str
    sent: int
    received: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call of one function in the sandbox.

    `returned`: `value` holds the answer. `raised`: the tool's own exception, in `error_type`,
    `message`, `traceback`. Otherwise `message` says which limit was hit or how the process died.
    `exchanges` are what it asked its proxy for, where hosts were granted.
    """

    status: CallStatus
    value: Json = None
    error_type: str = ""
    message: str = ""
    traceback: str = ""
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    level: str = ""
    exchanges: tuple[Exchange, ...] = ()
