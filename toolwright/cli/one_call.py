"""One call of one tool: its name, JSON and settings in, its value out, or an error whose `kind` says why."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from toolwright.cli.streams import read_stdin, write_stderr
from toolwright.errors import LibraryError, ToolwrightError, UsageError
from toolwright.library.needs import required_packages
from toolwright.library.place import Place, decode, read_bytes
from toolwright.permissions.opening import open_gate
from toolwright.sandbox.cells.wire import NotJsonError, encode
from toolwright.sandbox.opening import open_configured
from toolwright.settings import Settings, load
from toolwright.syntax.checking import described, mismatch
from toolwright.syntax.reading import read_library
from toolwright.types import CallResult, Limits, Policy, Refusal, Tool

if TYPE_CHECKING:
    from toolwright.redaction import Secret
    from toolwright.sandbox.zygote.launch import Launched
    from toolwright.vault import Vault

_LONGEST_SHOWN: Final = 60


class CallError(ToolwrightError):
    """The call cannot be made, or came to nothing; `kind` says how."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def call_tool(name: str, text: str, overrides: Mapping[str, object], launched: "Launched | None") -> str:
    """Call a tool with JSON as it was typed; return the line that says its value.

    `overrides` are settings by field; `launched` is a process that may become the zygote.

    Raises:
        ToolwrightError: the tool did not answer.
    """
    settings = load(overrides)
    source, tool, tools = _found(name, Place(settings.library.absolute()))
    arguments = _json_object(text)
    _check(tool, arguments)
    sandbox = open_configured(settings, _say, only_news=True, launched=launched)
    try:
        if tool.docstring.secrets:
            sandbox = _vault(tool, arguments).around(sandbox, tool)
        policy = _permitted(settings, source, tool, arguments)
        entries = required_packages(source, {tool.name: tool for tool in tools}, name)
        result = sandbox.call(source, tool.name, arguments, _with_packages(policy, settings, entries))
    finally:
        sandbox.close()
    if result.exchanges:
        _log_exchanges(settings, tool.name, result)
    write_stderr(result.stdout + result.stderr)
    if result.status != "returned":
        raise CallError(*_failed(result))
    return json.dumps({"status": "success", "output": result.value}, allow_nan=False) + "\n"


def _say(said: str) -> None:
    write_stderr(f"{said}\n")


def _vault(tool: Tool, arguments: dict[str, Any]) -> "Vault":
    """Return who fills secrets in; a literal is taken, for it is the user's own, but not without a word."""
    from toolwright.redaction import Redactor
    from toolwright.settings import secret_value, secrets
    from toolwright.vault import Sources, Vault, secret_name

    for name in tool.docstring.secrets:
        if isinstance(arguments.get(name), str) and not secret_name(arguments[name]):
            write_stderr(
                f"note: {name} stands in the command, which shells and process lists keep; "
                f'{{"secret": "{name.upper()}"}} takes it from the environment\n'
            )
    return Vault(Sources(secret_value, _typed), Redactor(secrets()))


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


def _permitted(settings: Settings, source: str, tool: Tool, arguments: dict[str, Any]) -> Policy:
    """Return the policy of the call; nobody is asked, for stdin and stdout belong to scripts."""
    permitted = open_gate(settings).permit(source, tool, [arguments], _policy(settings))
    if isinstance(permitted, Refusal):
        raise CallError("not_permitted", f"{permitted.message}: {permitted.hint}")
    return permitted


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


def _found(name: str, place: Place) -> tuple[str, Tool, tuple[Tool, ...]]:
    """Return the text of the library, the tool of that name, and all tools."""
    if place.journal.is_dir():
        _recover(place)
    place.check()
    data = read_bytes(place.tools)
    if data is None:
        raise LibraryError(f"there is no library here: {place.tools} does not exist")
    source = decode(data, place.tools)
    listing = read_library(source, str(place.tools))
    for tool in listing.tools:
        if tool.name == name:
            _check_quarantine(place, source, name)
            return source, tool, listing.tools
    for other in listing.not_offered:
        if other.name == name:
            raise CallError("not_offered", f"{other.name} cannot be called as a tool: {other.reason}")
    from toolwright.syntax.nearest import tool_not_found

    raise tool_not_found(name, [tool.name for tool in listing.tools])


def _check_quarantine(place: Place, source: str, name: str) -> None:
    if place.quarantine_of(name).exists():
        from toolwright.library.quarantine import why_quarantined
        from toolwright.screen.commands import command

        why = why_quarantined(place, source, name)
        if why:
            release = command("verify", name, library=place.directory)
            raise CallError(
                "quarantined", f"{name} is in quarantine ({why}); {release} lets it out if it passes"
            )


def _recover(place: Place) -> None:
    """Finish or take back what a crash interrupted, and say so."""
    from toolwright.library.store import Store

    said = Store(place.directory).recover()
    write_stderr(f"{said}\n" if said else "")


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(
            read_stdin() if text == "-" else text,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CallError("bad_json", f"the arguments are not JSON: {error.msg} at {where}") from None
    except UsageError as error:
        raise CallError("bad_json", f"the arguments are not JSON: {error}") from None
    except ValueError as error:
        raise CallError("bad_json", f"the arguments are not JSON: {error}") from None
    except RecursionError:
        raise CallError("bad_json", "the arguments are not JSON: they are nested too deeply") from None
    if not isinstance(value, dict):
        raise CallError("not_an_object", f"the arguments must be one JSON object, not {_shown(value)}")
    try:
        encode(value)
    except NotJsonError as error:
        raise CallError(
            "bad_json", f"the argument {error.where} is {error.what}, which is not JSON"
        ) from None
    return value


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=True)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; which of two values was meant, only their author knows."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in made if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return made


def _check(tool: Tool, arguments: dict[str, Any]) -> None:
    """Name the first argument that does not fit, and how it should be."""
    properties = tool.parameters["properties"]
    for name in arguments:
        if name not in properties:
            raise CallError("unknown_argument", f"there is no argument {name!r}: {tool.signature}")
    for name in tool.parameters["required"]:
        if name not in arguments:
            wanted = described(properties[name])
            raise CallError(
                "missing_argument", f"the argument {name!r} is missing ({wanted}): {tool.signature}"
            )
    secrets = [name for name in tool.docstring.secrets if isinstance(arguments.get(name), dict)]
    for name in secrets:
        if not isinstance(arguments[name].get("secret"), str) or len(arguments[name]) > 1:
            raise CallError("mistyped_argument", f'argument {name}: a secret is {{"secret": "NAME"}}')
    for name, value in arguments.items():
        wrong = "" if name in secrets else mismatch(value, properties[name], name)
        if wrong:
            raise CallError("mistyped_argument", f"argument {wrong}")
