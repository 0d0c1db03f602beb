"""Grants on file systems that cannot show files to another owner: copied for the call, then copied back.

Only a program that root started meets them: its cells run as a user that owns nothing. What is ours, such as
a scratch folder, is handed over to that user instead.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

from toolwright.errors import SandboxError
from toolwright.records import replace
from toolwright.sandbox.owners import give
from toolwright.sandbox.spawn import Ended
from toolwright.sandbox.zygote.order import Grant, Order
from toolwright.temporary.folders import fresh_folder, is_ours

if TYPE_CHECKING:  # few machines need copies
    from toolwright.sandbox.copying_in import Copied

Run: TypeAlias = Callable[[Order], Ended]


class UnmappedError(SandboxError):
    """A granted path cannot be shown to the user of the cells; nothing was run."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} cannot be shown to another user than its owner on its file system")
        self.path = path


class Unmapped:
    """Remembers which granted paths must be copied; found by trying. `user` says whom the cells run as."""

    def __init__(self, user: Callable[[], int]) -> None:
        self._user = user
        self._paths: frozenset[str] = frozenset()

    def run(self, order: Order, protected: Sequence[str], run: Run) -> Ended:
        """Have an order carried out, with copies where the kernel does not do without.

        `protected` are paths that no tool may make. Copies have the bound of the order's scratch.

        Raises:
            SandboxError: a granted path cannot be copied, or `run` raises it.
        """
        for _ in range(len(order.grants) + 1):
            try:
                return self._run_copied(order, protected, run)
            except UnmappedError as error:
                if is_ours(error.path):
                    give(error.path, self._user())
                elif error.path in self._paths:
                    raise
                self._paths |= {error.path}
        raise SandboxError("what is granted changes too fast to be shown to a tool", hint="try again")

    def _run_copied(self, order: Order, protected: Sequence[str], run: Run) -> Ended:
        needed = [grant for grant in order.grants if grant.path in self._paths and not is_ours(grant.path)]
        if not needed:
            return run(order)
        from toolwright.sandbox.copying_back import copy_back
        from toolwright.sandbox.copying_in import Bound, copy_in
        from toolwright.sandbox.masks import places

        bound, hidden = Bound(order.scratch_mb, order.scratch_files), places(protected)
        with ExitStack() as stack:
            place = stack.enter_context(fresh_folder("copy"))
            copies = [copy_in(each, f"{place}/{n}", self._user(), bound) for n, each in enumerate(needed)]
            ended = run(order._replace(grants=_with(order.grants, copies), bounded=_written(copies)))
            if ended.stop == "scratch":
                return replace(
                    ended, refused=ended.refused or f"wrote more than {bound}: nothing of it was kept"
                )
            said = [copy_back(each, bound, hidden) for each in copies if each.grant.write]
            return replace(ended, refused="; ".join(filter(None, said)) or ended.refused)


def _with(grants: Sequence[Grant], copies: "Sequence[Copied]") -> tuple[Grant, ...]:
    """Show the copies in place of the originals, and packages in them as everybody may read them."""
    sources = {copy.grant.path: f"{copy.target}/{copy.only}".rstrip("/") for copy in copies}
    packages = [
        Grant(f"{copy.source}/{path}", write=False, public=True) for copy in copies for path in copy.shown
    ]
    return (*(grant._replace(source=sources.get(grant.path, "")) for grant in grants), *packages)


def _written(copies: "Sequence[Copied]") -> tuple[str, ...]:
    return tuple(copy.grant.path for copy in copies if copy.grant.write and not copy.only)
