"""Rules about the outer shape: one public function, nothing else that acts, JSON types, the signature."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Rule, Subject
from toolwright.syntax.names import is_exception_class
from toolwright.syntax.reading import definitions, read_library
from toolwright.syntax.schema import Definitions, is_typed_dict
from toolwright.syntax.signature import NotAToolError, signature_text
from toolwright.types import Finding


def _one_function(subject: Subject) -> Iterator[Finding]:
    functions = [n for n in subject.tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    public = [node for node in functions if not node.name.startswith("_")]
    if subject.name not in {node.name for node in public}:
        yield Finding("one-function", 1, f"there is no top-level function `{subject.name}`")
    seen: set[str] = set()
    for node in functions:
        if node.name in seen:
            yield Finding("one-function", node.lineno, f"`{node.name}` is defined twice")
        elif node.name.startswith("__"):
            message = f"`{node.name}` is asked by Python itself about the whole module; helpers are `_named`"
            yield Finding("one-function", node.lineno, message)
        elif node in public and node.name != subject.name:
            yield Finding(
                "one-function",
                node.lineno,
                f"`{node.name}` is a second public function; name helpers with a leading underscore",
            )
        seen.add(node.name)


def _top_level(subject: Subject) -> Iterator[Finding]:
    defined = definitions(subject.tree)
    for position, node in enumerate(subject.tree.body):
        match node:
            case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.Expr(value=ast.Constant(value=str())) if position == 0:
                continue
            case ast.ClassDef(name=name) if _may_stand(node, defined):
                continue
            case ast.ClassDef(name=name):
                yield Finding(
                    "top-level", node.lineno, f"class `{name}` must be a TypedDict named with an underscore"
                )
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if not name.startswith("_"):
                    yield Finding(
                        "top-level", node.lineno, f"the constant `{name}` needs a leading underscore"
                    )
            case _:
                yield Finding("top-level", node.lineno, "a statement that runs when the file is imported")


def _may_stand(node: ast.ClassDef, defined: Definitions) -> bool:
    if is_exception_class(node):
        return True
    return node.name.startswith("_") and is_typed_dict(node, defined)


def _types(subject: Subject) -> Iterator[Finding]:
    listing = read_library(subject.source, "the candidate")
    for refused in listing.not_offered:
        if refused.name == subject.name:
            yield Finding("types", refused.line, f"`{refused.name}`: {refused.reason}")


def _signature(subject: Subject) -> Iterator[Finding]:
    function = subject.function
    if not subject.signature or function is None:
        return
    try:
        signature = signature_text(function)
    except NotAToolError:
        return  # the rule about types says so
    if signature != subject.signature:
        yield Finding(
            "signature",
            function.lineno,
            f"the signature is `{signature}`, the contract says `{subject.signature}`",
        )


ONE_FUNCTION: Final = Rule(
    "one-function",
    _one_function,
    about="one public function of the promised name; helpers are `_named`; nothing twice",
    needed=True,
    good=("def tool() -> int:\n    return _one()\n\n\ndef _one() -> int:\n    return 1\n",),
    bad=(
        "def other() -> int:\n    return 1\n",
        "def tool() -> int:\n    return one()\n\n\ndef one() -> int:\n    return 1\n",
        "def tool() -> int:\n    return 1\n\n\ndef tool() -> int:\n    return 2\n",
        "def tool() -> int:\n    return 1\n\n\ndef __getattr__(name: str) -> int:\n    return 2\n",
    ),
)

TOP_LEVEL: Final = Rule(
    "top-level",
    _top_level,
    about="beside it stand only imports, `_named` helpers, constants and TypedDicts, and exceptions",
    needed=True,
    good=(
        "import re\n_WORD = re.compile('a')\n\n\ndef tool() -> int:\n    return 1\n",
        (
            "from typing import TypedDict\n\n\nclass _Row(TypedDict):\n    name: str\n\n\n"
            "def tool() -> _Row:\n    return {'name': 'a'}\n"
        ),
        "class RateError(ValueError):\n    pass\n\n\ndef tool() -> int:\n    raise RateError('no')\n",
    ),
    bad=(
        "LIMIT = 3\n\n\ndef tool() -> int:\n    return LIMIT\n",
        "def tool() -> int:\n    return 1\n\n\ntool()\n",
        "def tool() -> int:\n    return 1\n\n\nif True:\n    tool()\n",
        "class Helper:\n    pass\n\n\ndef tool() -> int:\n    return 1\n",
    ),
)

TYPES: Final = Rule(
    "types",
    _types,
    about="every parameter and the answer have a type that stands for plain JSON",
    needed=True,
    good=(
        "def tool(rows: list[dict[str, str]], limit: int | None = None) -> list[str]:\n    return []\n",
        (
            "from typing import Literal, Optional\n\n\n"
            "def tool(mode: Literal['a', 'b'] = 'a') -> Optional[str]:\n    return None\n"
        ),
    ),
    bad=(
        "def tool(rows) -> int:\n    return 1\n",
        "def tool(rows: list[str]):\n    return 1\n",
        "def tool(rows: set[str]) -> int:\n    return 1\n",
        "def tool(*rows: str) -> int:\n    return 1\n",
        "def tool(data: bytes) -> tuple[int, int]:\n    return (1, 2)\n",
        "async def tool() -> int:\n    return 1\n",
        "def tool() -> list[int]:\n    yield 1\n",
    ),
)

SIGNATURE: Final = Rule(
    "signature",
    _signature,
    about="the signature is the one of the contract, word for word",
    needed=True,
    good=("def tool(text: str, limit: int = 3) -> str:\n    return text\n",),
    bad=(
        "def tool(text: str) -> str:\n    return text\n",
        "def tool(text: str, limit: int = 4) -> str:\n    return text\n",
        "def tool(text: str, limit: int = 3) -> str | None:\n    return text\n",
    ),
)
