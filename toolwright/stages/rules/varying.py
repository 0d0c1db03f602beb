"""The rule that clock and chance enter by a parameter that a test can fix, and that `Varies:` says so."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.permissions.rows import words
from toolwright.syntax.uses import Function, Use, Uses
from toolwright.types import Finding

_ENVIRONMENT: Final = frozenset({"os.getenv", "os.environ.get", "os.getenvb", "os.path.expandvars"})
_KNOWN: Final = ("clock", "random", "network", "files", "machine")
_CLOCK: Final = words(
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today time.time "
    "time.time_ns pandas.Timestamp.now pandas.Timestamp.today"
)
_CLOCK_UNLESS_TOLD: Final = {
    "time.localtime": 1,
    "time.gmtime": 1,
    "time.ctime": 1,
    "time.asctime": 1,
    "time.strftime": 2,
    "email.utils.formatdate": 1,
    "email.utils.localtime": 1,
}
"""Functions that read the clock when they are called with fewer arguments."""
_CHANCE: Final = words(
    "uuid.uuid1 uuid.uuid4 os.urandom os.getrandom random.SystemRandom secrets.token_hex secrets.token_bytes "
    "secrets.token_urlsafe secrets.choice secrets.randbelow secrets.randbits secrets.SystemRandom"
)
_GENERATORS: Final = frozenset({"random.Random", "numpy.random.default_rng", "numpy.random.RandomState"})
_NEITHER: Final = words(
    "numpy.random.Generator numpy.random.SeedSequence numpy.random.PCG64 random.Random random.SystemRandom "
    "numpy.random.default_rng numpy.random.RandomState"
)
_SHARED: Final = ("random", "numpy.random")
_MACHINE: Final = words(
    "os.getcwd os.getpid os.getppid os.getlogin os.uname os.cpu_count os.getuid os.geteuid os.getgid "
    "os.getloadavg os.get_terminal_size os.path.expanduser pathlib.Path.cwd "
    "pathlib.Path.home multiprocessing.cpu_count socket.gethostname socket.getfqdn getpass.getuser "
    "locale.getlocale locale.getdefaultlocale locale.getpreferredencoding locale.localeconv "
    "locale.nl_langinfo uuid.getnode platform.node platform.platform shutil.get_terminal_size"
)
"""What tells one machine or process from another."""
_WAYS: Final = {
    "clock": "now: str | None = None",
    "random": "seed: int | None = None",
    "machine": "host: str | None = None",
}


def _varies(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if function is None:
        return
    for word in subject.said.varies:
        if word not in _KNOWN:
            message = f"`Varies:` names `{word}`; it takes some of {', '.join(_KNOWN)}"
            yield Finding("varies", function.lineno, message)
    for use in subject.uses.mentions:
        if use.name in _ENVIRONMENT and use.call is not None:
            message = "the environment of a call is empty; take the value as a parameter"
            yield Finding("varies", use.line, f"`{use.name}`: {message}")
            continue
        if use.name == "hash":
            message = "`hash` of a text is another one in each process; use `hashlib`"
            yield Finding("varies", use.line, message)
            continue
        if _is_shared(use):
            message = "draws from what all programs share; use `random.Random(seed)`, with a parameter `seed`"
            yield Finding("varies", use.line, f"`{use.name}` {message}")
            continue
        kind = _kind_of(use, function) or _of_machine(use, subject.uses)
        if kind:
            yield from _complaints(use, kind, subject, function)


def _complaints(use: Use, kind: str, subject: Subject, function: ast.FunctionDef) -> Iterator[Finding]:
    what = {"clock": "reads the clock", "random": "is chance", "machine": "is another one elsewhere"}[kind]
    declared = kind in subject.said.varies
    if kind == "machine" and (declared or enters_by_parameter(use.node, function, subject.uses)):
        return
    if use.name not in _GENERATORS and not enters_by_parameter(use.node, function, subject.uses):
        message = f"let it enter by a parameter such as `{_WAYS[kind]}`, and be asked only when that is None"
        yield Finding("varies", use.line, f"`{use.name}` {what}; {message}")
    elif use.name in _GENERATORS and not _seeded(use, function):
        message = f"give it the value of a parameter such as `{_WAYS[kind]}`"
        yield Finding("varies", use.line, f"`{use.name}` without a seed {what}; {message}")
    elif not declared:
        message = f"the docstring needs a line `Varies: {kind}`"
        if subject.docstring:
            message = f"the contract's docstring has no line `Varies: {kind}`, so do without"
        yield Finding("varies", use.line, f"`{use.name}` {what}; {message}")


def _is_shared(use: Use) -> bool:
    """Tell whether a use is of the generator that a module keeps for everybody, such as `random.choice`."""
    module, _, part = use.name.rpartition(".")
    return module in _SHARED and use.name not in _NEITHER and part[:1].islower()


def _kind_of(use: Use, function: ast.FunctionDef) -> str:
    name = use.name
    if name in _CLOCK:
        return "clock"
    if name in _CHANCE:
        return "random"
    if use.call is not None and name in _CLOCK_UNLESS_TOLD:
        told = len(use.call.args) + len(use.call.keywords) >= _CLOCK_UNLESS_TOLD[name]
        return "" if told else "clock"
    if name in _GENERATORS and not _is_fixed(use, function):
        return "random"
    return ""


def _of_machine(use: Use, uses: Uses) -> str:
    """Return "machine" for what is read of it in a call; at import it is the matter of another rule."""
    above = uses.parents.get(use.node)
    read = isinstance(above, ast.Subscript) and isinstance(above.ctx, ast.Load)
    asked = use.name in _MACHINE or (use.name in {"os.environ", "os.environb"} and read)
    home = uses.function_of(use.node) if asked else None
    in_call = home is not None and all(use.node is not each for each in ast.walk(home.args))
    return "machine" if in_call else ""


def _seeds(use: Use) -> list[ast.expr]:
    call = use.call
    return [*call.args, *(word.value for word in call.keywords)] if call else []


def _seeded(use: Use, function: ast.FunctionDef) -> bool:
    names = parameters(function) if use.call else set()
    inside = {n.id for seed in _seeds(use) for n in ast.walk(seed) if isinstance(n, ast.Name)}
    return bool(inside & names) or (bool(inside) and not _none_possible(function))


def _is_fixed(use: Use, function: ast.FunctionDef) -> bool:
    """Tell whether a generator always starts alike: from a constant, or a parameter that is never None."""
    seeds = _seeds(use)
    if not seeds or any(isinstance(seed, ast.Constant) and seed.value is None for seed in seeds):
        return False
    optional = _optional(function)
    return not any(isinstance(n, ast.Name) and n.id in optional for seed in seeds for n in ast.walk(seed))


def _optional(function: ast.FunctionDef) -> set[str]:
    """Return the parameters that may be None."""
    return {
        argument.arg
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation is None
        or any(isinstance(n, ast.Constant) and n.value is None for n in ast.walk(argument.annotation))
        or any(isinstance(n, ast.Name) and n.id == "Optional" for n in ast.walk(argument.annotation))
    }


def _none_possible(function: ast.FunctionDef) -> bool:
    return bool(_optional(function))


def parameters(function: Function) -> set[str]:
    """Return the names of a function's parameters."""
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


def enters_by_parameter(node: ast.AST, function: ast.FunctionDef, uses: Uses) -> bool:
    """Tell whether something is reached only where a parameter is asked about: `now or datetime.now()`.

    In a helper, parameters of the helper count: what it is given it has from the function.
    """
    home = uses.function_of(node)
    names = parameters(home) | parameters(function) if home else set()
    inner = node
    for outer in uses.around(node):
        if isinstance(outer, Function):
            return _left_before(inner, outer, names)
        if isinstance(outer, ast.If | ast.IfExp | ast.While) and inner is not outer.test:
            asked = [outer.test]
        elif isinstance(outer, ast.BoolOp):
            asked = outer.values[: outer.values.index(inner)] if inner in outer.values else []
        else:
            asked = []
        if any(isinstance(n, ast.Name) and n.id in names for one in asked for n in ast.walk(one)):
            return True
        inner = outer
    return False


def _left_before(statement: ast.AST, function: Function, names: set[str]) -> bool:
    """Tell whether an `if` about a parameter above a statement returns: `if now: return parse(now)`."""
    for earlier in function.body:
        if earlier is statement:
            return False
        match earlier:
            case ast.If(test=test, body=[*_, ast.Return()]):
                if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(test)):
                    return True
    return False


def _today(
    body: str, *, varies: str = "\n\n    Varies: clock", parameter: str = "now: str | None = None"
) -> str:
    return (
        "import platform\nimport random\nimport secrets\nimport time\nimport uuid\n"
        "from datetime import date, datetime\n\n\n"
        f'def tool({parameter}) -> str:\n    """Say.{varies}\n    """\n    {body}\n'
    )


_SEED: Final = {"parameter": "seed: int | None = None", "varies": "\n\n    Varies: random"}
_FIXED_SEED: Final = {"parameter": "seed: int = 1", "varies": ""}

VARIES: Final = Rule(
    "varies",
    _varies,
    about="clock and chance enter by a parameter such as `now` or `seed` that a test can fix, and `Varies:` "
    "says so; what differs from machine to machine is declared, or enters by a parameter",
    good=(
        _today("return now or str(date.today())"),
        _today("moment = datetime.fromisoformat(now) if now else datetime.now()\n    return str(moment)"),
        _today("if now is None:\n        now = str(time.time())\n    return now"),
        _today("if now:\n        return now\n    return time.strftime('%Y')"),
        _today("return time.strftime('%Y', time.gmtime(int(now or 0)))", varies=""),
        _today("started = time.monotonic()\n    return str(started > 0)", varies=""),
        _today("return str(random.Random(seed).random())", **_SEED),
        _today("return str(random.Random(seed).random())", **_FIXED_SEED),
        _today("return uuid.uuid4().hex if seed is None else str(seed)", **_SEED),
        _today("return str(uuid.uuid5(uuid.NAMESPACE_URL, 'a'))", varies=""),
        _today("return platform.node()", parameter="", varies="\n\n    Varies: machine"),
        "import os\n\n\ndef tool(base: str | None = None) -> str:\n    return base or os.getcwd()\n",
    ),
    bad=(
        _today("return str(date.today())"),
        _today("return now or str(date.today())", varies=""),
        _today("return str(datetime.now())", parameter=""),
        _today("return str(time.time())"),
        _today("return time.strftime('%Y')", varies=""),
        _today("return str(uuid.uuid4())", parameter="", varies=""),
        _today("return secrets.token_hex(8)", **_SEED),
        _today("return str(random.random())", **_SEED),
        _today("random.seed(seed)\n    return ''", **_SEED),
        _today("return str(random.Random().random())", **_SEED),
        _today("return str(random.Random(seed).random())", parameter="seed: int | None = None", varies=""),
        _today("return ''", varies="\n\n    Varies: weather"),
        _today("return str(hash(now))", varies=""),
        "import os\n\n\ndef tool(name: str) -> str:\n    return os.getenv(name, '')\n",
        "import platform\n\n\ndef tool() -> str:\n    return platform.node()\n",
        "import os\n\n\ndef tool(name: str) -> str:\n    return os.path.join(os.getcwd(), name)\n",
        "import os\n\n\ndef tool(name: str) -> str:\n    return os.environ[name]\n",
        "import socket\n\n\ndef tool(text: str) -> str:\n    return text + socket.gethostname()\n",
        "import datetime as dt\n\n\ndef tool() -> str:\n    return str(dt.datetime.now(dt.timezone.utc))\n",
        "import time\n\n\ndef tool() -> float:\n    clock = time.time\n    return clock()\n",
    ),
)
