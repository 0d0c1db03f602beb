"""The secrets of a run: names go in, values go into single calls, and nothing that comes out holds one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from toolwright.errors import SecretError
from toolwright.protocols import Sandbox
from toolwright.records import dataclass, replace
from toolwright.redaction import SHORTEST_SECRET, Redactor, Secret
from toolwright.types import CallResult, Challenge, ChallengePlan, Example, Json, Policy, Tool, Verdict

_ANY: Final = frozenset({"*", "raw"})


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values come from: `stored` looks a name up, `typed` asks for it (None: nobody is there).

    Both answer with an empty secret when there is none.
    """

    stored: Callable[[str], Secret]
    typed: Callable[[str], Secret | None] = lambda _name: None


class Vault:
    """Hands secrets to the calls that may have them, and masks what those calls answer."""

    def __init__(
        self, sources: Sources, redactor: Redactor, tell: Callable[[str], None] = lambda _said: None
    ) -> None:
        """`redactor` gets to know every value before it is used; `tell` says once who gets which secret."""
        self._sources = sources
        self._redactor = redactor
        self._tell = tell
        self._handed_out = Redactor()
        self._values: dict[str, Secret] = {}
        self._told: set[str] = set()

    def around(self, sandbox: Sandbox, tool: Tool) -> Sandbox:
        """Return a sandbox whose calls of `tool` take `{"secret": NAME}` where its docstring says `Secrets:`.

        What any call answers is masked: one may find what another one left in a file.
        """
        return _Filled(sandbox, tool, self)

    def fill(self, tool: Tool, arguments: Mapping[str, Json], policy: Policy) -> dict[str, Json]:
        """Return the arguments with the values in them; a text that stands there already is learnt only.

        Raises:
            SecretError: the call has no network of named hosts, or there is no such secret.
        """
        filled = dict(arguments)
        for parameter in tool.docstring.secrets:
            name = secret_name(arguments.get(parameter))
            if name:
                self._check(tool, parameter, name, policy)
                filled[parameter] = self._value(tool, parameter, name).reveal()
            elif isinstance(arguments.get(parameter), str):
                self._learn(Secret(arguments[parameter]))
        return filled

    def masked(self, result: CallResult) -> CallResult:
        """Return a result in which every secret that was handed out is `***`."""
        hide = self._handed_out.hide
        return replace(
            result,
            value=_masked(result.value, hide),
            error_type=hide(result.error_type),
            message=hide(result.message),
            traceback=hide(result.traceback),
            stdout=hide(result.stdout),
            stderr=hide(result.stderr),
        )

    def _learn(self, secret: Secret) -> None:
        self._handed_out.learn(secret)
        self._redactor.learn(secret)

    def _check(self, tool: Tool, parameter: str, name: str, policy: Policy) -> None:
        """Let a secret go only where it can be sent to hosts that the user named."""
        hosts = [host for host in policy.network if host != "loopback"]
        if hosts and not _ANY & set(hosts):
            said = f"{name} is given to {tool.name}, which can reach {', '.join(hosts)} only"
            if said not in self._told:
                self._told.add(said)
                self._tell(said)
            return
        reach = "any host" if hosts else "no host"
        if "network" not in tool.docstring.permissions:
            reach = "no host, for it declares no `Permissions: network`"
        raise SecretError(
            f"{name} was not given to {tool.name} for `{parameter}`: a secret goes to named hosts only, "
            f"and this tool may reach {reach}",
            hint="name the host that may get it: `--allow network:HOST`",
        )

    def _value(self, tool: Tool, parameter: str, name: str) -> Secret:
        if name not in self._values:
            secret = self._sources.stored(name) or self._sources.typed(name)
            if not secret:
                why = "and there is nobody to ask for it" if secret is None else "and none was typed"
                raise SecretError(
                    f"{name}, which {tool.name} needs for `{parameter}`, is not set, {why}",
                    hint=f"export {name}=...",
                )
            if len(secret.reveal().strip()) < SHORTEST_SECRET:
                raise SecretError(
                    f"{name} has fewer than {SHORTEST_SECRET} characters: too short to be masked in texts",
                    hint=f"export {name}=... with the whole secret",
                )
            self._learn(secret)
            self._values[name] = secret
        return self._values[name]


def secret_name(value: Json) -> str:
    """Return NAME of `{"secret": NAME}`, "" for every other value."""
    match value:
        case {"secret": str(name), **rest} if not rest:
            return name
    return ""


@dataclass(frozen=True, slots=True)
class _Filled:
    """A sandbox that puts secrets into the calls of one tool."""

    sandbox: Sandbox
    tool: Tool
    vault: Vault

    @property
    def level(self) -> str:
        """How strong the confinement is."""
        return self.sandbox.level

    def call(self, source: str, function: str, arguments: Mapping[str, Json], policy: Policy) -> CallResult:
        """Call with the values, answer without them.

        Raises:
            SecretError: as for `Vault.fill`.
            SandboxError: as for every sandbox.
        """
        filled = self.vault.fill(self.tool, arguments, policy)
        return self.vault.masked(self.sandbox.call(source, function, filled, policy))

    def verify(
        self,
        source: str,
        tests: str,
        policy: Policy,
        *,
        function: str,
        examples: Sequence[Example] = (),
        brief_s: float = 0.0,
    ) -> Verdict:
        """Tests get dummies, which they write themselves."""
        return self.sandbox.verify(
            source, tests, policy, function=function, examples=examples, brief_s=brief_s
        )

    def challenge(
        self, source: str, tests: str, policy: Policy, *, function: str, verdict: Verdict, plan: ChallengePlan
    ) -> Challenge:
        """As in `verify`."""
        return self.sandbox.challenge(source, tests, policy, function=function, verdict=verdict, plan=plan)

    def close(self) -> None:
        """Close the sandbox that makes the calls."""
        self.sandbox.close()


def _masked(value: Json, hide: Callable[[str], str]) -> Json:
    match value:
        case str():
            return hide(value)
        case list():
            return [_masked(item, hide) for item in value]
        case dict():
            return {hide(key): _masked(item, hide) for key, item in value.items()}
    return value
