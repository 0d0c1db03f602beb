"""How a call may end other than well: each way has its status and a sentence."""

import textwrap

import pytest

from toolwright.errors import SandboxError
from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Limits, Policy

BOX = ProcessSandbox()


def call(source, function="f", policy=None, /, **arguments):
    """One call of a dedented source."""
    policy = policy or Policy(limits=Limits(wall_s=30, cpu_s=5))
    return BOX.call(textwrap.dedent(source), function, arguments, policy)


def limited(**limits):
    """A policy with some limits lowered."""
    return Policy(limits=Limits(**{"wall_s": 30, "cpu_s": 5, **limits}))


def test_a_call_returns_output_and_time_as_well():
    """Value, stdout, stderr, seconds and level arrive together."""
    result = call(
        "import sys\ndef f(a, b=2):\n    print('out'); print('err', file=sys.stderr); return a + b\n", a=1
    )
    assert (result.status, result.value) == ("returned", 3)
    assert (result.stdout, result.stderr, result.level) == ("out\n", "err\n", BOX.level)
    assert 0 < result.seconds < 30


def test_an_exception_shows_the_tools_own_lines_only():
    """The traceback names tools.py with right line numbers and nothing of the machinery."""
    result = call("""\
        import json

        def _inner(text):
            return json.loads(text)

        def f():
            return _inner("{")
        """)
    assert (result.status, result.error_type) == ("raised", "JSONDecodeError")
    assert result.message.startswith("Expecting property name")
    assert result.traceback == (
        "Traceback (most recent call last):\n"
        '  File "tools.py", line 7, in f\n    return _inner("{")\n'
        '  File "tools.py", line 4, in _inner\n    return json.loads(text)\n'
        f"JSONDecodeError: {result.message}"
    )


def test_a_traceback_counts_lines_as_python_does():
    """Form feeds and other signs that end no line of Python leave number and text of a line together."""
    source = 'import json\r\n\x0c\r\nSIGNS = "\x0b\x85\u2028"\r\n\r\ndef f():\r\n    return 1 // 0\r\n'
    assert "line 6, in f\n    return 1 // 0\n" in BOX.call(source, "f", {}, Policy()).traceback


def test_a_traceback_of_a_thousand_calls_is_short():
    """Endless recursion is an exception with both ends of its traceback."""
    result = call("def f():\n    return f()\n")
    assert (result.status, result.error_type) == ("raised", "RecursionError")
    assert "more calls" in result.traceback
    assert result.traceback.count("\n") < 40


RAISED = {
    "own class": ("class BadRow(ValueError): pass\ndef f(): raise BadRow('row 3')", "BadRow", "row 3"),
    "syntax": ("def f(:\n", "SyntaxError", "tools.py, line 1: invalid syntax"),
    "import time": ("x = 1 / 0\ndef f(): pass", "ZeroDivisionError", "division by zero"),
    "no function": ("def g(): pass", "AttributeError", "tools.py defines no function 'f'"),
    "not a function": ("f = 3", "AttributeError", "tools.py defines no function 'f'"),
    "unknown argument": ("def f(a): pass", "TypeError", "f() missing 1 required positional argument: 'a'"),
    "unprintable": (
        "class E(Exception):\n    def __str__(self): raise KeyError\ndef f(): raise E",
        "E",
        "<the exception's text cannot be shown>",
    ),
    "surrogate text": ("def f(): raise ValueError('\\ud800')", "ValueError", "\\ud800"),
    "null byte": ("def f(): pass\0", "SyntaxError", "source code string cannot contain null bytes"),
}


@pytest.mark.parametrize("case", RAISED)
def test_what_the_tool_raises_is_named(case):
    """Type and message arrive whatever was raised and when."""
    source, error_type, message = RAISED[case]
    result = BOX.call(source, "f", {}, limited())
    if case == "null byte":  # Python 3.11 says ValueError, later ones SyntaxError
        assert result.error_type in {"ValueError", "SyntaxError"}
        return
    assert (result.status, result.error_type, result.message) == ("raised", error_type, message)


def test_a_huge_message_is_cut():
    """A tool cannot send megabytes by an exception."""
    result = call("def f(): raise ValueError('x' * 10**7)")
    assert result.status == "raised"
    assert len(result.message) <= 4000


CRASHED = {
    "sys.exit": ("import sys\ndef f(): sys.exit(0)", "the tool called sys.exit(0)"),
    "sys.exit on import": ("import sys\nsys.exit('bye')\ndef f(): pass", "the tool called sys.exit('bye')"),
    "KeyboardInterrupt": ("def f(): raise KeyboardInterrupt", "the tool raised KeyboardInterrupt"),
    "BaseException": (
        "class B(BaseException): pass\ndef f(): raise B",
        "the tool raised B, which is not an ordinary",
    ),
    "os._exit": (
        "import os\ndef f(): os._exit(0)",
        "the tool's process ended itself with exit status 0 before it answered",
    ),
    "segmentation fault": (
        "import ctypes\ndef f(): ctypes.string_at(0)",
        "the tool's process was killed by SIGSEGV before it answered",
    ),
    "abort": (
        "import os\ndef f(): os.abort()",
        "the tool's process was killed by SIGABRT before it answered",
    ),
}


@pytest.mark.parametrize("case", CRASHED)
def test_an_end_without_an_answer_is_a_crash(case):
    """A process that ends by itself has not returned, whatever its exit status."""
    source, message = CRASHED[case]
    result = BOX.call(source, "f", {}, limited())
    assert result.status == "crashed"
    assert result.message.startswith(message)


LIMITS = {
    "endless loop": ("while True: pass", {"wall_s": 0.5}, "timeout", "ran longer than 0.5 s"),
    "sleep": ("import time; time.sleep(60)", {"wall_s": 0.5}, "timeout", "ran longer than 0.5 s"),
    "swallows everything": (
        (
            "import signal\n    for n in range(1, 32):\n        try: signal.signal(n, signal.SIG_IGN)\n"
            "        except (OSError, ValueError): pass\n    while True: pass"
        ),
        {"wall_s": 0.5},
        "timeout",
        "ran longer than 0.5 s",
    ),
    "stops itself": (
        "import os; os.kill(os.getpid(), 19)",
        {"wall_s": 0.5},
        "timeout",
        "ran longer than 0.5 s",
    ),
    "holds the lock in C": (
        "import re; re.match('(a+)+b', 'a' * 40)",
        {"wall_s": 0.5},
        "timeout",
        "ran longer than 0.5 s",
    ),
    "cpu": ("while True: pass", {"cpu_s": 1}, "limit", "used more than 1 s of CPU time"),
    "memory": ("return len(b'x' * 2**32)", {"memory_mb": 256}, "limit", "needed more than 256 MB of memory"),
    "memory by doubling": (
        "a = [0]\n    while True: a = a + a",
        {"memory_mb": 256},
        "limit",
        "needed more than 256 MB of memory",
    ),
    "output": ("while True: print('x' * 1000)", {"output_kb": 16}, "limit", "printed more than 16 KB"),
    "output without newline": (
        "import os\n    while True: os.write(2, b'y' * 500)",
        {"output_kb": 16},
        "limit",
        "printed more than 16 KB",
    ),
    "result": ("return 'x' * 3000", {"result_kb": 2}, "limit", "returned more than 2 KB"),
    "huge result": ("return 'x' * 10**8", {}, "limit", "returned more than 4096 KB"),
    "file": (
        "open('f', 'wb').write(b'x' * (2 << 20))",
        {"file_mb": 1},
        "limit",
        "wrote a file larger than 1 MB",
    ),
    "open files": (
        "return len([open('/dev/null') for _ in range(99)])",
        {"open_files": 32},
        "limit",
        "opened more than 32 files at once",
    ),
}


@pytest.mark.parametrize("case", LIMITS)
def test_every_limit_that_is_hit_is_named(case, backend):
    """Status and sentence say which limit, with its number."""
    if (case, backend) == ("stops itself", "landlock"):
        pytest.skip("at landlock a tool may send no signal, not even to itself")
    body, limits, status, message = LIMITS[case]
    result = BOX.call(f"def f():\n    {body}\n", "f", {}, limited(**limits))
    assert (result.status, result.message) == (status, message)
    assert result.seconds < 25  # and not what it would have taken


def test_just_below_the_limits_a_tool_is_not_disturbed():
    """Exactly the permitted output and result pass."""
    result = call("def f(): print('x' * 1023); return 'y' * 1022", "f", limited(output_kb=1, result_kb=1))
    assert (result.status, len(result.stdout), len(result.value)) == ("returned", 1024, 1022)


def test_output_before_a_timeout_is_kept():
    """What a hanging tool printed helps to find out why."""
    result = call("import time\ndef f(): print('at 1'); time.sleep(60)", "f", limited(wall_s=1.5))
    assert (result.status, result.stdout) == ("timeout", "at 1\n")


def test_time_that_is_over_at_once_is_a_timeout():
    """However little time a call has, making its cell is not taken from it, nor broken off by its end."""
    results = [
        call("def f(): return 1", "f", limited(wall_s=wall_s)) for wall_s in (0.0, 0.001) for _ in "12345"
    ]
    assert [result.status for result in results[:5]] == ["timeout"] * 5
    assert {result.status for result in results} <= {"timeout", "returned"}


def test_limits_cannot_be_raised_again():
    """The hard limits are lowered too; root could raise them, an ordinary user cannot."""
    result = call(
        "from resource import *\ndef f(): return [getrlimit(RLIMIT_CORE)[1], getrlimit(RLIMIT_NOFILE)[1]]"
    )
    assert result.value == [0, 64]


def test_a_missing_workspace_is_an_error_that_names_it(tmp_path):
    """The world is broken, not the tool: an exception with a hint."""
    with pytest.raises(SandboxError, match="absent") as caught:
        call("def f(): return 1", "f", Policy(workspace=str(tmp_path / "absent")))
    assert caught.value.hint


def test_packages_of_the_parent_can_be_imported_inside_a_tool():
    """Third-party imports stand inside functions and work there, when they are declared."""
    policy = Policy(packages=("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py"))
    assert call("def f():\n    import pytest\n    return pytest.__name__\n", "f", policy).value == "pytest"


def test_the_module_is_known_as_tools_and_functions_reach_each_other():
    """Tools may call other tools and import their own module."""
    result = call(
        "def one(): return 1\ndef f():\n    import tools\n    return [tools.one(), one(), __name__]\n"
    )
    assert result.value == [1, 1, "tools"]
