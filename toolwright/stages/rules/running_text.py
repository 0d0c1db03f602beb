"""The rules that a text is never run as code, and that nothing reaches into the interpreter or a shell."""

import ast
from collections.abc import Iterator
from typing import Final

from toolwright.stages.rules.rule import Row, Rule, Subject, mentions_of
from toolwright.syntax.changing import is_changed
from toolwright.syntax.permissions.rows import words
from toolwright.syntax.permissions.scopes import Scope, dotted
from toolwright.types import Finding

_LITERAL: Final = "runs a text as code; read values with `ast.literal_eval` or `json.loads`"
_BY_NAME: Final = "loads or finds code by a text; import what is needed by name"

_DYNAMIC: Final = mentions_of(
    "dynamic-code",
    (
        Row("eval exec execfile code.interact code.InteractiveConsole codeop", _LITERAL),
        Row("cProfile.run profile.run runpy doctest types.FunctionType types.CodeType", _LITERAL),
        Row("marshal.loads marshal.load code.InteractiveInterpreter", _LITERAL),
        Row("compile", "makes code of a text; write the code itself (`re.compile` is something else)"),
        Row("__import__ importlib.import_module importlib.__import__ importlib.reload", _BY_NAME),
        Row("importlib.util importlib.machinery imp zipimport pkgutil pydoc.locate", _BY_NAME),
        Row("globals sys.modules sys.path sys.meta_path site __loader__ __spec__ __build_class__", _BY_NAME),
    ),
)
_INTERPRETER: Final = mentions_of(
    "interpreter",
    (
        Row("ctypes cffi _ctypes", "reaches around Python; do without it"),
        Row("gc", "finds objects that belong to others; do without it"),
        Row("sys._getframe sys._current_frames inspect.currentframe", "looks at who called it; do without"),
        Row("inspect.stack inspect.trace inspect.getouterframes inspect.getinnerframes", "looks at frames"),
        Row("traceback.walk_stack traceback.extract_stack", "looks at who called it; do without"),
        Row("sys.settrace sys.setprofile sys.monitoring threading.settrace threading.setprofile", "traces"),
        Row("sys.addaudithook sys.excepthook sys.unraisablehook faulthandler", "changes how Python reports"),
        Row("bdb pdb", "is a debugger; take it out"),
    ),
)
_INNER_PARTS: Final = words(
    "__globals__ __builtins__ __subclasses__ __code__ __closure__ __bases__ __mro__ __loader__ f_globals "
    "f_locals f_back f_builtins f_code tb_frame gi_frame cr_frame ag_frame __reduce_ex__ __func__ "
    "__self__ __getattribute__ __base__"
)


def _dynamic(subject: Subject) -> Iterator[Finding]:
    yield from _DYNAMIC(subject)
    for node, scope in subject.uses.nodes:
        if isinstance(node, ast.Name) and node.id == "__builtins__":
            yield Finding("dynamic-code", node.lineno, f"`__builtins__`: {_BY_NAME}")
        elif isinstance(node, ast.expr) and _searches(node, scope, subject):
            yield Finding("dynamic-code", node.lineno, f"`{ast.unparse(node)}`: {_OF_MODULE}")


def _searches(node: ast.expr, scope: Scope, subject: Subject) -> bool:
    """Tell whether an expression has a module as a value, or looks into one by something that is no name."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id=owner), attribute, *_]):
            return scope.is_module(owner) and not isinstance(attribute, ast.Constant)
        case ast.Name(id=name, ctx=ast.Load()):
            return scope.is_module(name) and not _is_named_further(node, subject)
        case ast.Attribute(value=value, attr="__dict__"):
            return dotted(value, scope) is not None and not is_changed(node, subject.uses.parents)
    return False


def _is_named_further(node: ast.Name, subject: Subject) -> bool:
    """Tell whether a module is only the beginning of a name, asked for a fixed part, or compared."""
    parent = subject.uses.parents.get(node)
    match parent:
        case ast.Attribute() | ast.Compare():
            return True
        case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr" | "hasattr"), args=[first, *_]):
            return first is node
        case ast.Call(func=ast.Name(id="vars")):
            return is_changed(parent, subject.uses.parents)
    return False


def _interpreter(subject: Subject) -> Iterator[Finding]:
    yield from _INTERPRETER(subject)
    for node, scope in subject.uses.nodes:
        match node:
            case ast.Attribute(attr=name) if name in _INNER_PARTS:
                yield Finding("interpreter", node.lineno, f"`.{name}` reaches into the interpreter")
            case ast.Call(args=[_, ast.Constant(value=str(name)), *_]) if (
                name in _INNER_PARTS and dotted(node.func, scope) == "getattr"
            ):
                yield Finding("interpreter", node.lineno, f"`{name}` reaches into the interpreter")


def _shell(subject: Subject) -> Iterator[Finding]:
    yield from _SHELL(subject)
    for node, _ in subject.uses.nodes:
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg == "shell" and not (
                    isinstance(word.value, ast.Constant) and not word.value.value
                ):
                    yield Finding("shell", node.lineno, f"`{ast.unparse(word)}`: {_LIST}")


_OF_MODULE: Final = "what it gives is found by a text; name the function, or choose from a dict of functions"
_LIST: Final = "hands a text to a shell; give `subprocess.run` a list, and declare `execute`"
_SHELL: Final = mentions_of(
    "shell",
    (
        Row("os.system os.popen subprocess.getoutput subprocess.getstatusoutput", _LIST),
        Row("asyncio.create_subprocess_shell commands pty.spawn", _LIST),
    ),
)

DYNAMIC_CODE: Final = Rule(
    "dynamic-code",
    _dynamic,
    about="no text is run as code or names what is loaded: no `eval`, `exec`, `compile`, `__import__`, "
    "`globals`, `sys.modules`, by whatever way they are reached",
    good=(
        "import ast\n\n\ndef tool(text: str) -> str:\n    return str(ast.literal_eval(text))\n",
        "import re\n\n\ndef tool(text: str) -> bool:\n    return bool(re.compile('a+').match(text))\n",
        (
            "import importlib.metadata\n\n\ndef tool(name: str) -> str:\n"
            "    return importlib.metadata.version(name)\n"
        ),
        (
            "import math\n\n\ndef tool(name: str, x: float) -> float:\n"
            "    return {'sin': math.sin, 'cos': math.cos}[name](x)\n"
        ),
        "def tool(text: str, method: str) -> str:\n    return str(getattr(text, method)())\n",
    ),
    bad=(
        "def tool(text: str) -> float:\n    return eval(text)\n",
        "def tool(text: str) -> None:\n    exec(text)\n",
        "def tool(text: str) -> float:\n    run = eval\n    return run(text)\n",
        "import builtins\n\n\ndef tool(text: str) -> float:\n    return builtins.eval(text)\n",
        "from builtins import eval as read\n\n\ndef tool(text: str) -> float:\n    return read(text)\n",
        "import builtins\n\n\ndef tool(text: str) -> float:\n    return getattr(builtins, 'ev' 'al')(text)\n",
        "def tool(text: str) -> float:\n    return __builtins__['eval'](text)\n",
        "def tool(text: str) -> str:\n    return str(compile(text, '', 'eval'))\n",
        "def tool(name: str) -> str:\n    return str(__import__(name))\n",
        "import importlib\n\n\ndef tool(name: str) -> str:\n    return str(importlib.import_module(name))\n",
        "import sys\n\n\ndef tool() -> str:\n    return str(sys.modules['json'])\n",
        "def tool(name: str) -> str:\n    return str(globals()[name])\n",
        "import math\n\n\ndef tool(name: str, x: float) -> float:\n    return getattr(math, name)(x)\n",
        "import math\n\n\ndef tool(name: str, x: float) -> float:\n    return vars(math)[name](x)\n",
        "import math\n\n\ndef tool(name: str, x: float) -> float:\n    return math.__dict__[name](x)\n",
        "import math\n\n\ndef tool(x: float) -> float:\n    module = math\n    return module.sin(x)\n",
        "def tool(name: str) -> str:\n    return str(__loader__.load_module(name))\n",
    ),
)

INTERPRETER: Final = Rule(
    "interpreter",
    _interpreter,
    about="nothing reaches into the interpreter: no `ctypes`, `gc`, frames, tracing, debuggers, and none of "
    "the inner parts of functions and classes, such as `__globals__`",
    good=(
        "def tool(n: int) -> str:\n    return type(n).__name__\n",
        "import sys\n\n\ndef tool() -> list[int]:\n    return list(sys.version_info[:2])\n",
        "import inspect\n\n\ndef tool(text: str) -> str:\n    return inspect.cleandoc(text)\n",
    ),
    bad=(
        "import ctypes\n\n\ndef tool() -> int:\n    return ctypes.sizeof(ctypes.c_int)\n",
        "import gc\n\n\ndef tool() -> int:\n    return len(gc.get_objects())\n",
        "import sys\n\n\ndef tool() -> str:\n    return str(sys._getframe(1).f_lineno)\n",
        "import inspect\n\n\ndef tool() -> str:\n    return inspect.stack()[1].function\n",
        "from inspect import currentframe as now_at\n\n\ndef tool() -> str:\n    return str(now_at())\n",
        "def tool(n: int) -> str:\n    return str(tool.__globals__)\n",
        "def tool(n: int) -> str:\n    return str(getattr(tool, '__code__'))\n",
        "def tool(n: int) -> str:\n    return str(object.__subclasses__())\n",
        "import sys\n\n\ndef tool() -> None:\n    sys.settrace(None)\n",
        "def tool(text: str) -> str:\n    return str(print.__self__.eval(text))\n",
    ),
)

_NEEDS_EXECUTE: Final = '''import subprocess


def tool(path: str) -> int:
    """Run.

    Permissions: execute
    """
    return subprocess.run(["wc", path], check=True).returncode
'''

SHELL: Final = Rule(
    "shell",
    _shell,
    about="programs are started with a list of arguments, never through a shell",
    good=(_NEEDS_EXECUTE, _NEEDS_EXECUTE.replace("check=True", "shell=False, check=True")),
    bad=(
        _NEEDS_EXECUTE.replace('["wc", path], check=True', '"wc " + path, shell=True, check=True'),
        _NEEDS_EXECUTE.replace(
            'subprocess.run(["wc", path], check=True).returncode', "os.system(path)"
        ).replace("import subprocess", "import os"),
        _NEEDS_EXECUTE.replace(
            'subprocess.run(["wc", path], check=True).returncode', 'getattr(os, "popen")(path).close() or 0'
        ).replace("import subprocess", "import os"),
    ),
)
