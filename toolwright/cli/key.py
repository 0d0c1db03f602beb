"""Settings without a key -> settings with the key that was typed in for this run, or what to set."""

import contextlib
import sys
import termios
from collections.abc import Iterator, Mapping
from typing import Final

from toolwright.cli.offer import found_here, offered
from toolwright.cli.streams import at_terminal, typed_line, write_stderr
from toolwright.errors import ModelError
from toolwright.models import SERVERS, parse_model
from toolwright.records import replace
from toolwright.settings import Secret, Settings, load
from toolwright.settings.servers import SERVERS as OF_SERVER
from toolwright.settings.servers import key_of, models_of
from toolwright.settings.strangers import refuse_stranger
from toolwright.settings.variables import BY_NAME

_TYPED = "typed in"
_LOCAL: Final = 3
"""Where the local modes stand among the attributes of a terminal."""


def needs_key(settings: Settings) -> str:
    """Return the variable that must hold a key before every model can be asked, "" when all is there."""
    if settings.replay:
        return ""
    named = (model for models in models_of(settings).values() for model in models)
    for server in dict.fromkeys(parse_model(model)[0] for model in named):
        variable = SERVERS[server].key_variable
        if variable and not key_of(settings, server):
            return variable
    return ""


def with_key(settings: Settings, variable: str, given: dict[str, object]) -> Settings:
    """Offer a model that needs no key, else ask for every key that is missing; they are kept in no file.

    What was typed, or agreed to, is put into `given` by field, for what else runs in this program.

    Raises:
        ModelError: nobody is there to ask, or nothing was typed.
        UsageError: what was typed cannot be a key, or a file of the folder would send it elsewhere.
    """
    if here := offered(settings):
        given["model"] = here
        return with_given(replace(settings, fallbacks=()), given)
    while variable:
        server = next(name for name, server in SERVERS.items() if server.key_variable == variable)
        if not at_terminal():
            raise missing_key(variable, ready=found_here(settings))
        field = BY_NAME[variable].field
        known = OF_SERVER[server]
        address = {known.base_field: getattr(settings, known.base_field)}
        refuse_stranger(known, address, {**settings.origins, field: _TYPED})
        named = [model for models in models_of(settings).values() for model in models]
        asked = next(model for model in named if model.startswith(f"{server}:"))
        write_stderr(f"{asked} takes a key; to see it work without one: python agent.py --demo\n")
        typed = typed_secret(variable)
        if not typed:
            raise missing_key(variable, "and none was typed")
        checked = load({"model": f"{server}:any"}, {variable: typed})
        given[field] = Secret(key_of(checked, server).reveal())
        settings = with_given(settings, given)
        variable = needs_key(settings)
    return settings


def with_given(settings: Settings, given: Mapping[str, object]) -> Settings:
    """Return settings with what was typed before in this program, where nothing else was set."""
    fields = {field: value for field, value in given.items() if field not in settings.origins}
    if not fields:
        return settings
    origins = {**settings.origins, **dict.fromkeys(fields, _TYPED)}
    return replace(settings, **fields, origins=origins)  # type: ignore[arg-type]  # by field


def missing_key(variable: str, why: str = "and there is nobody to ask for it", ready: str = "") -> ModelError:
    """Return the error that says which variable to set; `ready` is a model that would do without."""
    local = f"or use what is ready here: --model {ready}" if ready else ""
    demo = "or see it work without a key: python agent.py --demo"
    return ModelError(
        "setup",
        f"{variable} is not set, {why}",
        hint=f"export {variable}=... {local or demo}",
    )


def typed_secret(variable: str) -> str:
    """Ask without an echo. Ctrl-D, like Enter, gives nothing."""
    with _unechoed():
        typed = typed_line(f"{variable} (hidden, for this run only): ")
        if typed is not None:
            write_stderr("\n")
    return (typed or "").strip()


@contextlib.contextmanager
def _unechoed() -> Iterator[None]:
    """Let the terminal show nothing of what is typed; what was typed before is thrown away."""
    before = termios.tcgetattr(sys.stdin)
    quiet = [*before]
    quiet[_LOCAL] &= ~termios.ECHO
    try:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, quiet)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
