"""`undo`: the last admission to the library taken back, once those who call the tool are proven to go on."""

from collections.abc import Sequence

from toolwright.cli.arguments import Arguments
from toolwright.cli.commands import takes_nothing
from toolwright.cli.packages import check_packages
from toolwright.cli.reverifying import Checked, Verifier
from toolwright.cli.verify import checked_tools, jobs_of
from toolwright.errors import SandboxError, ToolwrightError
from toolwright.library.snapshot import Snapshot, snapshot_of
from toolwright.library.store import Store
from toolwright.library.undoing import Undoing
from toolwright.packages.shelf import open_shelf
from toolwright.records import dataclass
from toolwright.screen.commands import command
from toolwright.screen.result import json_text, write_line
from toolwright.settings import Settings, load


@dataclass(frozen=True, slots=True)
class _Callers:
    """Who reaches the tool in the library after the undo, and what verifying them there said.

    `failed_before` are those that fail without the undo, too; `unproven` says why nobody was verified.
    """

    names: tuple[str, ...] = ()
    checked: tuple[Checked, ...] = ()
    failed_before: frozenset[str] = frozenset()
    unproven: str = ""

    def broken(self) -> list[Checked]:
        """Return those that would fail because of the undo."""
        return [each for each in self.checked if _fails(each) and each.name not in self.failed_before]

    def word(self, name: str) -> str:
        """Say what is known of one of them."""
        found = next((each for each in self.checked if each.name == name), None)
        if found is None:
            return f"not verified: {self.unproven or 'it is no tool'}"
        if found.verdict is None:
            return "not verified: no tests"
        return "verified" if found.verdict.passed else "fails, as it did before"


def run(arguments: Arguments) -> int:
    """Take the last admission back.

    Raises:
        ToolwrightError: a tool that calls it would fail then; nothing was undone.
    """
    takes_nothing(arguments)
    settings = load(arguments.overrides)
    store = Store(settings.library)
    planned = store.undoing()
    after = snapshot_of(planned.text, str(store.place.tools), store.read().catalogue)
    callers = _proven(settings, store, planned, after)
    _refuse(callers.broken(), planned, store)
    said = store.undo(planned)
    for each in callers.checked:
        if each.verdict is not None and each.verdict.passed:
            store.renew(each.name, each.verdict, after.text, each.tests)
    words = {name: callers.word(name) for name in callers.names}
    if arguments.json:
        write_line(json_text({"undone": said, "tool": planned.tool, "callers": words}))
    else:
        write_line("\n".join([said, *(f"  {name}, which calls it: {word}" for name, word in words.items())]))
    return 0


def _proven(settings: Settings, store: Store, planned: Undoing, after: Snapshot) -> _Callers:
    """Verify in the library to come who reaches the tool there."""
    if planned.tool not in after.known.chunks:
        return _Callers()
    names = after.known.reached_by(planned.tool)
    offered = [name for name in names if name in after.kept]
    if not offered:
        return _Callers(names)
    check_packages(["pytest"])
    shelf, jobs = open_shelf(settings), jobs_of("", settings)
    try:
        checked = checked_tools(settings, Verifier(store, after, shelf, keeps=False), offered, jobs)
        failed = [each.name for each in checked if _fails(each)]
        now = store.read()
        known = [name for name in failed if name in now.kept]
        as_it_is = Verifier(store, now, shelf, keeps=False)
        before = checked_tools(settings, as_it_is, known, jobs) if known else ()
    except SandboxError as error:
        return _Callers(names, unproven=str(error))
    return _Callers(names, checked, frozenset(each.name for each in before if _fails(each)))


def _refuse(broken: Sequence[Checked], planned: Undoing, store: Store) -> None:
    if broken:
        first = broken[0]
        why = first.verdict.why if first.verdict else ""
        named = ", ".join(each.name for each in broken)
        raise ToolwrightError(
            f"nothing was undone: without what came to {planned.tool}, {named} would fail: {why}",
            hint=f"change {first.name} first: "
            + command("tools", "show", first.name, library=store.directory),
        )


def _fails(checked: Checked) -> bool:
    return checked.verdict is not None and not checked.verdict.passed
