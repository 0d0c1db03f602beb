"""`models`: what the configured server offers to this key. `models pull`: brings a GGUF file."""

import shlex
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.key import needs_key, with_key
from toolwright.cli.packages import OF_A_MODEL, check_packages
from toolwright.cli.streams import write_stderr
from toolwright.errors import UsageError
from toolwright.models import list_models, parse_model
from toolwright.screen.result import json_text, write_line
from toolwright.settings import load
from toolwright.wiring import connections


def run(arguments: Arguments) -> int:
    """List the models of the server that `--model` names, or bring a file."""
    _, *rest = arguments.words
    if rest[:1] == ["pull"] and len(rest) <= len(("pull", "NAME")):
        return _pull(arguments, rest[1] if rest[1:] else "")
    if rest:
        raise UsageError(
            f"models takes nothing or pull [NAME], not {' '.join(rest)!r}",
            hint="python agent.py models, or put -- before it when it is a goal",
        )
    settings = load({**arguments.overrides, "replay": None})
    check_packages(OF_A_MODEL)
    variable = needs_key(settings)
    if variable:
        settings = with_key(settings, variable, arguments.given)
    server, _ = parse_model(settings.model)
    names = [f"{server}:{name}" for name in list_models(server, connections(settings)[server])]
    if arguments.json:
        write_line(json_text({"models": names}))
    elif names:
        write_line("\n".join(names))
    else:
        write_stderr(f"{server} has no model here yet\n")
    return 0


def _pull(arguments: Arguments, name: str) -> int:
    """Bring a GGUF file into the folder of models; its path goes to stdout."""
    from toolwright.models.pulling import pull, where_is

    settings = load(arguments.overrides)
    repository, file = where_is(name or settings.local_model)
    folder = Path(settings.models_dir)
    write_stderr(f"Bringing {file} of {repository} into {folder}\n")
    try:
        path = pull(repository, file, folder)
    except KeyboardInterrupt:
        write_stderr("\nWhat was brought is kept: the same command goes on with it\n")
        raise
    shown = shlex.quote(f"llama-cpp:{file}")
    write_stderr(f"It is whole. Use it: python agent.py --model {shown} GOAL\n")
    write_line(json_text({"path": str(path)}) if arguments.json else str(path))
    return 0
