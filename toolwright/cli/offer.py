"""Settings that name no model and hold no key -> settings with a model that is here, if somebody agrees."""

import importlib.util
import sys
from collections.abc import Sequence
from typing import Final

from toolwright.cli.streams import at_terminal, write_stderr
from toolwright.errors import ModelError
from toolwright.models import list_models
from toolwright.models.address import is_loopback
from toolwright.models.endpoint import Connection, Local
from toolwright.settings import Settings
from toolwright.settings.servers import SERVERS
from toolwright.types.roles import ROLES

_GOOD: Final = (SERVERS["ollama"].default, "glm-4.7-flash", "gpt-oss", "qwen3")
"""Models of Ollama that write code well, best first."""
_LOOK_S: Final = 2.0


def found_here(settings: Settings) -> str:
    """Return a model that needs no key and is ready on this machine, "" if there is none.

    Nothing is looked for when the user chose a model, whatever it lacks.
    """
    if any(field in settings.origins for field in ("model", *(f"model_{role}" for role in ROLES))):
        return ""
    return _of_ollama(settings) or _of_llama_cpp(settings)


def offered(settings: Settings) -> str:
    """Offer a model that is here already; return it when somebody says yes, else ""."""
    model = found_here(settings) if at_terminal() else ""
    if not model:
        return ""
    write_stderr(f"No model was chosen, and there is no key. {model} is ready on this machine.\n")
    write_stderr("Use it for this run? [Enter] yes, n no (then a key is asked for)\n> ")
    try:
        answer = sys.stdin.readline()
    except UnicodeDecodeError:
        return ""
    if answer.strip().lower() not in {"", "y", "yes"} or not answer:
        return ""
    write_stderr(f"For good: export TOOLWRIGHT_MODEL={model}\n")
    return model


def _of_ollama(settings: Settings) -> str:
    if not is_loopback(settings.ollama_host) and "ollama_host" not in settings.origins:
        return ""
    connection = Connection(
        key=settings.ollama_key.reveal(),
        base_url=settings.ollama_host,
        connect_s=_LOOK_S,
        idle_s=_LOOK_S,
        deadline_s=_LOOK_S,
    )
    try:
        names = list_models("ollama", connection)
    except ModelError:
        return ""
    best = _best(names, _GOOD)
    return f"ollama:{best}" if best else ""


def _of_llama_cpp(settings: Settings) -> str:
    if importlib.util.find_spec("llama_cpp") is None:
        return ""
    names = list_models("llama-cpp", Connection(local=Local(settings.models_dir)))
    best = _best(tuple(name for name in names if not any(map(str.isspace, name))), (settings.local_model,))
    return f"llama-cpp:{best}" if best else ""


def _best(names: Sequence[str], good: Sequence[str]) -> str:
    """Return the first good name that is there, else the first there is."""
    liked = (name for start in good for name in names if name.startswith(start))
    return next(liked, names[0] if names else "")
