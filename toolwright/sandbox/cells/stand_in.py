"""The module `tools` as tests see it: its functions ask the parent, its exceptions look like the tool's."""

import builtins
import json
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from toolwright.sandbox.cells.wire import NotJsonError, encode, read_frame, send_frame


class ToolCrashed(RuntimeError):  # noqa: N818 - it names what happened to the tool
    """The tool's process died, ran out of time or memory, or returned something that is not JSON."""

    __module__ = "tools"


class _Tools(ModuleType):
    """A module that tests may read and not change; the name of their file tells them the line."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(self._refusal(name))

    def __delattr__(self, name: str) -> None:
        raise AttributeError(self._refusal(name))

    def _refusal(self, name: str) -> str:
        line = line_in(self.__dict__["__test_file__"])
        return f"{line}tests cannot replace tools.{name}: the tool runs in another process"

    def __getattr__(self, name: str) -> object:
        raise AttributeError(f"tools offers tests its functions and exception classes; {name} is neither")


def line_in(file: str) -> str:
    """Say on which line of the test file we are, as "line 3: ", "" when nobody there called."""
    frame = sys._getframe()  # noqa: SLF001 - the only way to one's caller without loading inspect
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename.endswith(f"/{file}"):
            return f"line {frame.f_lineno}: "
    return ""


class Caller:
    """Asks the parent for one call at a time. `packages` may have raised what they like, others not."""

    def __init__(self, reply_fd: int, call_fd: int, packages: list[str], file: str) -> None:
        self._reply_fd = reply_fd
        self._call_fd = call_fd
        self._packages = frozenset(packages)
        self.file = file
        self._turn = threading.Lock()
        self.own: dict[str, type[Exception]] = {}

    def call(self, function: str, arguments: dict[str, object]) -> object:
        """Return what the tool returns, raise what it raises."""
        __tracebackhide__ = True
        data = self._write(function, arguments)
        with self._turn:
            send_frame(self._call_fd, data)
            answer = json.loads(read_frame(self._reply_fd))
        if answer["status"] == "returned":
            return answer["value"]
        if answer["status"] == "raised":
            raise self._rebuild(answer["types"], answer["arguments"], answer["message"])
        raise ToolCrashed(answer["message"])

    def _write(self, function: str, arguments: dict[str, object]) -> bytes:
        __tracebackhide__ = True
        for name, value in arguments.items():
            try:
                encode({name: value})
            except NotJsonError as error:
                holds = f"is {error.what}" if error.where == name else f"holds {error.what} at {error.where}"
                raise TypeError(
                    f"{line_in(self.file)}argument `{name}` of {function} {holds}, which is not JSON"
                ) from None
        folder = os.getcwd()  # noqa: PTH109 - text is what travels
        return encode({"kind": "call", "function": function, "arguments": arguments, "folder": folder})

    def _rebuild(self, types: list[str], arguments: object, message: str) -> Exception:
        """Make an exception of the nearest class that is known here, with the tool's text."""
        for name in types:
            module, _, kind_name = name.partition(":")
            kind = self._find(module, kind_name)
            if kind is not None:
                return _exception(kind, arguments, message)
        return ToolCrashed(message)

    def _find(self, module: str, name: str) -> type[Exception] | None:
        if module == "tools":
            return self.own.get(name)
        top = module.partition(".")[0]
        if top not in self._packages and (top not in sys.stdlib_module_names or top == "unittest"):
            return None
        # only what is loaded already: a name sent by the tool must not make the judge import anything
        kind = getattr(sys.modules.get(module), name, None)
        return kind if isinstance(kind, type) and issubclass(kind, Exception) else None


def stand_in(caller: Caller, functions: dict[str, list[str]], exceptions: list[list[str]]) -> ModuleType:
    """Build the module from what the parent read in the source."""
    for name, base in exceptions:
        caller.own[name] = type(name, (_base(base, caller.own),), {"__module__": "tools"})
    module = _Tools("tools")
    contents: dict[str, object] = {
        name: _function(caller, name, parameters) for name, parameters in functions.items()
    }
    module.__dict__.update(contents, **caller.own, ToolCrashed=ToolCrashed, __test_file__=caller.file)
    return module


def _base(name: str, own: dict[str, type[Exception]]) -> type[Exception]:
    module, _, attribute = name.rpartition(".")
    if module in sys.stdlib_module_names:
        __import__(module)
        kind = getattr(sys.modules[module], attribute, None)
    else:
        kind = own.get(name) or getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else Exception


def _function(caller: Caller, name: str, parameters: list[str]) -> Callable[..., object]:
    def call(*values: object, **named: object) -> object:
        __tracebackhide__ = True
        if len(values) > len(parameters):
            raise TypeError(
                f"{name}() takes {len(parameters)} positional arguments but {len(values)} were given"
            )
        arguments = dict(zip(parameters, values, strict=False))
        for twice in arguments.keys() & named.keys():
            raise TypeError(f"{name}() got multiple values for argument {twice!r}")
        return caller.call(name, arguments | named)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "tools"
    return call


def _exception(kind: type[Exception], arguments: Any, message: str) -> Exception:
    """An instance of `kind` that says `message`, with the original arguments where those can be had."""
    for candidate in (arguments, [message]):
        try:
            error = kind(*candidate)
            if str(error) == message:
                return error
        except Exception:  # noqa: BLE001, S112 - foreign constructors ask for arguments we do not have
            continue
    own: dict[str, object] = {
        "__module__": kind.__module__,
        "__init__": _accept,
        "__str__": lambda _: message,
    }
    if hasattr(kind, "__getattr__"):
        own["__getattr__"] = _absent
    silent: type[Exception] = type(kind.__name__, (kind,), own)
    error = silent.__new__(silent, message)
    if kind.__name__ == "HTTPError":
        error.__dict__.update(_http_parts(message))
    return error


def _absent(self: Exception, name: str) -> object:
    """Miss an attribute as objects do: the class's own way needs what its constructor would have set."""
    raise AttributeError(f"{type(self).__name__} has no {name} here")


def _http_parts(message: str) -> dict[str, object]:
    """Return what tests ask of an error of urllib, read from its text `HTTP Error CODE: REASON`."""
    code, _, reason = message.removeprefix("HTTP Error ").partition(": ")
    if not code.isdecimal():
        return {}
    return {"code": int(code), "msg": reason}


def _accept(self: Exception, *arguments: object) -> None:
    """Take any arguments: the class's own constructor wants others."""
