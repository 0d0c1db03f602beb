"""One call of one tool: its name, JSON and settings in, its value out, or an error whose `kind` says why."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolwright.cli.streams import write_stderr
from toolwright.errors import ToolwrightError
from toolwright.library.spool import note_execution
from toolwright.sandbox.opening import open_configured
from toolwright.settings import Settings, load
from toolwright.types import CallResult, Limits, Policy, Refusal, Tool

if TYPE_CHECKING:
    from toolwright.library.spool import Told
    from toolwright.parts import Ask
    from toolwright.redaction import Redactor, Secret
    from toolwright.sandbox.zygote.launch import Launched
    from toolwright.vault import Vault


def call_tool(
    name: str,
    typed: str | Sequence[str],
    overrides: Mapping[str, object],
    launched: "Launched | None",
    ask: "Ask | None" = None,
) -> str:
    """Call a tool with JSON, or with flags, as they were typed; return the line that says its value.

    `overrides` are settings by field; `launched` is a process that may become the zygote; `ask` puts a
    question to the person who typed the call, where somebody did.

    Raises:
        ToolwrightError: the tool did not answer.
    """
    settings = load(overrides)
    sandbox = open_configured(settings, _say, only_news=True, launched=launched)
    try:
        # loaded now, while the zygote gets ready
        from toolwright.cli.asked_tool import find_tool, read_arguments
        from toolwright.library.needs import required_packages
        from toolwright.redaction import Redactor
        from toolwright.settings import secrets

        redactor = Redactor(secrets(settings))
        found = find_tool(name, settings.library.absolute())
        tool = found.tool
        arguments = read_arguments(typed, tool) if isinstance(typed, str) else _from_flags(typed, tool)
        if tool.docstring.secrets:
            sandbox = _vault(tool, arguments, redactor).around(sandbox, tool)
        policy = _permitted(settings, found.shown, tool, arguments, ask)
        if isinstance(policy, Refusal):
            raise _refused(settings, tool, arguments, policy, redactor)
        entries = required_packages(found.runs, {one.name: one for one in found.tools}, name)
        result = sandbox.call(found.runs, tool.name, arguments, _with_packages(policy, settings, entries))
    finally:
        sandbox.close()
    return _answered(settings, tool, arguments, result, redactor)


def _answered(
    settings: Settings, tool: Tool, arguments: dict[str, Any], result: CallResult, redactor: "Redactor"
) -> str:
    """Note how a call went, pass on what the tool printed, and return the line with its value.

    Raises:
        CallError: the tool did not answer.
    """
    from toolwright.cli.asked_tool import CallError

    well = result.status == "returned"
    told = _told(arguments, result, redactor) if settings.memory else None
    folder = settings.library / ".toolwright"
    note_execution(folder, tool.name, succeeded=well, seconds=result.seconds, told=told)
    if result.exchanges:
        _log_exchanges(settings, tool.name, result)
    trace = f"{redactor.redact(result.traceback)}\n" if result.traceback else ""
    write_stderr(result.stdout + result.stderr + trace)
    if not well:
        raise CallError(*_failed(result))
    return json.dumps({"status": "success", "output": result.value}, allow_nan=False) + "\n"


def _from_flags(words: Sequence[str], tool: Tool) -> dict[str, Any]:
    from toolwright.cli.flag_reading import read_flags

    return read_flags(words, tool)


def _say(said: str) -> None:
    write_stderr(f"{said}\n")


def _told(arguments: dict[str, Any], result: CallResult, redactor: "Redactor") -> "Told":
    from toolwright.library.telling import told_call

    return told_call(arguments, result, redactor.redact)


def _vault(tool: Tool, arguments: dict[str, Any], redactor: "Redactor") -> "Vault":
    """Return who fills secrets in; a literal is taken, for it is the user's own, but not without a word."""
    from toolwright.settings import secret_value
    from toolwright.vault import Sources, Vault, secret_name

    for name in tool.docstring.secrets:
        if isinstance(arguments.get(name), str) and not secret_name(arguments[name]):
            write_stderr(
                f"note: {name} stands in the command, which shells and process lists keep; "
                f'{{"secret": "{name.upper()}"}} takes it from the environment\n'
            )
    return Vault(Sources(secret_value, _typed), redactor)


def _typed(name: str) -> "Secret | None":
    """Ask for a secret at the terminal; None when there is none."""
    from toolwright.cli.key import typed_secret
    from toolwright.cli.streams import at_terminal
    from toolwright.redaction import Secret

    return Secret(typed_secret(name)) if at_terminal() else None


def _policy(settings: Settings) -> Policy:
    seconds = settings.step_timeout_s
    limits = Limits(wall_s=seconds, cpu_s=max(1, round(seconds)))
    return Policy(workspace=str(settings.workspace.absolute()), limits=limits)


def _permitted(
    settings: Settings, source: str, tool: Tool, arguments: dict[str, Any], ask: "Ask | None"
) -> Policy | Refusal:
    """Return the policy of the call; without `ask` nobody is asked: stdin and stdout belong to scripts."""
    from toolwright.permissions.gate import Grantor
    from toolwright.permissions.opening import open_gate

    grantor = Grantor(ask) if ask else None
    return open_gate(settings, grantor).permit(source, tool, [arguments], _policy(settings))


def _refused(
    settings: Settings, tool: Tool, arguments: dict[str, Any], refusal: Refusal, redactor: "Redactor"
) -> ToolwrightError:
    """Return the error for a call that may not be made, which is remembered too."""
    from toolwright.cli.asked_tool import CallError
    from toolwright.library.spool import note_refusal

    if settings.memory:
        told = _told(arguments, CallResult("raised", message=refusal.message), redactor)
        note_refusal(settings.library / ".toolwright", tool.name, {**told, "status": "not_permitted"})
    return CallError("not_permitted", f"{refusal.message}: {refusal.hint}")


def _with_packages(policy: Policy, settings: Settings, entries: Sequence[str]) -> Policy:
    """Grant what the tool requires; the parts that know packages are loaded only where it does."""
    if not entries:
        return policy
    from toolwright.packages.shelf import open_shelf

    return open_shelf(settings).grant(policy, entries)


def _log_exchanges(settings: Settings, name: str, result: CallResult) -> None:
    """Write down which hosts the tool asked for; a log that cannot be written is no reason to fail."""
    from toolwright.events import HostsAsked
    from toolwright.log import RunLog
    from toolwright.redaction import Redactor
    from toolwright.settings import secrets

    with RunLog(settings.library / "agent.log", "execute-tool", Redactor(secrets(settings)).redact) as log:
        log(HostsAsked(1, name, result.exchanges))


def _failed(result: CallResult) -> tuple[str, str]:
    kind = {"raised": "exception", "bad_result": "not_json"}.get(result.status, result.status)
    return kind, f"{result.error_type}: {result.message}" if result.error_type else result.message
