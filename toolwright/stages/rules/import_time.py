"""The rule that `import tools` only defines things: no file is read, nothing is asked or set."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.permissions.inference import infer_needs
from toolwright.syntax.permissions.rows import words
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_HARMLESS: Final = words(
    "abs bool bytes bytearray chr complex dict divmod enumerate filter float format frozenset hash hex int "
    "isinstance issubclass iter len list map max min next object oct ord pow range repr reversed round set "
    "slice sorted str sum tuple type zip bin all any "
    "datetime.date datetime.datetime datetime.time datetime.timedelta datetime.timezone "
    "datetime.date.fromisoformat datetime.datetime.fromisoformat json.loads json.JSONEncoder "
    "json.JSONDecoder "
    "types.MappingProxyType types.SimpleNamespace functools.partial functools.reduce "
    "struct.Struct struct.calcsize "
    "ast.literal_eval pathlib.PurePath pathlib.PurePosixPath pathlib.Path logging.getLogger "
    "urllib.parse.quote urllib.parse.urlsplit urllib.parse.urljoin unicodedata.normalize "
    "importlib.metadata.version array.array ipaddress.ip_network ipaddress.ip_address "
    "enum.auto dataclasses.field html.unescape textwrap.dedent inspect.cleandoc sys.intern"
)
_HARMLESS_MODULES: Final = words(
    "re string math cmath decimal fractions collections itertools operator typing statistics bisect heapq"
)
_DECORATORS: Final = words(
    "functools.lru_cache functools.cache functools.wraps functools.total_ordering functools.singledispatch "
    "contextlib.contextmanager typing.no_type_check typing.overload typing.final staticmethod classmethod "
    "property"
)


def _import_time(subject: Subject) -> Iterator[Finding]:
    uses = subject.uses
    decorators = {
        id(part)
        for node, _ in uses.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        for part in ast.walk(decorator)
    }
    for node, scope in uses.nodes:
        if scope is not uses.module and not _in_class_body(node, subject):
            continue
        if id(node) in decorators:
            if not isinstance(uses.parents.get(node), ast.Attribute):
                yield from _decorator(node, scope)
        elif isinstance(node, ast.Call) and not _in_lambda(node, subject):
            name = dotted(node.func, scope)
            if not _is_harmless(node, name, subject):
                text = " ".join(ast.unparse(node).split())
                message = f"`{text[:60]}` is called when the file is imported; call it inside the function"
                yield Finding("import-time", node.lineno, message)


def _in_class_body(node: ast.AST, subject: Subject) -> bool:
    return subject.uses.function_of(node) is None


def _in_lambda(node: ast.AST, subject: Subject) -> bool:
    return any(isinstance(outer, ast.Lambda) for outer in subject.uses.around(node))


def _decorator(node: ast.AST, scope: Scope) -> Iterator[Finding]:
    if isinstance(node, ast.Name | ast.Attribute):
        name = dotted(node, scope)
        if name is not None and "." in name and name not in _DECORATORS:
            yield Finding(
                "import-time", node.lineno, f"the decorator `{name}` runs when the file is imported"
            )


def _is_harmless(call: ast.Call, name: str | None, subject: Subject) -> bool:
    if name is None:
        if isinstance(call.func, ast.Name):  # what the file itself defines
            needs = infer_needs(subject.tree, call.func.id, subject.needs)
            return not needs.certain and not needs.perhaps
        return isinstance(
            call.func, ast.Attribute
        )  # a method of what stands before it, which is looked at too
    if name in _HARMLESS or name.partition(".")[0] in _HARMLESS_MODULES:
        return True
    owner, _, method = name.rpartition(".")
    return (
        owner in _HARMLESS
        and method.islower()
        and owner not in {"datetime.date", "datetime.datetime", "pathlib.Path"}
    )


IMPORT_TIME: Final = Rule(
    "import-time",
    _import_time,
    about="importing the file only defines: constants are made of literals and plain constructors, such as "
    "`re.compile`, and no default value or decorator does more",
    good=(
        (
            "import re\n\n_WORD = re.compile('a')\n_KINDS = frozenset('a b'.split())\n\n\n"
            "def tool() -> int:\n    return 1\n"
        ),
        (
            "_TABLE = str.maketrans('a', 'b')\n\n\ndef tool(text: str) -> str:\n"
            "    return text.translate(_TABLE)\n"
        ),
        (
            "from decimal import Decimal\n\n_CENT = Decimal('0.01')\n\n\ndef tool() -> str:\n"
            "    return str(_CENT)\n"
        ),
        (
            "def _table() -> list[int]:\n    return [n * n for n in range(9)]\n\n\n_TABLE = _table()\n\n\n"
            "def tool(n: int) -> int:\n    return _TABLE[n]\n"
        ),
        (
            "import functools\n\n\n@functools.lru_cache(maxsize=None)\ndef _fib(n: int) -> int:\n"
            "    return n if n < 2 else _fib(n - 1) + _fib(n - 2)\n\n\ndef tool(n: int) -> int:\n"
            "    return _fib(n)\n"
        ),
    ),
    bad=(
        "_TEXT = open('a', 'rb').read()\n\n\ndef tool() -> str:\n    return 'a'\n",
        "import pathlib\n\n_HERE = pathlib.Path.cwd()\n\n\ndef tool() -> str:\n    return 'a'\n",
        "import os\n\n\ndef tool(path: str = os.getcwd()) -> str:\n    return path\n",
        "import time\n\n_STARTED = time.monotonic()\n\n\ndef tool() -> int:\n    return 1\n",
        "import atexit\n\n\n@atexit.register\ndef tool() -> int:\n    return 1\n".replace("atexit", "codecs"),
        (
            "import os\n\n\ndef _names() -> list[str]:\n    return os.listdir()\n\n\n_NAMES = _names()\n\n\n"
            "def tool() -> int:\n    return 1\n"
        ),
    ),
)
