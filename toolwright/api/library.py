"""One library as a Python object: its tools, and calls of them, each in a process of its own."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolwright.errors import NotPermittedError, ToolwrightError
from toolwright.library.needs import required_packages
from toolwright.library.reached import Part
from toolwright.library.store import Store
from toolwright.library.telling import told_call
from toolwright.packages.shelf import open_shelf
from toolwright.permissions.allowed import read_allowed
from toolwright.permissions.opening import open_gate
from toolwright.protocols import Sandbox
from toolwright.redaction import Redactor
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load, secret_value, secrets
from toolwright.syntax.checking import mismatch
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import CallResult, Json, Limits, Policy, Refusal, Tool
from toolwright.vault import Sources, Vault, secret_name


class Library:
    """The tools of one folder, each call in a process of its own."""

    def __init__(
        self,
        directory: str | os.PathLike[str] = ".",
        *,
        timeout_s: float = 30.0,
        allow: Iterable[str] = (),
    ) -> None:
        """Name the folder with tools.py, which is read when it is needed, and how calls are made.

        Args:
            directory: The folder.
            timeout_s: How long a call may take.
            allow: What tools may touch beyond the current folder if they declare it: values of `--allow`
                such as "read:PATH" and "network:HOST".

        Raises:
            UsageError: a value of `allow` grants nothing.
        """
        self._store = Store(Path(directory))
        self._timeout_s = timeout_s
        self._allow = (allow,) if isinstance(allow, str) else tuple(allow)
        read_allowed(self._allow, Path.cwd())
        self._sandbox: Sandbox | None = None
        self._redactor = Redactor(secrets())
        self._remembers = True
        self._vault = Vault(Sources(secret_value), self._redactor)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools on offer, in the order of the file."""
        return tuple(self._store.read().tools.values())

    def call(self, name: str, /, **arguments: Json) -> Json:
        """Call a tool with JSON arguments and return its JSON answer.

        Raises:
            ToolNotFoundError: there is no such tool; names the nearest.
            NotPermittedError: the tool declares what is not allowed; the hint names what would allow it.
            SandboxError: nothing is confined here as the settings ask.
            ToolwrightError: an argument does not fit, or the tool failed; the text says how.
        """
        result = self.try_call(name, **arguments)
        if result.status != "returned":
            kind = f"{result.error_type}: " if result.error_type else ""
            raise ToolwrightError(f"{name} failed: {kind}{result.message}")
        return result.value

    def try_call(self, name: str, /, **arguments: Json) -> CallResult:
        """Call a tool and return how it went, whatever that is. `{"secret": "NAME"}` takes a secret by name.

        Raises:
            ToolNotFoundError: there is no such tool; names the nearest.
            ToolwrightError: an argument does not fit, or a package or secret is not to be had.
            NotPermittedError: the tool declares what is not allowed.
        """
        snapshot = self._store.read()
        tool = snapshot.tools.get(name)
        if name in snapshot.quarantined:
            why = next(other.reason for other in snapshot.not_offered if other.name == name)
            raise ToolwrightError(f"{name} {why}", hint=f"python agent.py verify {name}")
        if tool is None:
            raise tool_not_found(name, snapshot.tools)
        named = {n for n in tool.docstring.secrets if secret_name(arguments.get(n))}
        shown = {n: "" if n in named else value for n, value in arguments.items()}
        wrong = mismatch(shown, tool.parameters)
        if wrong:
            raise ToolwrightError(f"{name}: {wrong}", hint=f"its signature is {tool.signature}")
        limits = Limits(wall_s=self._timeout_s, cpu_s=max(1, round(self._timeout_s)))
        part = snapshot.part(name)
        policy = self._permitted(part, snapshot.tools, tool, arguments, Policy(limits=limits))
        result = self._vault.around(self._opened(), tool).call(part.runs, name, arguments, policy)
        told = told_call(arguments, result, self._redactor.redact) if self._remembers else None
        self._store.note_execution(name, result, told)
        return result

    def _opened(self) -> Sandbox:
        if self._sandbox is None:
            settings = load({"library": str(self._store.directory)})
            self._remembers = bool(settings.memory)
            self._sandbox = open_configured(settings)
        return self._sandbox

    def _permitted(
        self, part: Part, tools: Mapping[str, Tool], tool: Tool, arguments: dict[str, Json], policy: Policy
    ) -> Policy:
        settings = load({"library": str(self._store.directory), "allow": self._allow or None})
        gate = open_gate(settings, workspace=Path.cwd())
        permitted = gate.permit(part.shown, tool, [arguments], policy)
        if isinstance(permitted, Refusal):
            raise NotPermittedError(permitted.message, hint=permitted.hint)
        entries = required_packages(part.runs, tools, tool.name)
        return open_shelf(settings).grant(permitted, entries) if entries else permitted
