"""A process that calls: originals where they are installed, to record; and a library, to compare.

Reads one pickled order after the other from its standard input, writes one pickled answer each. It runs code
that is installed here already, and such copies of it only.
"""

import copy
import importlib
import importlib.util
import inspect
import itertools
import math
import pickle
import random
import resource
import signal
import sys
import warnings

VALUES = (
    "", "a", "Hello World", "a=b; c=d", "3.14", "2024-02-29", "/usr/lib/x.tar.gz", "a,b,,c", "1.2.3",
    "http://user@example.org:80/p?q=1#f", "<b>&amp;</b> 'x'", "ünï cödé", "text/html; charset=utf-8",
    "  two\n lines\n", "%41+b", "C:\\dir\\file.txt", "=?utf-8?q?=41?=", "A1-b2_c3", 0, 1, 2, 3, -1, 7, 255,
    0o100644, 0.5, 2.75, -1.5, True, False, None, [], [3, 1, 2], ["b", "a", "c"], [[1, 2], [3, 4]],
    [1.5, 2.5, 4.0], (1, 2), ("a", "b"), {"a": 1, "b": 2}, {}, b"", b"abc\x00\xff", b"a=b", {"a", "b"},
)  # fmt: skip
KEPT, TRIED = 4, 150


class TooLongError(BaseException):
    """A call took too long."""


def too_long(number, frame):
    """End a call."""
    raise TooLongError


def answer(function, arguments):
    """Call, and return what came of it in a form that compares; None for what does not."""
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        value = function(*copy.deepcopy(arguments))
        return ("returned", plain(value))
    except TooLongError:
        return None
    except Exception as error:  # noqa: BLE001 - any function of anybody
        kind = type(error)
        return ("raised", kind.__name__) if kind.__module__ == "builtins" else None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def plain(value, depth=0):
    """Return a value as text that says its type as well; TypeError for what is not plain."""
    if value is None or type(value) in {int, str, bool, bytes, complex}:
        return repr(value)
    if type(value) is float:
        return "nan" if math.isnan(value) else repr(value)
    if depth > 6:
        raise TypeError
    if type(value) in {list, tuple}:
        return f"{type(value).__name__}({', '.join(plain(one, depth + 1) for one in value)})"
    if type(value) in {set, frozenset}:
        return f"{type(value).__name__}({', '.join(sorted(plain(one, depth + 1) for one in value))})"
    if type(value) is dict:
        return f"{{{', '.join(f'{plain(k, depth + 1)}: {plain(v, depth + 1)}' for k, v in value.items())}}}"
    raise NotPlainError


class NotPlainError(BaseException):
    """A value that has no text to compare."""


def record(module, name):
    """Try a function on many values; return (arguments, answer) of calls that are worth keeping."""
    try:
        function = getattr(importlib.import_module(module), name)
        parameters = inspect.signature(function).parameters.values()
    except Exception:  # noqa: BLE001 - any module of anybody
        return []
    if not inspect.isfunction(function) or function.__module__ != module:
        return []
    positional = [one for one in parameters if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
    needed = [one for one in positional if one.default is one.empty]
    chance = random.Random(name)
    if len(needed) <= 1:
        tried = list(itertools.product(VALUES, repeat=len(needed)))
    else:
        tried = [tuple(chance.choice(VALUES) for _ in needed) for _ in range(TRIED)]
    chance.shuffle(tried)
    kept, seen, raised = [], set(), 0
    for arguments in tried:
        try:
            found = answer(function, arguments)
            again = answer(function, arguments)
        except NotPlainError:
            continue
        if found is None or found != again or found in seen:
            continue
        raised += found[0] == "raised"
        if found[0] == "raised" and raised > 1:
            continue
        seen.add(found)
        kept.append((arguments, found))
        if len(kept) == KEPT:
            break
    return kept if any(found[0] == "returned" for _, found in kept) else []


def different(path, calls):
    """Import a library afresh; return the calls that answer otherwise than recorded."""
    spec = importlib.util.spec_from_file_location("tools", path)
    tools = importlib.util.module_from_spec(spec)
    sys.modules["tools"] = tools
    spec.loader.exec_module(tools)
    wrong = []
    for name, arguments, expected in calls:
        try:
            found = answer(getattr(tools, name), arguments)
        except NotPlainError:
            found = None
        if found != expected:
            wrong.append((name, arguments, expected, found))
    return wrong


def serve():
    """Answer orders until there are no more."""
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    signal.signal(signal.SIGALRM, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    sys.set_int_max_str_digits(4300)
    warnings.simplefilter("ignore")
    while True:
        try:
            what, *arguments = pickle.load(orders)
        except EOFError:
            return
        try:
            found = {"record": record, "different": different}[what](*arguments)
        except Exception as error:  # noqa: BLE001 - told to the test
            found = error
        pickle.dump(found, answers)
        answers.flush()


if __name__ == "__main__":
    serve()
