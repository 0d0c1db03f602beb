"""Every exception Toolwright raises on purpose, drawn as a tree; no input, no output.

ToolwrightError             one sentence for the user, an exit code, and where possible a command that helps
├── UsageError              the command line, a setting or the goal itself is wrong (exit 2)
├── ModelError              the model or its server gave no usable answer; `kind` says why
├── BudgetError             the next call could pass --budget or --max-calls; it was not made
│   └── CallsUsedUpError    one function would take more calls than --calls-per-function
├── ReplyShapeError         the model answered, also when asked again, in a shape nobody can read
├── TranscriptError         a transcript cannot be read, or holds no reply for what was asked
├── LibraryError            tools.py or its folder cannot be used
│   ├── LibrarySyntaxError  tools.py does not parse; names file and line
│   ├── LibraryWriteError   the folder is read-only, the disk is full, ...; nothing was changed
│   ├── LibraryBusyError    another program holds the lock for too long
│   ├── LibraryChangedError somebody changed what a candidate was verified with; verify it again
│   │   └── SavedMeanwhileError  somebody saved tools.py at the very moment; read it again
│   ├── ToolNotFoundError   no such tool; carries the nearest names
│   └── MergeClashError     a candidate would rebind a name that the library uses already
├── NotPermittedError       a tool declares what was not allowed; the hint names the flag
├── NotLearnedError         a goal that was reached cannot become one tool; says why
├── MemoryFileError         .toolwright/memory.db cannot be used; names why
├── PackageError            a package that a tool imports is not allowed, not installed, not to be had
├── SecretError             a secret that a call needs is not set, or must not be given to it
└── SandboxError            the isolated process could not be started at all

A candidate that fails its tests, or a step that fails on real data, is not an exception: those are
values (`Verdict`, `CallResult`, `Failure` in `types.py`).
"""

MODEL_ERROR_KINDS = (
    "setup",
    "auth",
    "billing",
    "model",
    "context",
    "request",
    "rate",
    "server",
    "network",
    "timeout",
    "protocol",
    "truncated",
    "empty",
)


class ToolwrightError(Exception):
    """Something the user can act on: `str(error)` is one sentence, `hint` the next command or setting."""

    exit_code = 1
    kind = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ToolwrightError):
    """The request itself is wrong: nothing was started."""

    exit_code = 2
    kind = "usage"


class ModelError(ToolwrightError):
    """No usable answer; `kind` is one of MODEL_ERROR_KINDS, `retry_after` the server's wish in seconds.

    `tokens` is what it cost all the same: (prompt, output), as far as the server said, for so many `calls`.
    Of these `priced` cost `picodollars`, what the others cost is not known.
    """

    tokens: tuple[int, int] = (0, 0)
    calls = 1
    picodollars = 0
    priced = 0

    def __init__(self, kind: str, message: str, *, retry_after: float | None = None, hint: str = "") -> None:
        if kind not in MODEL_ERROR_KINDS:
            raise ValueError(f"unknown ModelError kind {kind!r}")
        super().__init__(message, hint=hint)
        self.kind = kind
        self.retry_after = retry_after
        if kind == "setup":
            self.exit_code = UsageError.exit_code


class BudgetError(ToolwrightError):
    """A call that was not made, for it could pass what was allowed; what is in the library stays there.

    `used` and `allowed` are calls and US dollars, None where that is not known or not limited. The other
    fields are as for a `ModelError`: what the first part of the call, which was made, has cost.
    """

    kind = "budget"
    tokens: tuple[int, int] = (0, 0)
    calls = 0
    picodollars = 0
    priced = 0

    def __init__(
        self,
        message: str,
        *,
        used: tuple[int, float | None] = (0, None),
        allowed: tuple[int | None, float | None] = (None, None),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.used = used
        self.allowed = allowed


class CallsUsedUpError(BudgetError):
    """A call for a function that had all it may take; its step ends without it, nothing is kept unproven."""

    def __init__(self, allowed: int, what: str) -> None:
        super().__init__(
            f"the {allowed:,} model calls that {what} may take are used up",
            used=(allowed, None),
            allowed=(allowed, None),
            hint=f"give it more with --calls-per-function {2 * allowed}",
        )


class ReplyShapeError(ToolwrightError):
    """A reply that does not hold what was asked for; `str(error)` is also what the model is told."""

    kind = "reply_shape"


class TranscriptError(ToolwrightError):
    """A transcript that cannot be read or does not fit the run."""

    kind = "transcript"


class LibraryError(ToolwrightError):
    """The library directory or its tools.py cannot be used."""

    kind = "library"


class LibrarySyntaxError(LibraryError):
    """tools.py is not valid Python, from `line` on; it is never overwritten."""

    kind = "library_syntax"

    def __init__(self, message: str, *, line: int = 1, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line


class LibraryWriteError(LibraryError):
    """The library could not be written; it is as it was before."""

    kind = "library_write"


class LibraryBusyError(LibraryError):
    """Somebody else has held the library's lock for longer than we wait."""

    kind = "library_busy"


class LibraryChangedError(LibraryError):
    """The library is not what the candidate was verified with; nothing was written, verify it again."""

    kind = "library_changed"


class SavedMeanwhileError(LibraryChangedError):
    """tools.py was saved by somebody else at the very moment it was to be replaced; nothing was changed."""


class ToolNotFoundError(LibraryError):
    """No tool of that name; `nearest` holds similar names, best first."""

    kind = "unknown_tool"

    def __init__(self, message: str, *, nearest: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.nearest = nearest


class MergeClashError(LibraryError):
    """A candidate that cannot be merged as it stands; `str(error)` is also the feedback to its author."""

    kind = "merge_clash"


class NotPermittedError(ToolwrightError):
    """A call of a tool that needs what it was not granted; it was not made."""

    kind = "not_permitted"


class NotLearnedError(ToolwrightError):
    """A run from which no tool with a test can be made."""

    kind = "not_learned"


class MemoryFileError(ToolwrightError):
    """The memory, approvals among it, cannot be read or written; it is as it was."""

    kind = "memory"


class PackageError(ToolwrightError):
    """A package that a tool needs is not allowed, not installed, or cannot be installed."""

    kind = "package"


class SecretError(ToolwrightError):
    """A secret that a call needs is not to be had, or must not be given to it."""

    kind = "secret"


class SandboxError(ToolwrightError):
    """No isolated process could be started; the world is broken, not the tool."""

    kind = "sandbox"
