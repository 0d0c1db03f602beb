"""The supervisor of one verification: source, tests and examples in, a `Verdict` out.

The judge's cell runs pytest; whenever a test calls the tool, the judge asks here and the call is
run in a tool cell of its own, exactly as in production. So every call is seen, and the tool's code
never shares a process with those who decide about it.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self, TypeAlias

from toolwright.sandbox.calling import Answer, Caller, how_it_ended, wire_limits
from toolwright.sandbox.cells.wire import decode
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.controls import Controls
from toolwright.sandbox.evidence import Evidence
from toolwright.sandbox.lacking import missing_permission
from toolwright.sandbox.observing import Answering, Asked, Observed, Run
from toolwright.sandbox.reading import read_pair
from toolwright.sandbox.records import Records
from toolwright.sandbox.source_shape import SourceShape
from toolwright.sandbox.spawn import Bounds, Cell, Ended, OnFrame, run_cell
from toolwright.sandbox.tests_shape import TestsShape
from toolwright.sandbox.warmth import STORAGE, HypothesisTables
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.sandbox.zygote.judge_warmth import HYPOTHESIS, SERVER
from toolwright.temporary.folders import fresh_folder
from toolwright.temporary.removing import remove_tree
from toolwright.types import CallResult, Example, Json, Limits, Policy, Verdict

_TEST_FILE: Final = "test_tool.py"
_OWN: Final = "own"
"""The folder for the tool's temporary files: it needs no permission, and the test can read what is left."""
_MAX_EXAMPLES: Final = 25
_OUTPUT_KB: Final = 1024
_CONTROL_S: Final = 10.0
_FRAME_BYTES: Final = 16 << 20
"""Arguments of one call of a test; they are made by the test, not by the tool."""

RunJudge: TypeAlias = Callable[[Cell, bytes, Bounds, OnFrame], Ended]
"""Starts the judge's cell, gives it the request, and passes on the frames it sends."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Runs verifications with `wall_s` seconds and `max_calls` calls each, which `caller` makes.

    `tables` are hypothesis's, None where `run_tests` has them warm.
    """

    caller: Caller
    wall_s: float
    max_calls: int
    tables: HypothesisTables | None
    run_tests: RunJudge = run_cell

    def verify(
        self, source: str, tests: str, policy: Policy, *, function: str, examples: Sequence[Example]
    ) -> Verdict:
        """Judge `function` of `source` by its tests and, when those pass, by the examples.

        Raises:
            SandboxError: no process could be started.
        """
        started = time.monotonic()
        read = read_pair(source, tests, function)
        if isinstance(read, str):
            return Verdict(
                passed=False, why=read, seconds=time.monotonic() - started, level=self.caller.level
            )
        with fresh_folder("verify") as folder:
            root = str(Path(folder, "run"))
            observed = Observed(function, root, changes_files=policy.changes_workspace)
            session = _Session(self, source, policy, read, Run(observed.root, observed.answer))
            session.effects = observed.last_effects
            why = session.run(tests) or session.complain(function)
            why = why or self._try_examples(source, policy, examples)

            def rerun(names: frozenset[str], answering: Answering) -> Records:
                control = session.control(names, answering, time.monotonic() - started)
                control.run(tests)
                return control.records

            controls = Controls(observed, policy, session.records.names, rerun)
            why = why or controls.complain()
        return Verdict(
            passed=not why,
            why=why,
            tests=session.records.outcomes(),
            calls=session.evidence.calls(),
            seconds=time.monotonic() - started,
            level=self.caller.level,
            controls=tuple(controls.outcomes),
        )

    def _try_examples(self, source: str, policy: Policy, examples: Sequence[Example]) -> str:
        """Say which example does not hold; its expected answer stays here."""
        for example in examples:
            result = self.caller.call(source, example.function, example.arguments, policy).result
            if result.status == "returned" and same_json(result.value, example.expected):
                continue
            got = (
                f"returned {short_text(result.value)}"
                if result.status == "returned"
                else failure_text(result)
            )
            call = call_text(example.function, example.arguments)
            return f"an example that was given does not hold: {call} {got}"
        return ""


class _Session:
    """One run of one test file."""

    def __init__(
        self, judge: Judge, source: str, policy: Policy, read: tuple[SourceShape, TestsShape], run: Run
    ) -> None:
        self.records = Records()
        self.evidence = Evidence()
        self.effects: Callable[[], tuple[str, ...]] = tuple
        self._judge = judge
        self._source = source
        self._policy = policy
        self._shape, self._tests = read
        self._run = run
        self._wall_s = run.wall_s or judge.wall_s
        self._max_calls = run.max_calls or judge.max_calls
        self._deadline = time.monotonic() + self._wall_s
        self._root = Path(run.root)

    def control(self, names: frozenset[str], answering: Answering, seconds: float) -> Self:
        """Make another run of some tests; it gets a multiple of what the true one took."""
        run = replace(
            self._run,
            answering=answering,
            wall_s=min(self._judge.wall_s, max(_CONTROL_S, 3 * seconds)),
            max_calls=4 * self.evidence.count + 100,
            skip=tuple(name for name in self.records.names if name not in names),
        )
        return type(self)(self._judge, self._source, self._policy, (self._shape, self._tests), run)

    def run(self, tests: str) -> str:
        """Run the judge to its end; the answer says what stopped it, "" when nothing did."""
        with ExitStack() as folders:
            here = Path(folders.enter_context(fresh_folder("judge")))
            # the same place in each run, so that equal calls have equal arguments
            folders.callback(remove_tree, str(self._root))
            work, scratch = self._root / "work", self._root / "scratch"
            for folder in (work, scratch, self._root / _OWN):
                folder.mkdir(parents=True)
            if self._tests.uses_hypothesis and self._judge.tables is not None:
                self._judge.tables.copy_to(scratch / "hypothesis")
                self._deadline = time.monotonic() + self._wall_s
            (here / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
            (here / _TEST_FILE).write_text(tests, encoding="utf-8", newline="")
            environment = {
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                STORAGE: str(scratch / "hypothesis"),
            }
            shared = (str(here), str(self._root))
            packages = self._policy.package_folder
            cell = Cell(
                "judge_cell", str(work), str(scratch), environment, shared, packages, loads=self._loads()
            )
            bounds = Bounds(self._wall_s, _OUTPUT_KB * 1024, _FRAME_BYTES)
            ended = self._judge.run_tests(cell, self._request(here, scratch), bounds, self._serve)
        return self._stopped(ended)

    def complain(self, function: str) -> str:
        """Say why the records are not a pass, "" if they are."""
        why = self.records.complaint(self._tests.names)
        if not why and function not in self.evidence.called:
            why = f"no test calls {function}"
        return why

    def _request(self, here: Path, scratch: Path) -> bytes:
        limits = Limits(wall_s=self._wall_s, cpu_s=int(self._wall_s) + 1, open_files=256)
        request = {
            "folder": str(here),
            "file": str(here / _TEST_FILE),
            "temporary": str(scratch / "pytest"),
            "site": [*self._judge.caller.site, *self._judge.caller.own_packages(self._policy)],
            "limits": wire_limits(limits),
            "functions": self._shape.functions,
            "exceptions": self._shape.exceptions,
            "packages": self._shape.packages,
            "hypothesis": self._tests.uses_hypothesis,
            "httpserver": self._tests.uses_httpserver,
            "max_examples": _MAX_EXAMPLES,
            "shrink": not self._run.is_control,
            "skip": self._run.skip,
        }
        return json.dumps(request).encode()

    def _loads(self) -> tuple[str, ...]:
        """What these tests use that is slow to load."""
        slow = ((HYPOTHESIS, self._tests.uses_hypothesis), (SERVER, self._tests.uses_httpserver))
        return tuple(name for name, used in slow if used)

    def _stopped(self, ended: Ended) -> str:
        running = f" (in {self.records.running})" if self.records.running else ""
        if ended.stop == "time":
            return f"the tests ran longer than {self._wall_s:g} s in total{running}"
        if ended.stop == "output":
            return f"the tests printed more than {_OUTPUT_KB} KB{running}"
        if ended.stop == "frame":
            return f"a test passed more than {_FRAME_BYTES >> 20} MB to the tool{running}"
        if ended.stop == "scratch":
            return f"the tests wrote more than their scratch folder may hold{running}"
        if self.evidence.count > self._max_calls:
            return f"the tests call the tool more than {self._max_calls} times{running}"
        if ended.status != 0:
            return f"the test process {how_it_ended(ended.status)}{running}"
        return "the test process sent half a record" if ended.stray_bytes else ""

    def _serve(self, data: bytes) -> bytes | None:
        """Keep a record, or answer a call."""
        try:
            record = decode(data)
        except (ValueError, RecursionError):
            record = None
        match record:
            case {
                "kind": "call",
                "function": str(name),
                "arguments": dict(arguments),
                "folder": str(folder),
            } if name in self._shape.functions:
                return self._answer(name, arguments, folder)
            case {"kind": "report", "name": str(test), "outcome": "failed"}:
                self.records.add(record)
                self._explain(test)
            case {"kind": "start"}:
                self.evidence.start_test()
                self.records.add(record)
            case _:
                self.records.add(record)
        return None

    def _answer(self, function: str, arguments: dict[str, Json], folder: str) -> bytes:
        if self.evidence.count >= self._max_calls:
            self.evidence.count += 1
            answer = Answer(
                CallResult("crashed", message=f"more than {self._max_calls} calls in one test file")
            )
        else:
            policy = self._confine(folder)
            asked = Asked(self.records.running, self.evidence.next_number(function), function, arguments)
            answer = self._run.answering(
                asked, lambda: self._judge.caller.call(self._source, function, arguments, policy)
            )
            self.evidence.add(asked.test, function, arguments, answer.result, self.effects())
        result = answer.result
        reply = {
            "status": result.status,
            "value": result.value,
            "types": answer.types,
            "arguments": answer.arguments,
            "message": result.message,
        }
        return json.dumps(reply).encode()

    def _confine(self, folder: str) -> Policy:
        """The tool works where the test stands, as long as that is in the folders made for both."""
        place = Path(folder).resolve()
        inside = place.is_relative_to(self._root) and place.is_dir()
        left = max(0.1, self._deadline - time.monotonic())
        shared = (str(self._root / "work"), str(self._root / "scratch"))
        return replace(
            self._policy,
            workspace=str(place if inside else self._root / "work"),
            scratch=str(self._root / _OWN),
            read=(*self._policy.read, *(shared if self._policy.sees_workspace else ())),
            write=(*self._policy.write, *(shared if self._policy.changes_workspace else ())),
            limits=replace(self._policy.limits, wall_s=min(left, self._policy.limits.wall_s)),
        )

    def _explain(self, test: str) -> None:
        """Put the tool's own traceback under the failure that it caused."""
        last = self.evidence.last(test)
        if last is not None and last.result.status != "returned":
            text = last.result.traceback or failure_text(last.result)
            text += missing_permission(last.result, self._policy)
            self.records.annotate(test, f"{call_text(last.function, last.arguments)} in tools.py:\n{text}")
