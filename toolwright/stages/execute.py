"""Binding + earlier answers -> the answer of one step, run in the sandbox, once or once per item."""

from collections.abc import Callable, Mapping
from pathlib import Path

from toolwright.protocols import Sandbox
from toolwright.records import dataclass, replace
from toolwright.stages.bind import fans_out, is_plain_file_name
from toolwright.syntax.checking import mismatch
from toolwright.syntax.fitting import EACH, PathError, path_parts, value_at
from toolwright.types import (
    Argument,
    Binding,
    CallResult,
    Exchange,
    Given,
    Json,
    Policy,
    Reference,
    ScratchFile,
    SecretRef,
    Tool,
    Unknown,
)


class BadArgumentError(ValueError):
    """An argument that, with the values at hand, does not fit; the text names it."""


@dataclass(frozen=True, slots=True)
class StepRun:
    """What a step was called with, and how it went; with fan-out the arguments hold the lists."""

    arguments: Mapping[str, Json]
    result: CallResult

    @property
    def why(self) -> str:
        """What it raised, or what stopped it."""
        kind = f"{self.result.error_type}: " if self.result.error_type else ""
        return f"{kind}{self.result.message}"


@dataclass(frozen=True, slots=True)
class StepCalls:
    """The calls of a step, ready to be made: one, or with fan-out one per item."""

    arguments: Mapping[str, Json]
    rounds: tuple[Mapping[str, Json], ...]
    fans_out: bool


def step_calls(
    tool: Tool, binding: Binding, answers: Mapping[int, Json], scratch: str
) -> StepCalls | StepRun:
    """Return the calls of a step with the real values, or how it failed when an argument does not fit.

    `answers` holds the answers of earlier steps by number, `scratch` is the folder the steps share.
    Secrets stay `{"secret": NAME}` here: the sandbox of the call puts the values in.
    """
    try:
        arguments = {n: _value(n, a, answers, scratch) for n, a in binding.arguments.items()}
        each = [name for name, argument in binding.arguments.items() if fans_out(argument)]
        rounds = _rounds(arguments, each)
        secrets = {n for n, argument in binding.arguments.items() if isinstance(argument, SecretRef)}
        for one in rounds:
            _check(tool, {n: value for n, value in one.items() if n not in secrets})
    except BadArgumentError as error:
        shown = {n: a.value for n, a in binding.arguments.items() if isinstance(a, Given)}
        return StepRun(shown, CallResult("raised", error_type="BadArgument", message=str(error)))
    return StepCalls(arguments, tuple(rounds), bool(each))


def run_calls(
    sandbox: Sandbox,
    library: str,
    tool: Tool,
    calls: StepCalls,
    policy: Policy,
    seen: Callable[[CallResult], None] = lambda _result: None,
) -> StepRun:
    """Make the calls of a step one after the other, up to the first that fails; `seen` is told of each.

    Raises:
        SandboxError: no process could be started; every other failure is in the result.
    """
    results: list[CallResult] = []
    for one in calls.rounds:
        results.append(sandbox.call(library, tool.name, one, policy))
        seen(results[-1])
        if results[-1].status != "returned":
            failed = results[-1]
            where = f" (item {len(results)} of {len(calls.rounds)})" if calls.fans_out else ""
            message = failed.message + where
            return StepRun(one, replace(failed, message=message, exchanges=_exchanges(results)))
    return StepRun(calls.arguments, _gathered(results) if calls.fans_out else results[0])


def _exchanges(results: list[CallResult]) -> tuple[Exchange, ...]:
    return tuple(exchange for result in results for exchange in result.exchanges)


def run_step(
    sandbox: Sandbox, library: str, tool: Tool, binding: Binding, answers: Mapping[int, Json], policy: Policy
) -> StepRun:
    """Run one step of a plan on real values under a policy that is known beforehand.

    Raises:
        SandboxError: no process could be started; every other failure is in the result.
    """
    calls = step_calls(tool, binding, answers, policy.scratch)
    return calls if isinstance(calls, StepRun) else run_calls(sandbox, library, tool, calls, policy)


def _value(name: str, argument: Argument, answers: Mapping[int, Json], scratch: str) -> Json:
    match argument:
        case Given(value=value):
            return value
        case ScratchFile(name=file):
            if not is_plain_file_name(file):
                raise BadArgumentError(f"argument `{name}`: {file!r} is not a plain file name")
            return str(Path(scratch) / file)
        case SecretRef(name=secret):
            return {"secret": secret}
        case Reference(step=step, path=path):
            if step not in answers:
                raise BadArgumentError(f"argument `{name}`: step {step} gave no answer")
            try:
                return _one_list(value_at(answers[step], path), path_parts(path).count(EACH))
            except PathError as error:
                raise BadArgumentError(f"argument `{name}`: {error}") from None
        case Unknown(question=question):
            raise BadArgumentError(f"argument `{name}` is not known: {question}")


def _one_list(value: Json, depth: int) -> Json:
    """Undo the nesting of several `[*]` in one path: the calls run over one list of all items."""
    for _ in range(depth - 1):
        value = [item for inner in value for item in inner]
    return value


def _rounds(arguments: Mapping[str, Json], each: list[str]) -> list[dict[str, Json]]:
    if not each:
        return [dict(arguments)]
    items = {name: _items(name, arguments[name]) for name in each}
    lengths = {len(values) for values in items.values()}
    if len(lengths) > 1:
        raise BadArgumentError(f"the lists for {', '.join(each)} differ in length: {sorted(lengths)}")
    return [
        {**arguments, **{name: values[index] for name, values in items.items()}}
        for index in range(lengths.pop())
    ]


def _items(name: str, value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise BadArgumentError(f"argument `{name}`: [*] needs a list")
    return value


def _check(tool: Tool, arguments: Mapping[str, Json]) -> None:
    for name, value in arguments.items():
        wrong = mismatch(value, tool.parameters["properties"].get(name, {}))
        if wrong:
            raise BadArgumentError(f"argument `{name}`: {wrong}")


def _gathered(results: list[CallResult]) -> CallResult:
    return CallResult(
        "returned",
        value=[result.value for result in results],
        stdout="".join(result.stdout for result in results),
        stderr="".join(result.stderr for result in results),
        seconds=sum(result.seconds for result in results),
        level=results[0].level if results else "",
        exchanges=_exchanges(results),
    )
