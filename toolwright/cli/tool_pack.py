"""`tools pack`: tools with all they reach, their tests, versions and evidence, in one file."""

from pathlib import Path

from toolwright.cli.arguments import Arguments
from toolwright.cli.show_tools import no_such_tool
from toolwright.cli.streams import write_stderr
from toolwright.errors import ToolwrightError, UsageError
from toolwright.library.packing import packed, write_file
from toolwright.library.parcel import Parcel
from toolwright.library.store import Store
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.screen.words import count
from toolwright.settings import Settings


def pack(arguments: Arguments, settings: Settings, names: list[str]) -> int:
    """Write the tools named, or all that have tests, and those that they call.

    Raises:
        UsageError: no file was named.
        ToolNotFoundError, ToolwrightError: there is no such tool on offer, one has no tests, or FILE cannot
            be written.
    """
    path = arguments.flags.output
    if not path:
        raise UsageError("tools pack lacks the file", hint="python agent.py tools pack -o FILE.zip")
    store = Store(settings.library)
    snapshot = store.read()
    for name in names:
        if name not in snapshot.tools:
            raise no_such_tool(name, snapshot, store)
    library = Parcel(str(store.directory), {}, snapshot.catalogue)
    wanted = library.order(names or [name for name in snapshot.tools if store.tests_of(name)])
    bare = [name for name in wanted if store.tests_of(name) is None]
    if bare:
        raise ToolwrightError(
            f"{', '.join(bare)} has no tests, so nobody could install it",
            hint=f"{command('tools', 'adopt', bare[0], library=store.directory)} has them written",
        )
    if not wanted:
        raise ToolwrightError(f"{store.place.tools} holds no tools with tests, so there is nothing to pack")
    write_file(Path(path), packed(store.place, snapshot, wanted))
    if arguments.json:
        write_line(json_text({"packed": list(wanted), "file": path}))
    else:
        along = [name for name in wanted if names and name not in names]
        rest = f", with {', '.join(along)}, which they call" if along else ""
        left = [name for name in snapshot.tools if name not in wanted] if not names else []
        write_stderr("".join(f"{name} was left out: it has no tests\n" for name in left))
        write_line(f"{count(len(wanted), 'tool')} packed into {path}{rest}")
    return 0
