"""The zygotes of one program: started when first needed, again when they died; an order in, its end out."""

import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from toolwright.errors import SandboxError
from toolwright.sandbox.confined_cell import Serve, run_confined
from toolwright.sandbox.shared_network import shared_network
from toolwright.sandbox.spawn import Bounds, Ended, OnFrame
from toolwright.sandbox.zygote.launch import Launched
from toolwright.sandbox.zygote.order import Kind, Order, Start
from toolwright.sandbox.zygote.process import Zygote, ZygoteGoneError

_TRIES: Final = 2
_END_S: Final = 5.0

_Kind: TypeAlias = tuple[bool, bool, int]
"""For tests at a level without a warden; in the host's network; with which hash seed."""


class Zygotes:
    """One for tools and one for their judges: at level full under one warden, elsewhere two processes."""

    def __init__(
        self, level: Kind, site: Sequence[str], without: Sequence[str], launched: Launched | None = None
    ) -> None:
        """`launched` is a process that becomes the first of them."""
        self._level: Kind = level
        self._site = tuple(site)
        self._without = tuple(without)
        self._launched = launched
        if launched is not None:
            weakref.finalize(self, launched.end, _END_S)
        self._turn = threading.RLock()
        self._living: dict[_Kind, Zygote] = {}

    def get(self, *, tests: bool = False, raw: bool = False, hash_seed: int = 0) -> Zygote:
        """Return the one for tools, for `tests`, `raw` networks or a hash seed, started when there is none.

        Raises:
            SandboxError: it cannot be started here.
        """
        # without namespaces every zygote is in the host's network
        kind = tests and self._level != "full", raw and self._level == "full", hash_seed
        zygote = self._started(*kind)
        try:
            zygote.wait()
        except SandboxError:
            self._bury(zygote)
            raise
        return zygote

    def prepare(self) -> None:
        """Start the one for tools and do not wait for it: there is other work to do before the first order.

        Raises:
            SandboxError: no process can be started.
        """
        self._started(False, False, 0)

    def prepare_seeded(self, hash_seeds: Sequence[int]) -> None:
        """Start those with hash seeds, which a challenge will need, and do not wait for them.

        Raises:
            SandboxError: no process can be started.
        """
        for hash_seed in hash_seeds:
            self._started(False, False, hash_seed)

    def _started(self, tests: bool, raw: bool, hash_seed: int) -> Zygote:
        with self._turn:
            if (tests, raw, hash_seed) not in self._living:
                runtime = (sys.base_prefix, sys.prefix, *self._site)
                launched = None
                if not hash_seed:
                    launched, self._launched = self._launched, None
                # the one call that a process is launched for needs no folder at level full
                temporary = "" if launched and self._level == "full" else _temporary()
                start = Start(self._level, runtime, self._without, self._site, tests, raw, temporary)
                zygote = Zygote.start(start, launched, hash_seed)
                # whoever forgets to close the sandbox leaves no process and no descriptor
                weakref.finalize(self, zygote.close)
                self._living[tests, raw, hash_seed] = zygote
            return self._living[tests, raw, hash_seed]

    def run(
        self,
        order: Order,
        request: bytes,
        bounds: Bounds,
        on_frame: OnFrame,
        network: Sequence[int] = (),
        serve: Serve | None = None,
    ) -> Ended:
        """Have an order carried out; one that a dying zygote did not begin is given to the next.

        Raises:
            SandboxError: it cannot be confined as ordered, or zygotes keep dying.
        """
        for _ in range(_TRIES):
            judges = order.cell == "judge"
            zygote = self.get(tests=judges, raw=order.network == "raw", hash_seed=order.hash_seed)
            try:
                ended = run_confined(zygote, order, request, bounds, on_frame, network, serve=serve)
            except ZygoteGoneError:
                self._bury(zygote)
                continue
            if ended.lost:
                self._bury(zygote)
            return ended
        raise _dying()

    @contextlib.contextmanager
    def network(self) -> Iterator[tuple[int, ...]]:
        """Make the network of one verification, at level full.

        Raises:
            SandboxError: the kernel refuses, or zygotes keep dying.
        """
        with contextlib.ExitStack() as stack:
            made: tuple[int, ...] | None = None
            for _ in range(_TRIES):
                zygote = self.get()
                try:
                    made = stack.enter_context(shared_network(zygote))
                    break
                except ZygoteGoneError:
                    self._bury(zygote)
            if made is None:
                raise _dying()
            yield made

    def close(self) -> None:
        """End them and with them every cell; the next order starts new ones."""
        with self._turn:
            ended, self._living = list(self._living.values()), {}
            launched, self._launched = self._launched, None
        if launched is not None:
            launched.end(_END_S)
        for zygote in ended:
            zygote.close()

    def _bury(self, zygote: Zygote) -> None:
        with self._turn:
            self._living = {kind: other for kind, other in self._living.items() if other is not zygote}
        zygote.close()


def _temporary() -> str:
    import tempfile

    return os.path.realpath(tempfile.gettempdir())


def _dying() -> SandboxError:
    return SandboxError("the process that makes confined cells died twice in a row", hint="try again")
