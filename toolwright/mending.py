"""A tool of the library, or a function somebody wrote there, and examples -> it mended, or made a tool.

What the gate refuses is an error here, for one tool was asked for by its name; the library is as it was then.
"""

from collections.abc import Sequence

from toolwright.bounding import adopt_bound, fix_bound, promise
from toolwright.errors import ToolwrightError
from toolwright.library.store import Store
from toolwright.making.adopting import adopt_tool
from toolwright.making.fixing import Tried, fix_tool, try_examples
from toolwright.making.wish import Made
from toolwright.models.caps import capped
from toolwright.parts import Options, Parts
from toolwright.sandbox.levels import NONE
from toolwright.types import Failure, HeldOut


def fixed(parts: Parts, how: Options, name: str, given: Sequence[HeldOut]) -> tuple[Tried, Made | None]:
    """Repair a kept tool that answers an example wrongly; None where it answers all of them as it should.

    Raises:
        UsageError: an example is no call of it.
        ToolwrightError: tools are not confined here, so that nothing can be proven.
        ModelError, LibraryError, SandboxError: it could not be tried.
    """
    tried = try_examples(parts, name, given)
    _check_confined(parts, f"{name} cannot be fixed")
    if not tried.wrong:
        return tried, None
    promise("fix", fix_bound(how, parts.rate), parts)
    return tried, fix_tool(parts, how, tried)


def adopted(parts: Parts, how: Options, name: str, given: Sequence[HeldOut]) -> Made:
    """Give a function that somebody wrote its contract and tests; its code stays as it is.

    Raises:
        ToolwrightError: it cannot be a tool, or tools are not confined here.
        ModelError, LibraryError, SandboxError: it could not be tried.
    """
    _check_confined(parts, f"{name} cannot be adopted")
    promise("adopt", adopt_bound(parts.rate, how.function_calls), parts)
    with capped(how.function_calls):
        return adopt_tool(parts, name, tuple(given))


def examples_for(store: Store, name: str, given: Sequence[HeldOut]) -> tuple[HeldOut, ...]:
    """Return the examples that a repair heeds: those that are given, else those that are kept with it."""
    kept = (HeldOut(name, (), each.arguments, each.expected) for each in store.examples_of(name))
    return tuple(given) or tuple(kept)


def is_verified(store: Store, name: str) -> bool:
    """Tell whether a tool is proven as it is, so that there is nothing to adopt."""
    return name in store.read().kept and store.standings([name])[name].kind in {"verified", "outdated"}


def not_fixed(failure: Failure, name: str) -> ToolwrightError:
    """Return the error for a repair that the gate refused."""
    further = "a further --example says more of what is meant, --attempts N gives it more tries"
    if failure.stage == "regression":
        further = "if that answer is wrong too, give the right one with a further --example"
    return _not_made(failure, f"{name} was not fixed", further)


def not_adopted(failure: Failure, name: str, again: str) -> ToolwrightError:
    """Return the error for a function that the gate refused; `again` is what to do once it was looked at."""
    hint = f"its code stays as you wrote it: look at it, then {again}"
    return _not_made(failure, f"{name} was not adopted", hint)


def _not_made(failure: Failure, what: str, hint: str) -> ToolwrightError:
    """Say what the gate refused; what there is to know beside its sentence is the cause."""
    error = ToolwrightError(f"{what}, and nothing was changed: {failure.message}", hint=hint)
    if failure.details:
        error.__cause__ = ToolwrightError("; ".join(failure.details))
    return error


def _check_confined(parts: Parts, otherwise: str) -> None:
    """Make sure that tools are confined: what is admitted must be proven."""
    if parts.sandbox.level == NONE:
        raise ToolwrightError(
            f"{otherwise} with --unsafe: what runs unconfined proves nothing",
            hint="python agent.py doctor says what keeps tools from being confined here",
        )
