"""How a confined run ended, and what is an error then: an account in, the same or an error out."""

from collections.abc import Callable

from toolwright.errors import SandboxError
from toolwright.records import replace
from toolwright.sandbox.levels import Found
from toolwright.sandbox.planting import Watch
from toolwright.sandbox.spawn import Ended
from toolwright.sandbox.zygote.order import Kind
from toolwright.sandbox.zygote.process import ZygoteGoneError


def not_lost(ended: Ended) -> Ended:
    """A cell of a verification that somebody killed from outside says nothing about tool or tests."""
    if ended.lost:
        raise ZygoteGoneError
    return ended


def watched(watch: Watch, run: Callable[[], Ended]) -> Ended:
    """Run a tool and take back what it planted."""
    refused = ""
    try:
        ended = run()
    finally:  # also when Ctrl-C came
        refused = watch.settle()
    return replace(ended, refused=refused or ended.refused)


def killed() -> SandboxError:
    """The error of a verification whose judge died again and again."""
    return SandboxError("the process that runs tests was killed twice in a row", hint="try again")


def too_weak(found: Found, minimum: Kind) -> SandboxError:
    """The error where nothing as strong as the minimum works."""
    reasons = "; ".join(f"{level}: {why}" for level, why in found.missing)
    return SandboxError(
        f"tools cannot be confined here as strongly as {minimum!r} asks ({reasons})",
        hint="allow user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, in a container "
        "`--security-opt seccomp=unconfined`), or lower the minimum",
    )
