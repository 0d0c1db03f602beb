"""A verified tool -> what its challenge is made of: deliberate faults, further arguments, calls to replay."""

from collections.abc import Sequence
from typing import Final

from toolwright.parts import Rigor
from toolwright.records import replace
from toolwright.syntax.mutation.mutants import mutants
from toolwright.syntax.names import free_names
from toolwright.syntax.probes import literals_of, probes
from toolwright.syntax.varying import is_fixed, tells_time
from toolwright.types import CallRecord, ChallengePlan, Tool, Verdict

_PROBES: Final = 80


def challenge_plan(text: str, source: str, tool: Tool, verdict: Verdict, rigor: Rigor) -> ChallengePlan:
    """Plan the challenge of a tool that was verified in the library `text`, where `source` is its own part.

    Lines of faults count in `source`.
    """
    # other tools that it calls are in the library; what is defined last counts
    around = f"{text}\n\n\n" if free_names(source) else ""
    broken = mutants(source, tool.name, rigor.mutants)
    recorded = [call.arguments for call in verdict.calls if call.function == tool.name and call.test]
    probed = probes(tool.parameters, recorded, literals_of(source), _PROBES)
    return ChallengePlan(
        around + source,
        [replace(each, source=around + each.source) for each in broken],
        probed,
        rigor.seconds,
        [arguments for arguments in (*recorded, *probed) if is_fixed(tool, arguments)],
        shifts_clock=not tells_time(tool),
    )


def records_of(tool: Tool, calls: Sequence[CallRecord]) -> tuple[CallRecord, ...]:
    """Leave out calls that vary by declaration: they are no records, nobody could ever compare them."""
    return tuple(call for call in calls if is_fixed(tool, call.arguments))
