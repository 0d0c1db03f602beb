"""One tool with all that is known of it: text for people, or an object for programs."""

import json
import time

from toolwright.library.bindings import bindings, words
from toolwright.library.executions import Uses, as_json, executions
from toolwright.library.standing import Standing, VersionOf
from toolwright.library.store import Snapshot, Store
from toolwright.permissions.needs import needs
from toolwright.records import dataclass
from toolwright.screen.commands import call_commands, command
from toolwright.screen.words import count, duration, one_line
from toolwright.syntax.chunks import split
from toolwright.types import Json, Tool

_CALLS_SHOWN = 3
_LONGEST = 200
_DAY_S = 86_400
_PLAIN = ("", "added")


@dataclass(frozen=True, slots=True)
class ToolCard:
    """What is known of a tool; anybody may have edited the evidence, so nothing in it is relied on."""

    tool: Tool
    evidence: dict[str, Json]
    standing: Standing
    needs: tuple[str, ...]
    callers: tuple[str, ...]
    callees: tuple[str, ...]
    uses: dict[str, Uses]
    versions: int = 0

    def as_json(self) -> Json:
        """Return it as one object."""
        tool = self.tool
        return {
            "name": tool.name,
            "signature": tool.signature,
            "summary": tool.docstring.summary,
            "keywords": list(tool.docstring.keywords),
            "permissions": list(tool.docstring.permissions),
            "needs": list(self.needs),
            "parameters": tool.parameters,
            "returns": tool.returns,
            "source": tool.source,
            "line": tool.line,
            "standing": {"kind": self.standing.kind, "why": self.standing.why},
            "callers": list(self.callers),
            "callees": list(self.callees),
            "versions": self.versions,
            "uses": as_json(self.uses, tool.name),
            "evidence": self.evidence or None,
        }

    def text(self, store: Store) -> str:
        """Return it as lines."""
        tool = self.tool
        lines = [tool.source.rstrip(), "", f"{store.directory / 'tools.py'}, line {tool.line}"]
        lines += self._proof(store)
        lines += [f"permissions: {', '.join(self.needs) or 'none'}"]
        lines += [f"calls: {', '.join(self.callees)}"] if self.callees else []
        lines += [f"called by: {', '.join(self.callers)}"] if self.callers else []
        log = command("tools", "log", tool.name, library=store.directory)
        lines += [f"versions: {self.versions}, {log}"]
        lines += [f"used: {_used(self.uses.get(tool.name, Uses()))}"]
        lines += _verified_calls(self.evidence)
        lines += [f"{what}: {how}" for what, how in call_commands(tool.name, tool, store.directory)]
        return "\n".join(lines)

    def _proof(self, store: Store) -> list[str]:
        verify = command("verify", self.tool.name, library=store.directory)
        if self.standing.kind == "unproven":
            adopt = command("tools", "adopt", self.tool.name, library=store.directory)
            way = verify if store.tests_of(self.tool.name) else adopt
            return [f"evidence: none, {self.standing.why}: {way}"]
        lines = [] if self.standing.kind == "verified" else [f"not verified: {self.standing.why}: {verify}"]
        return [
            *lines,
            *_tests(self.evidence),
            *_mutants(self.evidence),
            *_untried(self.evidence),
            *_origin(self.evidence),
        ]


def tool_card(tool: Tool, snapshot: Snapshot, store: Store, version_of: VersionOf | None = None) -> ToolCard:
    """Gather what is known of a tool of the library.

    Raises:
        LibraryError: a file of the library cannot be read.
    """
    known, kept = bindings(split(snapshot.text)), snapshot.kept
    callers = (
        name
        for name, other in kept.items()
        if name != tool.name and tool.name in words(other.source) and tool.name in known.reach([name])
    )
    callees = (name for name in known.reach([tool.name]) if name in kept and name != tool.name)
    return ToolCard(
        tool,
        store.evidence_of(tool.name) or {},
        store.standings([tool.name], version_of)[tool.name],
        tuple(sorted(needs(snapshot.text, tool))),
        tuple(sorted(callers)),
        tuple(sorted(callees)),
        executions(store.place.private),
        len(store.versions(tool.name)),
    )


def _tests(evidence: dict[str, Json]) -> list[str]:
    match evidence:
        case {"verdict": {"tests": [*tests], "level": level, **verdict}}:
            passed = sum(isinstance(test, dict) and test.get("outcome") == "passed" for test in tests)
            lines = [f"tests: {passed} passed, sandbox {one_line(str(level))}"]
            controls = verdict.get("controls")
            listed = controls if isinstance(controls, list) else []
            names = [str(control.get("name")) for control in listed if isinstance(control, dict)]
            lines += [f"tests noticed: false {', '.join(names)}"] if names else []
            return lines + (
                ["tests passed a control that told them the truth"] if verdict.get("placebo") else []
            )
    return ["tests: unknown"]


def _mutants(evidence: dict[str, Json]) -> list[str]:
    match evidence:
        case {"verdict": {"mutants": {"killed": int(killed), "of": int(of), **rest}}}:
            untried = rest.get("untried")
            more = f", {untried} were not tried for want of time" if untried else ""
            return [f"broken copies: {killed} of {of} were noticed by the tests{more}"]
    return []


def _untried(evidence: dict[str, Json]) -> list[str]:
    match evidence:
        case {"verdict": {"unchallenged": [*sentences]}}:
            return [f"not challenged: {one_line(str(each), _LONGEST)}" for each in sentences]
    return []


def _origin(evidence: dict[str, Json]) -> list[str]:
    match evidence:
        case {"origin": {"goal": goal, "model": model, "time": moment, **origin}}:
            made = [f"made for: {one_line(str(goal), _LONGEST)}"] if goal else []
            how = one_line(str(origin.get("how") or ""))
            said = "" if how in _PLAIN else f", {how}"
            return [*made, f"by: {one_line(str(model)) or 'hand'}, {one_line(str(moment))}{said}"]
    return []


def _verified_calls(evidence: dict[str, Json]) -> list[str]:
    calls = evidence.get("calls")
    first = calls[:_CALLS_SHOWN] if isinstance(calls, list) else []
    return [f"verified: {one_line(json.dumps(call, ensure_ascii=False), _LONGEST)}" for call in first]


def _used(uses: Uses) -> str:
    if not uses.calls:
        return "never from here"
    days = int((time.time() - uses.last) // _DAY_S)
    ago = "today" if days <= 0 else f"{count(days, 'day')} ago"
    rate = f"{100 * uses.succeeded // uses.calls} % succeeded"
    return f"{count(uses.calls, 'time')}, {rate}, {duration(uses.mean_s)} on the average, last {ago}"
