"""One row of the tables of verdicts: a tool, its tests, and what must be said of the two."""

import textwrap
from typing import NamedTuple

from toolwright.types import Limits, Policy

POLICY = Policy(limits=Limits(wall_s=20, cpu_s=2))
LOOPBACK = Policy(limits=Limits(wall_s=20, cpu_s=2), network=("loopback",))


class Case(NamedTuple):
    """`why` is "" for a pair that must pass, otherwise a part of the reason."""

    name: str
    source: str
    tests: str
    why: str = ""
    function: str = "f"
    policy: Policy = POLICY


def judge(box, case):
    """Verify a case; its texts may be indented."""
    return box.verify(
        textwrap.dedent(case.source), textwrap.dedent(case.tests), case.policy, function=case.function
    )
