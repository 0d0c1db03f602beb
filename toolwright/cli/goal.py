"""A goal from the command line -> its result on stdout, its story on stderr, an exit code."""

import shlex
from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.goals import Goals
from toolwright.cli.packages import OF_A_GOAL, OF_A_MODEL, check_packages
from toolwright.cli.streams import read_stdin
from toolwright.errors import UsageError
from toolwright.library.store import Store
from toolwright.models import parse_model
from toolwright.permissions.allowed import read_allowed
from toolwright.settings import Settings, load
from toolwright.settings.servers import models_of
from toolwright.stages.rules.naming import why_not_a_name


def run(arguments: Arguments) -> int:
    """Run one goal, or ask for goals when there is none."""
    settings = load(arguments.overrides)
    check_settings(settings, arguments)
    check_packages(OF_A_GOAL if settings.replay else OF_A_GOAL + OF_A_MODEL)
    goals = Goals(settings, arguments)
    if arguments.plan_file:
        return goals.run_saved(Path(arguments.plan_file))
    if not arguments.words and not arguments.insisted:
        from toolwright.cli.at_prompt import AtPrompt

        return AtPrompt(goals).run()
    words = arguments.words
    return goals.run(read_stdin() if words == ("-",) and not arguments.insisted else " ".join(words))


def check_settings(settings: Settings, arguments: Arguments) -> None:
    """Refuse now what would be refused after the first paid answer.

    Raises:
        UsageError: a model is on no server that is known, the workspace is no folder, a grant grants nothing,
            or the name cannot be that of a new tool.
        LibraryError: as for `Store.read`.
    """
    named = (model for models in models_of(settings).values() for model in models)
    for model in dict.fromkeys((*named, *settings.fallbacks)):
        parse_model(model)
    if not settings.workspace.is_dir():
        raise UsageError(
            f"the workspace {settings.workspace} is not a folder",
            hint=f"mkdir -p {shlex.quote(str(settings.workspace))}",
        )
    read_allowed(settings.allow, settings.workspace)
    if arguments.name:
        snapshot = Store(settings.library).read()
        why = why_not_a_name(arguments.name, snapshot.names)
        if why:
            raise UsageError(f"--name {arguments.name}: {why}", hint="--name count_words, for example")
