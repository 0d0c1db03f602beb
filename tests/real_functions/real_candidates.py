"""Installed modules -> candidates: a pure function of theirs each, with the helpers and imports that it uses.

Nothing of these sources is kept in the repository: they are read where they are installed.
"""

import ast
import builtins
import importlib.metadata
import importlib.util
import keyword
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolwright.library.bindings import bound_by, imports_of
from toolwright.syntax.names import BUILTIN_NAMES, is_standard_module
from toolwright.syntax.renaming import rename_globals
from toolwright.syntax.used import used_by


def _read_lists() -> dict[str, list[str]]:
    """Read modules.txt: lists of words, each below its name."""
    lists: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("modules.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            lists[next(reversed(lists))] += line.split()
        elif not line.startswith("#"):
            lists[line] = []
    return lists


_PERMISSIVE = ("MIT", "BSD", "Apache", "PSF", "ISC", "Python Software Foundation")
_LISTS = _read_lists()
_SAFE_MODULES = frozenset(_LISTS.pop("pure"))
_BANNED = frozenset(_LISTS.pop("banned"))
_STANDARD = _LISTS.pop("standard")


@dataclass(frozen=True, slots=True)
class Original:
    """A function that is installed: where, how it is called there, and its candidate."""

    module: str
    function: str
    name: str
    source: str


def originals(modules: "tuple[str, ...] | None" = None) -> Iterator[Original]:
    """Read the candidates off all installed modules, or some, in a fixed order."""
    for module in modules or (*_STANDARD, *_permissive_modules()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                spec = importlib.util.find_spec(module)
            text = Path(spec.origin or "").read_text(encoding="utf-8") if spec else ""
            tree = ast.parse(text)
        except (ImportError, OSError, SyntaxError, UnicodeDecodeError, AttributeError, ValueError):
            continue  # not on this machine or in this Python
        yield from _Module(module, text, tree).originals()


def _permissive_modules() -> Iterator[str]:
    for distribution, modules in _LISTS.items():
        try:
            about = importlib.metadata.metadata(distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
        said = [about.get("License-Expression", ""), about.get("License", "")[:40]]
        said += [one for one in about.get_all("Classifier", []) if one.startswith("License")]
        if any(word in one for one in said for word in _PERMISSIVE):
            yield from modules


class _Module:
    """One installed module, its definitions and imports by name."""

    def __init__(self, module: str, text: str, tree: ast.Module) -> None:
        self._module = module
        self._lines = text.splitlines(keepends=True)
        self._definitions: dict[str, ast.stmt] = {}
        self._imports: dict[str, str] = {}
        self._is_replaced = any(
            isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)
        )  # by functions in C, which differ in what they raise
        often = Counter(name for node in tree.body for name in bound_by([node]))
        for node in tree.body:
            names = list(bound_by([node]))
            if any(often[name] > 1 for name in names):
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._imports |= {item.bound: str(item) for item in imports_of(node) if _is_safe(item.module)}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign):
                self._definitions |= dict.fromkeys(names, node)

    def originals(self) -> Iterator[Original]:
        for name, node in self._definitions.items():
            if isinstance(node, ast.FunctionDef) and not name.startswith("__") and not self._is_replaced:
                source = self._candidate(name)
                if source:
                    public = _public(name, self._module)
                    yield Original(self._module, name, public, source)

    def _candidate(self, name: str) -> str:
        """Write the function with all it reaches, "" when it reaches what is not plainly pure."""
        reached, imports, waiting = {name: self._definitions[name]}, set(), [self._definitions[name]]
        while waiting:
            node = waiting.pop()
            if not _is_pure(node):
                return ""
            for used in sorted(used_by(self._text(node))):
                if used in self._definitions and used not in reached:
                    reached[used] = self._definitions[used]
                    waiting.append(self._definitions[used])
                elif used in self._imports:
                    imports.add(self._imports[used])
                elif used not in self._definitions and (used in _BANNED or used not in BUILTIN_NAMES):
                    return ""
        nodes = sorted({id(node): node for node in reached.values()}.values(), key=lambda node: node.lineno)
        if len(nodes) > 25:
            return ""
        text = "\n\n".join(["\n".join(sorted(imports)), *map(self._text, nodes)]).lstrip()
        names = {one: f"_{one}" for node in nodes for one in bound_by([node]) if not one.startswith("_")}
        names[name] = _public(name, self._module)
        if any(new in reached for old, new in names.items() if old != new):
            return ""
        try:
            return rename_globals(text, {old: new for old, new in names.items() if old != new})
        except ValueError:
            return ""

    def _text(self, node: ast.stmt) -> str:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)])
        return "".join(self._lines[first - 1 : node.end_lineno])


def _is_safe(module: str) -> bool:
    return module in _SAFE_MODULES


def _is_pure(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign) and ast.unparse(node).endswith((" = {}", " = []", "()")):
        return False  # it is filled by somebody
    for inner in ast.walk(node):
        if isinstance(inner, ast.Global | ast.Await | ast.AsyncFunctionDef):
            return False
        if isinstance(inner, ast.Attribute) and inner.attr in {"now", "today", "utcnow", "fromtimestamp"}:
            return False
        if isinstance(inner, ast.Import | ast.ImportFrom) and not all(
            _is_safe(item.module) for item in imports_of(inner)
        ):
            return False
    return True


def _public(name: str, module: str) -> str:
    public = name.strip("_")
    reserved = hasattr(builtins, public) or is_standard_module(public) or public.startswith("test")
    if reserved or not public or keyword.iskeyword(public) or keyword.issoftkeyword(public):
        public = f"{public}_of_{module.rpartition('.')[2].strip('_')}"
    return public
