"""One run of one test file: the judge's cell runs pytest, every call of the tool is answered here."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from toolwright.records import replace
from toolwright.sandbox.calling import Answer, Caller, how_it_ended, wire_limits
from toolwright.sandbox.cells.wire import decode
from toolwright.sandbox.evidence import Evidence
from toolwright.sandbox.lacking import missing_permission
from toolwright.sandbox.observing import Asked, Run
from toolwright.sandbox.source_shape import SourceShape
from toolwright.sandbox.spawn import Bounds, Cell, Ended, OnFrame
from toolwright.sandbox.tests_shape import TestsShape
from toolwright.sandbox.warmth import STORAGE, HypothesisTables
from toolwright.sandbox.wording import call_text, failure_text, short_text
from toolwright.sandbox.zygote.judge_warmth import HYPOTHESIS, SERVER
from toolwright.temporary.folders import fresh_folder
from toolwright.temporary.removing import remove_tree
from toolwright.types import CallResult, Json, Limits, Policy

_TEST_FILE: Final = "test_tool.py"
_OWN: Final = "own"
"""The folder for the tool's temporary files: it needs no permission, and the test can read what is left."""
HYPOTHESIS_SEED: Final = 20_011
"""What tests of hypothesis draw, they draw again with it: here, and with `pytest --hypothesis-seed=20011`."""
_MAX_EXAMPLES: Final = 25
_OUTPUT_KB: Final = 1024
_FRAME_BYTES: Final = 16 << 20
"""Arguments of one call of a test; they are made by the test, not by the tool."""

RunJudge: TypeAlias = Callable[[Cell, bytes, Bounds, OnFrame], Ended]
"""Starts the judge's cell, gives it the request, and passes on the frames it sends."""


class Judging(Protocol):
    """What a session needs of its judge."""

    @property
    def caller(self) -> Caller:
        """Makes the calls."""

    @property
    def wall_s(self) -> float:
        """Seconds for all tests together."""

    @property
    def max_calls(self) -> int:
        """How often the tests may call the tool."""

    @property
    def tables(self) -> HypothesisTables | None:
        """Hypothesis's, None where they are warm."""

    @property
    def run_tests(self) -> RunJudge:
        """Starts the judge's cell."""


class Listening(Protocol):
    """Takes in what the judge says."""

    running: str

    def add(self, record: Json) -> None:
        """Take in one record."""

    def annotate(self, name: str, text: str) -> None:
        """Add to what a failed test said."""


class Session:
    """One run of one test file."""

    def __init__(
        self,
        judge: Judging,
        source: str,
        policy: Policy,
        read: tuple[SourceShape, TestsShape],
        run: Run,
        records: Listening,
    ) -> None:
        """Prepare a run; it happens in `run`. What the judge says goes to `records`."""
        self.records = records
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

    def _request(self, here: Path, scratch: Path) -> bytes:
        wall_s = max(self._judge.wall_s, self._wall_s)  # the same in a control: tests can see it
        limits = Limits(wall_s=wall_s, cpu_s=int(wall_s) + 1, open_files=256)
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
            "seed": HYPOTHESIS_SEED,
            "shrink": self._run.shrink,
            "skip": self._run.skip,
            "rounds": self._run.rounds,
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
            case {"kind": "round", "number": int(number)} if 0 <= number < len(self._run.sources):
                self._source = self._run.sources[number]
                self.records.add(record)
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
        elif last is not None:
            call = call_text(last.function, last.arguments)
            self.records.annotate(test, f"the last call: {call} returned {short_text(last.result.value)}")
