"""The tests' cell where it is confined: what `judging` wants to start in, the order for it out."""

from typing import Final

from toolwright.sandbox.grants import make_order
from toolwright.sandbox.spawn import Cell
from toolwright.sandbox.survey import Survey
from toolwright.sandbox.zygote.order import Order
from toolwright.types import Limits, Policy

_LIMITS: Final = Limits(scratch_mb=256, scratch_files=20_000, processes=64)
"""Of the tests themselves, with the server that they may start; what they call has the policy's limits."""

_OF_SERVERS: Final = ("httpserver", "socket", "http.server", "wsgiref")
"""Words in a test file that may start one; without them it is not even given a network."""


def needs_network(policy: Policy, tests: str) -> bool:
    """Whether tool or tests have a use for the network of a verification."""
    return bool(policy.network) or any(word in tests for word in _OF_SERVERS)


def judge_order(cell: Cell, survey: Survey, *, shared_network: bool) -> Order:
    """Order a cell for tests: of the host they see the folders that were made for them, and no more."""
    granted = Policy(cell.folder, cell.scratch, write=cell.shared, package_folder=cell.packages)
    return make_order(granted, (), survey)[0]._replace(
        cell="judge",
        environment=tuple(cell.environment.items()),
        loads=cell.loads,
        scratch_mb=_LIMITS.scratch_mb,
        scratch_files=_LIMITS.scratch_files,
        processes=_LIMITS.processes,
        network="shared" if shared_network else "none",
    )
