"""A verified candidate -> refused when an answer that its own tests saw is not of the type it promises."""

from dataclasses import replace

from toolwright.making.trial import Case, Trial
from toolwright.parts import Parts
from toolwright.sandbox.wording import call_text, short_text
from toolwright.syntax.checking import mismatch


def hold_types(_parts: Parts, case: Case, trial: Trial) -> Trial:
    """Hold the recorded answers against the signature: plans are bound by what it says."""
    for call in trial.verdict.calls if trial.verdict else ():
        if call.function != case.tool.name or call.result.status != "returned":
            continue
        wrong = mismatch(call.result.value, case.tool.returns)
        if wrong:
            said = f"{call_text(call.function, call.arguments)} returned {short_text(call.result.value)}"
            reason = f"{said}, which is not what the signature promises: {wrong}"
            return replace(trial, refused_by="verify", reasons=(reason,))
    return trial
