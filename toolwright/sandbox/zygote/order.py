"""What the program tells its zygote: how to build the jail at the start, and one order for each cell.

The records are named tuples, here and in the kernel's modules: to load `dataclasses` would take a zygote
longer than a whole call takes.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias

Kind: TypeAlias = Literal["full", "landlock"]

Network: TypeAlias = Literal["none", "shared", "proxy", "raw"]
"""What a cell can connect to: nothing, the cells of its verification, a proxy, or what the host can."""

Cell: TypeAlias = Literal["tool", "judge", "network"]
"""What runs in a cell: a tool; its tests; nothing, it only makes a network for the other two."""

SCRATCH: Final = "/scratch"
"""Where a cell's own temporary file system is mounted when no folder is given for it."""

PACKAGES: Final = "/packages"
"""Where a cell with a root of its own sees the packages that were installed for the library."""

STATUS, REQUEST, ANSWER, STDOUT, STDERR = range(5)
"""Places of the descriptors that come with an order.

Of one that is grouped the list of members follows; with network "shared" the user namespace and the network
that it owns; cloned trees of the grants, then of the packages, come last.
"""

CHANNELS: Final = 5

PROXY: Final = ("127.0.0.1", 3128)
"""Where the proxy of a cell is found: each cell's network is its own, so nobody else can be there."""


class Start(NamedTuple):
    """How a zygote begins: `runtime` are folders that every cell may read, `site` those with packages.

    `tests` says that at a level without a warden this one is for judges; `without` names layers left out,
    for measuring only. `raw` ones stay in the host's network, for cells that may. In `temporary` folders of
    the program are removed when it was killed, "" for one that makes none.
    """

    level: Kind
    runtime: tuple[str, ...]
    without: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    tests: bool = False
    raw: bool = False
    temporary: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read what `wire` wrote."""
        lists = {name: tuple(data[name]) for name in ("runtime", "without", "site")}
        return cls(**{**data, **lists})


class Grant(NamedTuple):
    """A folder or file of the host that a cell may see, at the same path.

    `masks` are paths inside it, relative, outer ones first: "hidden" are covered by something empty, "kept"
    can be read and not changed. What is `public` is shown as everybody on the host may read it: a link is
    followed, owners are not mapped. `source` is what is shown at the path, a copy of ours or "" for itself.
    """

    path: str
    write: bool
    masks: tuple[tuple[str, str], ...] = ()
    public: bool = False
    source: str = ""


class Order(NamedTuple):
    """One cell, and what runs in it.

    `folder` is where it starts, an empty one when no grant holds it; `scratch` its HOME and TMPDIR, "" for
    memory of its own. `user` and `group` are whom the tool runs as where no map of owners can be made; -1
    changes nothing. `network` says which network it is in; `environment` are further variables; `packages`
    is a folder of the host that it may import from; one that is `grouped` brings the list of a cgroup's
    members, which it joins. `loads` names what the zygote is to have warm for it; a `hash_seed` other than 0
    is the one of the zygote's Python. `bounded` are granted folders with the bound of scratch; `links` are
    made anew, each with where it leads.
    """

    folder: str
    scratch: str
    grants: tuple[Grant, ...]
    execute: bool
    scratch_mb: int
    scratch_files: int
    processes: int
    user: int = -1
    group: int = -1
    network: Network = "none"
    cell: Cell = "tool"
    environment: tuple[tuple[str, str], ...] = ()
    packages: str = ""
    grouped: bool = False
    loads: tuple[str, ...] = ()
    hash_seed: int = 0
    bounded: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read what `wire` wrote."""
        grants = tuple(
            Grant(
                each["path"],
                each["write"],
                tuple((path, guard) for path, guard in each["masks"]),
                each["public"],
                each["source"],
            )
            for each in data["grants"]
        )
        environment = tuple((name, value) for name, value in data["environment"])
        loads = tuple(data["loads"])
        links = tuple((link, aim) for link, aim in data["links"])
        lists = {
            "environment": environment,
            "loads": loads,
            "bounded": tuple(data["bounded"]),
            "links": links,
        }
        return cls(**{**data, "grants": grants, **lists})


def wire(record: Start | Order) -> dict[str, Any]:
    """Return a record as it travels."""
    data = record._asdict()
    if isinstance(record, Order):
        data["grants"] = [grant._asdict() for grant in record.grants]
    return data
