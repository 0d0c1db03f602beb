"""One call of one function in a fresh tool cell: source, name, arguments and policy in, an `Answer` out."""

import contextlib
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, Literal, TypeAlias

from toolwright.records import dataclass, replace
from toolwright.sandbox.cells.wire import NotJsonError, decode, encode
from toolwright.sandbox.spawn import Bounds, Cell, Ended, OnFrame, run_cell
from toolwright.sandbox.zygote.order import PACKAGES
from toolwright.temporary.folders import fresh_folder
from toolwright.types import UNCONFINED, CallResult, CallStatus, Json, Limits, Policy

LEVEL: Final = UNCONFINED

_OWN_ROOT: Final = {"full", "bwrap"}

_SLACK_BYTES: Final = 1 << 16
"""Room in a frame for a bounded message and traceback, whatever the bound on results is."""

_FORGED: Final = "the tool wrote into the channel of its own answer"
_MAX_FRAMES_KEPT: Final = 2  # one is right, two are wrong; more would only cost memory


Way: TypeAlias = Literal["once", "watched", "twice"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A call's result, and of a raised exception what the judge needs to raise an equal one.

    `types` names its classes, nearest first, as "module:Name"; `arguments` is None when they are not JSON.
    """

    result: CallResult
    types: tuple[str, ...] = ()
    arguments: Json = None


RunCell: TypeAlias = Callable[[bytes, Policy, Bounds, OnFrame], Ended]
"""Starts a tool cell under a policy, gives it the request, and passes on the frames it sends."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls functions by `run`, at `level`; `site` are folders with installed packages.

    The clock of its calls is `clock_s` seconds away from the true one. Without `has_fixed_hashes` texts have
    other hashes in each call. `way` is how a function is called: "watched" makes it an error that an argument
    is changed, "twice" that too, and the second answer is the one that counts. With `turned` folders list
    their last name first.
    """

    level: str
    site: tuple[str, ...]
    run: RunCell
    clock_s: float = 0.0
    has_fixed_hashes: bool = True
    way: Way = "once"
    turned: bool = False

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> Answer:
        """Run `function` of `source` once with `arguments` by name.

        Raises:
            SandboxError: no process could be started.
        """
        try:
            encode(dict(arguments))
        except NotJsonError as error:
            message = f"the argument {error.where} is {error.what}; tools take JSON values"
            refused = CallResult("raised", error_type="TypeError", message=message, level=self.level)
            return Answer(refused, ("builtins:TypeError",))
        limits = policy.limits
        request = {
            "source": source,
            "function": function,
            "arguments": dict(arguments),
            "site": (*self.own_packages(policy), *self.site),
            "packages": policy.packages,
            "limits": wire_limits(limits) | ({} if self.level == LEVEL else _wire_shared(limits)),
            "clock_s": self.clock_s,
            "way": self.way,
            "turned": self.turned,
        }
        frames: list[bytes] = []

        def keep(data: bytes) -> None:
            if len(frames) < _MAX_FRAMES_KEPT:
                frames.append(data)

        bounds = Bounds(limits.wall_s, limits.output_kb * 1024, limits.result_kb * 1024 + _SLACK_BYTES)
        ended = self.run(json.dumps(request).encode(), policy, bounds, keep)
        return _name_refused(_read(ended, frames, limits, self.level), ended)

    def own_packages(self, policy: Policy) -> tuple[str, ...]:
        """Where a cell finds the packages of the library, if any; at a fixed place in a root of its own."""
        if not policy.package_folder:
            return ()
        return (PACKAGES if self.level in _OWN_ROOT else policy.package_folder,)


def process_caller(
    site: tuple[str, ...], level: str = LEVEL, hash_seed: int = 0, clock_s: float = 0.0
) -> Caller:
    """Return a caller that starts a plain process for each call."""
    return Caller(level, site, partial(_run_in_process, hash_seed), clock_s, bool(hash_seed))


def wire_limits(limits: Limits) -> dict[str, float]:
    """The limits that a cell puts on itself, as they travel."""
    return {
        "wall_s": limits.wall_s,
        "cpu_s": limits.cpu_s,
        "memory_mb": limits.memory_mb,
        "file_mb": limits.file_mb,
        "open_files": limits.open_files,
        "result_kb": limits.result_kb,
    }


def _run_in_process(
    hash_seed: int, request: bytes, policy: Policy, bounds: Bounds, on_frame: OnFrame
) -> Ended:
    with _folders(policy) as (folder, scratch):
        return run_cell(Cell("tool_cell", folder, scratch, hash_seed=hash_seed), request, bounds, on_frame)


def _wire_shared(limits: Limits) -> dict[str, float]:
    """The limits that are put on a confined cell from outside; it must know them to name them."""
    return {"scratch_mb": limits.scratch_mb, "processes": limits.processes}


@contextlib.contextmanager
def _folders(policy: Policy) -> Iterator[tuple[str, str]]:
    """The working folder and the scratch folder; a scratch folder of our own goes with the call."""
    if policy.scratch:
        yield policy.workspace or policy.scratch, policy.scratch
    else:
        with fresh_folder("scratch") as scratch:
            yield policy.workspace or scratch, scratch


def _read(ended: Ended, frames: list[bytes], limits: Limits, level: str) -> Answer:
    """Believe a cell's answer only when it is the one complete frame of a process that ended well."""
    common = CallResult(
        "crashed",
        stdout=ended.stdout,
        stderr=ended.stderr,
        seconds=ended.seconds,
        level=level,
        exchanges=ended.exchanges,
    )
    stopped = _stopped(ended, limits)
    if stopped:
        return Answer(replace(common, status=stopped[0], message=stopped[1]))
    if len(frames) != 1 or ended.stray_bytes or ended.status != 0:
        status, message = _died(ended, frames, limits)
        return Answer(replace(common, status=status, message=message))
    try:
        answer = decode(frames[0])
    except (ValueError, RecursionError):
        return Answer(
            replace(common, status="bad_result", message="returned something that is not strict JSON")
        )
    return interpret(answer, common)


def _name_refused(answer: Answer, ended: Ended) -> Answer:
    """Say in the error of a call which hosts it was refused, unless the error says so itself."""
    if answer.result.status == "returned":
        return answer
    message = answer.result.message
    refusals = dict.fromkeys(each.why for each in ended.exchanges if each.why and not each.allowed)
    for why in refusals:
        message += "" if why in message else f" ({why})"
    return replace(answer, result=replace(answer.result, message=message))


def _stopped(ended: Ended, limits: Limits) -> tuple[CallStatus, str] | None:
    if ended.refused:
        return "limit", ended.refused
    if ended.stop == "time":
        return "timeout", f"ran longer than {limits.wall_s:g} s"
    if ended.stop == "output":
        return "limit", f"printed more than {limits.output_kb} KB"
    if ended.stop == "frame":
        return "limit", f"returned more than {limits.result_kb} KB"
    if ended.stop == "scratch":
        most = f"{limits.scratch_mb} MB or {limits.scratch_files} files"
        return "limit", f"wrote more than {most} to its scratch folder"
    return None


def _died(ended: Ended, frames: list[bytes], limits: Limits) -> tuple[CallStatus, str]:
    if ended.status == -signal.SIGXCPU:
        return "limit", f"used more than {limits.cpu_s} s of CPU time"
    if len(frames) > 1 or ended.stray_bytes:
        return "crashed", _FORGED
    when = "after it had answered" if frames else "before it answered"
    return "crashed", f"the tool's process {how_it_ended(ended.status)} {when}"


def how_it_ended(status: int) -> str:
    """Say an exit status in words."""
    if status >= 0:
        return f"ended itself with exit status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def interpret(answer: Json, common: CallResult) -> Answer:
    """Take apart what the cell says; the tool may have written it, so nothing is taken for granted."""
    match answer:
        case {"status": "returned", "value": value}:
            return Answer(replace(common, status="returned", value=value))
        case {
            "status": "raised",
            "types": [str(first), *_] as types,
            "message": str(message),
            "traceback": str(trace),
        }:
            name = first.rpartition(":")[2].rpartition(".")[2]
            raised = replace(common, status="raised", error_type=name, message=message, traceback=trace)
            return Answer(raised, tuple(map(str, types)), answer.get("arguments"))
        case {"status": "crashed" | "limit" | "bad_result" as status, "message": str(message)}:
            return Answer(replace(common, status=status, message=message))
    return Answer(replace(common, message=_FORGED))
