"""Settings without a key -> settings with the key that was typed in for this run, or what to set."""

import sys

from toolwright.cli.offer import found_here, offered
from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import ModelError
from toolwright.models import SERVERS, parse_model
from toolwright.records import replace
from toolwright.settings import Secret, Settings, load
from toolwright.settings.servers import key_of, models_of
from toolwright.settings.variables import BY_NAME


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


def with_key(settings: Settings, variable: str) -> Settings:
    """Offer a model that needs no key, else ask for every key that is missing; they are kept nowhere.

    Raises:
        ModelError: nobody is there to ask, or nothing was typed.
        UsageError: what was typed cannot be a key.
    """
    if (here := offered(settings)) is not None:
        return here
    while variable:
        if not at_terminal():
            raise missing_key(variable, ready=found_here(settings))
        typed = typed_secret(variable)
        if not typed:
            raise missing_key(variable, "and none was typed")
        server = next(name for name, server in SERVERS.items() if server.key_variable == variable)
        checked = load({"model": f"{server}:any"}, {variable: typed})
        key = Secret(key_of(checked, server).reveal())
        settings = replace(settings, **{BY_NAME[variable].field: key})  # type: ignore[arg-type]  # by field  # type: ignore[arg-type]  # by field
        variable = needs_key(settings)
    return settings


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
    from getpass import getpass

    try:
        return getpass(f"{variable} (hidden, for this run only): ", sys.stderr).strip()
    except EOFError:
        write_stderr("\n")
        return ""
    except KeyboardInterrupt:
        write_stderr("\n")
        raise
    except UnicodeDecodeError:
        return "\ufffd"  # refused as every other key that is not ASCII
