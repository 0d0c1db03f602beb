"""The program as a Python library: goals in, typed reports out; one tool of a library, called isolated."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from toolwright.allowance import open_ledger
from toolwright.checked_goal import checked_goal
from toolwright.company import Company
from toolwright.errors import NotPermittedError, ToolwrightError
from toolwright.events import Listener, Notice
from toolwright.executors import Threads
from toolwright.library.needs import required_packages
from toolwright.library.reached import Part
from toolwright.library.store import Store
from toolwright.library.telling import told_call
from toolwright.packages.shelf import open_shelf
from toolwright.permissions.allowed import read_allowed
from toolwright.permissions.opening import open_gate
from toolwright.pipeline import run_goal
from toolwright.protocols import Executor, Model, Sandbox
from toolwright.records import replace
from toolwright.redaction import Redactor
from toolwright.remembering import recording
from toolwright.sandbox.opening import open_configured
from toolwright.settings import load, secret_value, secrets
from toolwright.stages.rules.rule import Rule
from toolwright.syntax.checking import mismatch
from toolwright.syntax.held_out import read_goal
from toolwright.syntax.nearest import tool_not_found
from toolwright.types import CallResult, Json, Limits, Policy, Refusal, Report, Tool
from toolwright.vault import Sources, Vault, secret_name
from toolwright.wiring import new_run, open_parts, options


class Agent:
    """Runs goals against one library. Each run asks the model only for what the library lacks."""

    def __init__(
        self,
        library: str | os.PathLike[str] = ".",
        model: str | Model = "",
        *,
        listeners: Iterable[Listener] = (),
        rules: Iterable[Rule] = (),
        **settings: object,
    ) -> None:
        """Configure; nothing is read or started yet.

        Args:
            library: The folder with tools.py.
            model: `SERVER:NAME`, "" for the configured one, or any object with `name` and `complete`.
            listeners: Called with every event of a run.
            rules: Rules of review for new tools, besides ours and those of `pyproject.toml`.
            settings: Fields of `toolwright.settings.Settings`, such as `attempts=3`. `budget` and `max_calls`
                are for all runs of this agent together, also when they go on at the same time.

        Raises:
            UsageError: a setting is not allowed, or a budget meets a model whose price is not known.
        """
        named = model if isinstance(model, str) else ""
        overrides = {"library": str(library), "model": named or None, **settings}
        self._settings = load(overrides)
        self._model = None if isinstance(model, str) else model
        ledger = open_ledger(self._settings, "" if self._model is None else self._model.name)
        self._company = Company(tuple(listeners), rules=tuple(rules), ledger=ledger)
        self._sandbox: Sandbox | None = None
        self._opening = Lock()

    def run(
        self,
        goal: str,
        *,
        make: bool = False,
        plan: bool = False,
        name: str = "",
        learn: bool = False,
        examples: Iterable[str] = (),
    ) -> Report:
        """Take one goal through all stages.

        Args:
            goal: What is wanted, in words.
            make: Stop when the tools are in the library.
            plan: Stop with the plan, before anything is written.
            name: What the one new function is to be called.
            examples: Calls with the answers that are right, such as `slugify("A B") == "a-b"` or, without the
                name, `("A B") -> "a-b"`. No author of code sees the answers; they are compared in the end.
            learn: Make one tool of all steps when the goal was reached; its name is in `Report.learned`.

        Returns:
            The report; an expected failure, such as a model that does not answer, is one with
            `status == "failed"`.

        Raises:
            UsageError: the goal is empty or too long, or an example cannot be read.
            TranscriptError: the transcript to replay cannot be read.
        """
        goal = checked_goal(goal, self._settings.goal_limit)
        goal, held_out = read_goal(goal, (examples,) if isinstance(examples, str) else tuple(examples))
        run = new_run()
        company, settings = self._company, self._settings
        stop_after = "plan" if plan else "tools" if make else ""
        how = options(settings, stop_after=stop_after, name=name, learn=learn, examples=held_out)
        with recording(settings, run, goal, company.redactor, company.tell) as record:
            told = replace(company, listeners=(*company.listeners, record))
            parts = open_parts(settings, run, goal, told, self._opened(), self._model)
            return run_goal(goal, parts, how, run)

    def run_many(
        self, goals: Iterable[str], *, jobs: int = 1, executor: Executor | None = None
    ) -> list[Report]:
        """Run several goals and return their reports in order; a goal that fails does not stop the others.

        Args:
            goals: The goals, in words.
            jobs: How many are run at the same time; with more than one, listeners are called from threads.
            executor: What runs them instead of threads of this process.

        Raises:
            UsageError: a goal is empty or too long; then none was run.
        """
        checked = [checked_goal(goal, self._settings.goal_limit) for goal in goals]
        done = (executor or Threads(jobs)).each(self.run, checked)
        reports = {place: future.result() for place, future in done}
        return [reports[place] for place in range(len(checked))]

    def _opened(self) -> Sandbox:
        with self._opening:
            if self._sandbox is None:
                self._sandbox = open_configured(self._settings, lambda said: self._company.tell(Notice(said)))
            return self._sandbox


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
