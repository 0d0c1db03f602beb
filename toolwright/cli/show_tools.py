"""`tools` and `tools show NAME`: the library as a list, or one tool with all that is known of it."""

import json

from toolwright.cli.arguments import Arguments
from toolwright.errors import ToolNotFoundError, ToolwrightError, UsageError
from toolwright.library.store import Snapshot, Store
from toolwright.screen.commands import call_commands, command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import Json, Tool


def run(arguments: Arguments) -> int:
    """List the tools, or show one."""
    settings = load(arguments.overrides)
    store = Store(settings.library)
    snapshot = store.read()
    match arguments.words[1:]:
        case () | ("list",):
            write_line(json_text(_listed(snapshot)) if arguments.json else _list_text(snapshot, store))
        case ("show", name):
            tool = snapshot.kept.get(name)
            if tool is None:
                raise no_such_tool(name, snapshot, store)
            evidence = store.evidence_of(name)
            shown = json_text(_as_json(tool, evidence)) if arguments.json else _text(tool, evidence, store)
            write_line(shown)
        case _:
            raise UsageError(
                f"tools takes nothing, or show NAME, not {' '.join(arguments.words[1:])!r}",
                hint=f"{command('tools', library=store.directory)}, or put -- before it when it is a goal",
            )
    return 0


def no_such_tool(name: str, snapshot: Snapshot, store: Store) -> ToolwrightError:
    """Return the error for a name that is no tool of the library: unknown, or not offered and why."""
    hint = command("tools", library=store.directory)
    for other in snapshot.not_offered:
        if other.name == name:
            return ToolwrightError(
                f"{name}, line {other.line} of {store.place.tools}, is not offered as a tool: {other.reason}",
                hint=hint,
            )
    unknown = tool_not_found(name, snapshot.tools)
    return ToolNotFoundError(str(unknown), nearest=unknown.nearest, hint=hint)


def _list_text(snapshot: Snapshot, store: Store) -> str:
    if not snapshot.tools and not snapshot.not_offered:
        return f"{store.directory / 'tools.py'} holds no tools yet"
    width = max((len(name) for name in snapshot.tools), default=0)
    lines = [f"{name:<{width}}  {tool.docstring.summary}" for name, tool in snapshot.tools.items()]
    if snapshot.not_offered:
        lines += ["", "not offered to plans:"]
        lines += [f"{other.name}  {other.reason}" for other in snapshot.not_offered]
    return "\n".join(lines)


def _listed(snapshot: Snapshot) -> Json:
    return {
        "tools": [
            {"name": t.name, "signature": t.signature, "summary": t.docstring.summary, "line": t.line}
            for t in snapshot.tools.values()
        ],
        "not_offered": [{"name": o.name, "reason": o.reason, "line": o.line} for o in snapshot.not_offered],
    }


def _as_json(tool: Tool, evidence: Json) -> Json:
    return {
        "name": tool.name,
        "signature": tool.signature,
        "summary": tool.docstring.summary,
        "keywords": list(tool.docstring.keywords),
        "permissions": list(tool.docstring.permissions),
        "parameters": tool.parameters,
        "returns": tool.returns,
        "source": tool.source,
        "line": tool.line,
        "evidence": evidence,
    }


def _text(tool: Tool, evidence: Json, store: Store) -> str:
    lines = [tool.source.rstrip(), "", f"{store.directory / 'tools.py'}, line {tool.line}"]
    lines += _evidence_lines(tool.name, evidence, store)
    lines += [f"{what}: {how}" for what, how in call_commands(tool.name, tool, store.directory)]
    return "\n".join(lines)


def _evidence_lines(name: str, evidence: Json, store: Store) -> list[str]:
    """Say what is known; the file may have been edited by anybody, so nothing in it is relied on."""
    if not isinstance(evidence, dict):
        verify = command("verify", name, library=store.directory)
        return [f"evidence: none, it was written by hand; its tests, if there are any: {verify}"]
    match evidence:
        case {"verdict": {"tests": [*tests], "level": level}}:
            passed = sum(isinstance(test, dict) and test.get("outcome") == "passed" for test in tests)
            lines = [f"tests: {passed} passed, sandbox {level}"]
        case _:
            lines = ["tests: unknown"]
    match evidence:
        case {"origin": {"goal": goal, "model": model, "time": moment}}:
            lines += [f"made for: {goal}", f"by: {model or 'hand'}, {moment}"]
    calls = evidence.get("calls")
    first = calls[:3] if isinstance(calls, list) else []
    return lines + [f"verified: {json.dumps(call, ensure_ascii=False)[:200]}" for call in first]
