"""A verified candidate -> refused when it is not what signature and docstring promise.

An answer that its own tests saw is not of the type, an exception is none of those under `Raises:`, or a
doctest shows something else than comes of it.
"""

from toolwright.making.trial import Case, Trial
from toolwright.parts import Parts
from toolwright.records import replace
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.syntax.checking import mismatch
from toolwright.syntax.promised_errors import is_promised
from toolwright.syntax.shown import NAME, Shown, other_doctests
from toolwright.types import CallResult


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


def hold_errors(_parts: Parts, case: Case, trial: Trial) -> Trial:
    """Hold the recorded exceptions against `Raises:`: who calls the tool catches what stands there."""
    for call in trial.verdict.calls if trial.verdict else ():
        raised = call.result
        if call.function != case.tool.name or raised.status != "raised":
            continue
        if raised.error_type == "TypeError" and 'File "' not in raised.traceback:
            continue  # the call itself was no good
        if not is_promised(raised.error_type, case.tool.docstring.raises, case.candidate.source):
            said = f"{call_text(call.function, call.arguments)} {failure_text(raised)}"
            reason = f"{said}, and the docstring's `Raises:` does not name {raised.error_type}"
            return replace(trial, refused_by="verify", reasons=(reason,))
    return trial


def hold_doctests(parts: Parts, case: Case, trial: Trial) -> Trial:
    """Run the doctests that are more than a plain call, each in a call of its own."""
    alone = replace(case.policy, network=(), effects=())
    for shown in other_doctests(case.tool):
        source = f"{case.run_with()}\n\n\n{shown.source}\n"
        wrong = _wrong(shown, parts.sandbox.call(source, NAME, {}, alone))
        if wrong:
            reason = f"what the docstring shows does not hold: `{shown.text}` {wrong}"
            return replace(trial, refused_by="verify", reasons=(reason,))
    return trial


def _wrong(shown: Shown, result: CallResult) -> str:
    if shown.error:
        as_shown = result.status == "raised" and result.error_type == shown.error
        got = f"returned {result.value}" if result.status == "returned" else failure_text(result)
        return "" if as_shown else got
    if result.status != "returned":
        return failure_text(result)
    got = result.stdout + (f"{result.value}\n" if result.value else "")
    return "" if shown.agrees(got) else f"shows {short_text(got.strip())}"
