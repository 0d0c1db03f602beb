"""The file of a run -> rows for the tables, by table; a line that is torn or strange counts for nothing."""

import json
from pathlib import Path
from typing import Any, Final, TypeAlias

from toolwright.memory.lines import Line

Row: TypeAlias = dict[str, Any]

CUT_OFF: Final = "cut off"
UNHEARD: Final = "it had begun, and no answer was heard"
_END: Final = (
    "seconds", "calls", "prompt_tokens", "output_tokens", "cost", "failed_stage", "failed_kind",
    "failed_step", "message", "learned",
)  # fmt: skip
_KEPT: Final = {
    "execution": ("executions", ("step", "tool", "input", "output", "status", "error", "seconds")),
    "decision": ("decisions", ("kind", "subject", "agreed", "reason")),
    "model_call": ("model_calls", ("stage", "subject", "model", "prompt_tokens", "output_tokens", "seconds")),
    "admission": ("admissions", ("tool", "how", "source", "lines_added", "lines_removed")),
}
"""What is kept as it was told, and the fields of it."""


class Told:
    """The rows of one run, line by line."""

    def __init__(self, run: str) -> None:
        self.run: Row = {}
        self.rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
        self._id = run
        self._round = 0
        self._begun: dict[int, tuple[str, float]] = {}

    def add(self, line: Line) -> None:
        """Take in a line.

        Raises:
            KeyError, TypeError: it is not one of ours.
        """
        what, at = line["t"], float(line["at"])
        if what == "run":
            self._begin(line, at)
        elif what in _KEPT:
            table, fields = _KEPT[what]
            row = {"at": at, **{name: line[name] for name in fields}}
            self._put(table, row | {"cost": line.get("cost")} if what == "model_call" else row)
            if what == "admission":
                self._mended(line["tool"], line["source"])
            if what == "execution":
                self._begun.pop(line["step"], None)
        elif what == "end":
            self.run |= {"status": str(line["status"]), **{name: line.get(name) for name in _END}}
        else:
            self._add_other(what, line, at)

    def _add_other(self, what: str, line: Line, at: float) -> None:
        match what:
            case "plan":
                self._plan(line, at)
            case "matches":
                self._matches(line)
            case "attempt":
                self._attempt(line, at)
            case "lessons":
                self._shown(line)
            case "refused":
                self._refused(line, at)
            case "begun":
                self._begun[line["step"]] = (line["tool"], at)

    def _begin(self, line: Line, at: float) -> None:
        about = {name: str(line[name]) for name in ("goal", "model", "sandbox")}
        self.run = {"id": self._id, **about, "began": at, "status": CUT_OFF, "wants": None}
        self.run |= {"plan_origin": None, "library": None, **dict.fromkeys(_END)}

    def _plan(self, line: Line, at: float) -> None:
        self._round += 1
        self.run |= {"wants": line["wants"], "plan_origin": line["origin"]}
        for step in line["steps"]:
            self._put(
                "steps",
                {
                    "round": self._round,
                    "number": step["number"],
                    "description": step["description"],
                    "keywords": json.dumps(step["keywords"]),
                    "verdict": None,
                    "tool": None,
                    "reason": None,
                    "at": at,
                },
            )

    def _matches(self, line: Line) -> None:
        for match in line["matches"]:
            for step in self.rows["steps"]:
                if (step["round"], step["number"]) == (self._round, match["number"]):
                    step.update({name: match[name] for name in ("verdict", "tool", "reason")})

    def _attempt(self, line: Line, at: float) -> None:
        about = {name: line[name] for name in ("step", "tool", "number")}
        self._put("attempts", {"at": at, **about, "refused_by": CUT_OFF, "lessons": 0})

    def _shown(self, line: Line) -> None:
        for attempt in self.rows["attempts"][-1:]:
            attempt["lessons"] = line["lessons"]

    def _refused(self, line: Line, at: float) -> None:
        about = {name: line[name] for name in ("tool", "attempt", "stage", "message", "source")}
        self._put("failures", {"at": at, **about, "mend": None})
        for attempt in self.rows["attempts"]:
            if (attempt["tool"], attempt["number"]) == (line["tool"], line["attempt"]):
                attempt["refused_by"] = line["stage"]

    def _mended(self, tool: str, source: str) -> None:
        """What was kept in the end is what mended all that was refused before."""
        for failure in self.rows["failures"]:
            if failure["tool"] == tool and failure["mend"] is None:
                failure["mend"] = source
        for attempt in reversed(self.rows["attempts"]):
            if attempt["tool"] == tool and attempt["refused_by"] == CUT_OFF:
                attempt["refused_by"] = ""
                return

    def _put(self, table: str, row: Row) -> None:
        self.rows[table].append({"run": self._id, **row})

    def finish(self) -> None:
        """Fill in what the end would have said."""
        calls = self.rows["model_calls"]
        counted = {name: sum(call[name] for call in calls) for name in ("prompt_tokens", "output_tokens")}
        costs = [call["cost"] for call in calls]
        known = {"calls": len(calls), **counted}
        if self.run["calls"] is None and None not in costs:
            known["cost"] = sum(costs)
        self.run |= {name: value for name, value in known.items() if self.run[name] is None}
        for step, (tool, at) in self._begun.items():  # it may have done what it does, and may not
            about = {"step": step, "tool": tool, "input": None, "output": None, "seconds": 0.0}
            self._put("executions", {"at": at, **about, "status": CUT_OFF, "error": UNHEARD})


_TABLES: Final = ("steps", "attempts", "failures", "admissions", "executions", "decisions", "model_calls")


def told(path: Path, data: bytes) -> Told | None:
    """Return the rows of a run; None when not even its beginning was written."""
    run = Told(path.stem)
    for text in data.splitlines():
        try:
            line = json.loads(text)
            if run.run or line["t"] == "run":
                run.add(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    if not run.run:
        return None
    run.finish()
    return run
