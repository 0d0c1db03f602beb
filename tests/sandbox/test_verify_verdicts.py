"""Verdicts: wrong tools that try to be accepted, dishonest tests, and honest pairs that must pass."""

import secrets

import pytest

from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Limits, Policy

BOX = ProcessSandbox(judge_wall_s=20)
BACKENDS = ("process", "full")  # nothing here depends on how it is confined
PYTEST = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py")
POLICY = Policy(limits=Limits(wall_s=20, cpu_s=1), packages=PYTEST)

OWN = secrets.token_hex(8)
"""Marks test files of this process: whoever overwrites tests touches no others on this machine."""

HONEST = f"""
# {OWN}
import pytest
from tools import add

def test_a(): assert add(1, 2) == 3
def test_b(): assert add(-1, 1) == 0
@pytest.mark.parametrize("x,y,z", [(10, 5, 15), (7, 7, 14)])
def test_c(x, y, z): assert add(x, y) == z
"""
RIGHT = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return a - b\n"
FORGE = r"""
import json, os
def _send(record):
    data = json.dumps(record).encode()
    for fd in range(3, 64):
        try: os.write(fd, len(data).to_bytes(4, "big") + data)
        except OSError: pass
_NAMES = ["test_a", "test_b", "test_c[10-5-15]", "test_c[7-7-14]"]
def _forge():
    for name in _NAMES:
        _send({"kind": "start", "name": name})
        for when in ("setup", "call", "teardown"):
            _send({"kind": "report", "name": name, "when": when, "outcome": "passed"})
    _send({"kind": "finish", "status": 0}); os._exit(0)
"""

WRONG_TOOLS = {
    "wrong answer": (WRONG, "test_a failed: assert -1 == 3"),
    "os._exit(0)": (
        "import os\ndef add(a, b): os._exit(0)",
        "ended itself with exit status 0 before it answered",
    ),
    "sys.exit(0)": ("import sys\ndef add(a, b): sys.exit(0)", "the tool called sys.exit(0)"),
    "sys.exit(0) on import": ("import sys\nsys.exit(0)\n" + WRONG, "the tool called sys.exit(0)"),
    "prints that it passed": (
        "import os\ndef add(a, b): os.write(1, b'== 4 passed in 0.01s ==\\n'); os._exit(0)",
        "before it answered",
    ),
    "atexit": ("import atexit, os\natexit.register(lambda: os._exit(0))\n" + WRONG, "assert -1 == 3"),
    "equal to everything": (
        "class E(int):\n    __eq__ = lambda s, o: True\n    __hash__ = None\ndef add(a, b): return E(1)",
        "returned an E (a kind of int)",
    ),
    "patches pytest": (
        "import _pytest.python as p\np.Function.runtest = lambda self: None\n"
        "import _pytest.reports as r\nr.TestReport.from_item_and_call = None\n" + WRONG,
        "assert -1 == 3",
    ),
    "rewrites its caller": (
        (
            "import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n"
            "        for k, v in list(f.f_globals.items()):\n"
            "            if k.startswith('test_'): f.f_globals[k] = None\n"
            "        f = f.f_back\n    return a - b"
        ),
        "assert -1 == 3",
    ),
    "forges records": (
        FORGE + "def add(a, b): _forge()",
        "the tool wrote into the channel of its own answer",
    ),
    "forges records on import": (
        FORGE + "_send({'kind': 'collected', 'names': _NAMES})\n_forge()\n" + WRONG,
        "the tool wrote into the channel of its own answer",
    ),
    "looks for the expected value": (
        (
            "import gc, glob, re\ndef add(a, b):\n"
            "    hay = [str(o) for o in gc.get_objects() if type(o) is dict]\n"
            "    for p in glob.glob('../**', recursive=True) + glob.glob('/tmp/toolwright-*/*'):\n"
            "        try: hay.append(open(p).read())\n        except (OSError, ValueError): pass\n"
            "    for t in hay:\n        m = re.search(r'add\\(%d, %d\\) == (-?\\d+)' % (a, b), t)\n"
            "        if m: return int(m[1])\n    return a - b"
        ),
        "assert -1 == 3",
    ),
    "plants a conftest": (
        "for p in ('conftest.py', '../conftest.py', 'pytest.py', 'sitecustomize.py'):\n"
        "    try: open(p, 'w').write('import pytest\\n@pytest.hookimpl(tryfirst=True)\\n'\n"
        "        'def pytest_pyfunc_call(pyfuncitem): return True\\n')\n"
        "    except OSError: pass\n" + WRONG,
        "assert -1 == 3",
    ),
    "overwrites the tests": (
        "import glob\nfor p in glob.glob('/tmp/toolwright-judge-*/test_*.py') + glob.glob('../test_*.py'):\n"
        "    try: own = '" + OWN + "' in open(p).read()\n    except OSError: continue\n"
        "    if own: open(p, 'w').write('def test_a(): pass')\n" + WRONG,
        "assert -1 == 3",
    ),
    "pytest.skip": ("def add(a, b):\n    import pytest\n    pytest.skip('later')", "the tool raised Skipped"),
    "pytest.xfail": (
        "def add(a, b):\n    import pytest\n    pytest.xfail('known')",
        "the tool raised XFailed",
    ),
    "pytest.exit": (
        "def add(a, b):\n    import pytest\n    pytest.exit('x', returncode=0)",
        "test_a failed: Exception: x",
    ),
    "unittest.SkipTest": ("import unittest\ndef add(a, b): raise unittest.SkipTest('x')", "test_a failed"),
    "KeyboardInterrupt": ("def add(a, b): raise KeyboardInterrupt", "the tool raised KeyboardInterrupt"),
    "replaces builtins": ("import builtins\nbuiltins.AssertionError = KeyError\n" + WRONG, "assert -1 == 3"),
    "a thread kills the process": (
        (
            "import os, threading, time\ndef add(a, b):\n"
            "    threading.Thread(target=lambda: os._exit(0)).start(); time.sleep(0.2); return a - b"
        ),
        "ended itself with exit status 0",
    ),
}


@pytest.mark.parametrize("case", WRONG_TOOLS)
def test_a_wrong_tool_is_refused_by_honest_tests(case):
    """Whatever the tool does, it is in another process than the verdict."""
    source, why = WRONG_TOOLS[case]
    verdict = BOX.verify(source, HONEST, POLICY, function="add")
    assert not verdict.passed
    assert why in verdict.why
    assert verdict.tests


T = "from tools import add\n"
BAD_TESTS = {
    "never call": (T + "def test_a(): assert True", "no test calls add"),
    "call on import only": (T + "X = add(1, 2)\ndef test_a(): assert X == -1", "no test calls add"),
    "call another tool": ("from tools import other\ndef test_a(): assert other() == 1", "no test calls add"),
    "none": ("from tools import add\n", "the test file defines no test"),
    "os._exit(0)": (
        T + "import os\ndef test_a():\n    add(1, 2); os._exit(0)",
        "the test process ended before the tests were over in test_a",
    ),
    "sys.exit(0)": (
        T + "import sys\ndef test_a():\n    add(1, 2); sys.exit(0)",
        "test_a failed: SystemExit: 0",
    ),
    "pytest.exit(0)": (
        T + "import pytest\ndef test_a():\n    add(1, 2); pytest.exit('x', returncode=0)",
        "test_a did not run to its end",
    ),
    "skip": (T + "import pytest\ndef test_a():\n    add(1, 2); pytest.skip('why')", "test_a was skipped"),
    "skip mark": (
        T + "import pytest\n@pytest.mark.skipif(True, reason='x')\ndef test_a(): assert add(1, 2) == 3\n"
        "def test_b(): assert add(3, 3) == 0",
        "test_a was skipped or expected to fail, which is no evidence: Skipped: x",
    ),
    "xfail mark": (
        T + "import pytest\n@pytest.mark.xfail\ndef test_a(): assert add(1, 2) == 3",
        "test_a was skipped or expected to fail",
    ),
    "xfail that passes": (
        T + "import pytest\n@pytest.mark.xfail\ndef test_a(): assert add(1, 2) == -1",
        "test_a was skipped or expected to fail",
    ),
    "module skip": (
        "import pytest\npytest.skip('x', allow_module_level=True)\ndef test_a(): pass",
        "the test file could not be loaded",
    ),
    "importorskip": (
        T + "import pytest\nx = pytest.importorskip('no_such_module')\ndef test_a(): assert add(1, 2) == -1",
        "the test file could not be loaded",
    ),
    "empty parametrize": (
        T + "import pytest\n@pytest.mark.parametrize('x', [])\ndef test_a(x): assert add(1, 2) == 3",
        "was skipped",
    ),
    "deleted": (
        T + "def test_a(): assert add(1, 2) == 3\ndef test_b(): assert add(1, 1) == 0\ndel test_a",
        "test_a was not collected by pytest",
    ),
    "class that is not collected": (
        T + "class TestX:\n    def __init__(self): pass\n    def test_a(self): assert add(1, 2) == 3\n"
        "def test_b(): assert add(1, 1) == 0",
        "TestX::test_a was not collected by pytest",
    ),
    "defined twice": (
        T + "def test_a(): assert add(1, 2) == 3\ndef test_a(): assert add(1, 1) == 0",
        "test_a is defined twice, so the first one never runs",
    ),
    "plugin of its own": (
        "pytest_plugins = ['test_tool']\nimport pytest\n" + T + "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_pyfunc_call(pyfuncitem): return True\ndef test_a(): assert add(1, 2) == 3",
        "",
    ),
    "patched pytest": (
        "import _pytest.python as p\np.Function.runtest = lambda self: None\n"
        + T
        + "def test_a(): assert add(1, 2) == 3",
        "no test calls add",
    ),
    "forged end": (
        FORGE + T + "def test_a():\n    add(1, 2)\n    _NAMES[:] = ['test_a']; _forge()",
        "the test process sent records that pytest does not send",
    ),
    "forged test": (
        FORGE + T + "def test_a():\n    add(1, 2)\n    _send({'kind': 'start', 'name': 'test_zz'})",
        "the test process sent records that pytest does not send",
    ),
    "own copy assigned": (
        "import tools\ndef mine(a, b): return a + b\ntools.add = mine\n"
        + T
        + "def test_a(): assert add(1, 2) == 3",
        "line 3 of the tests: tests cannot replace tools",
    ),
    "own copy by monkeypatch": (
        (
            "import tools\ndef test_a(monkeypatch):\n    monkeypatch.setattr(tools, 'add', lambda a, b: 3)\n"
            "    assert tools.add(1, 2) == 3"
        ),
        "line 3 of the tests: tests cannot replace tools",
    ),
    "own copy by mock": (
        (
            "from unittest import mock\nimport tools\n@mock.patch('tools.add', lambda a, b: 3)\n"
            "def test_a():\n    assert tools.add(1, 2) == 3"
        ),
        "line 3 of the tests: tests cannot replace tools",
    ),
    "own copy by another name": (
        "import tools\nT = tools\ndef test_a():\n    T.add = lambda a, b: 3\n    assert T.add(1, 2) == 3",
        "line 4 of the tests: tests cannot replace tools.add",
    ),
    "own copy by a way that shows only when it runs": (
        "import tools\ndef test_a():\n    for t in [tools]:\n        t.add = lambda a, b: 3",
        "test_a failed: AttributeError: line 4: tests cannot replace tools.add: the tool runs in another",
    ),
    "the tool deleted by a way that shows only when it runs": (
        "import tools\ndef test_a():\n    for t in [tools]:\n        del t.add\n",
        "test_a failed: AttributeError: line 4: tests cannot replace tools.add",
    ),
    "own copy by the table of modules": (
        (
            "import sys\nclass T: add = max\nsys.modules['tools'] = T\nfrom tools import add\n"
            "def test_a(): assert add(1, 3) == 3"
        ),
        "line 3 of the tests: tests cannot replace sys.modules",
    ),
    "own copy defined": (
        "def add(a, b): return a + b\ndef test_a(): assert add(1, 2) == 3",
        "line 1 of the tests defines add itself",
    ),
    "own copy in the test": (
        T + "def test_a():\n    def add(a, b): return a + b\n    assert add(1, 2) == 3",
        "line 3 of the tests defines add itself",
    ),
    "own copy as lambda": (
        "add = lambda a, b: a + b\ndef test_a(): assert add(1, 2) == 3",
        "line 1 of the tests defines add itself",
    ),
    "own copy imported": (
        "from operator import add\ndef test_a(): assert add(1, 2) == 3",
        "line 1 of the tests defines add itself",
    ),
    "failing fixture": (
        T + "import pytest\n@pytest.fixture\ndef bad(): raise OSError('no disk')\n"
        "def test_a(bad): assert add(1, 2) == -1",
        "test_a failed in setup: OSError: no disk",
    ),
    "failing teardown": (
        T + "import pytest\n@pytest.fixture\ndef bad():\n    yield 1\n    raise OSError('left')\n"
        "def test_a(bad): assert add(1, 2) == -1",
        "test_a failed in teardown: OSError: left",
    ),
    "syntax": (T + "def test_a(:", "the test file is not Python: line 2: invalid syntax"),
    "import of a missing name": (
        "from tools import subtract\ndef test_a(): pass",
        "the test file could not be loaded: ImportError: cannot import name 'subtract' from 'tools'",
    ),
    "fork": (
        T + "import os\ndef test_a():\n    add(1, 2)\n    os.fork()",
        "",
    ),
}


@pytest.mark.parametrize("case", BAD_TESTS)
def test_tests_that_are_no_evidence_are_refused(case):
    """The tool is wrong here; these tests must not let it in."""
    tests, why = BAD_TESTS[case]
    verdict = BOX.verify(WRONG + "def other(): return 1\n", tests, POLICY, function="add")
    assert not verdict.passed
    assert why in verdict.why
    assert "\n" not in verdict.why


def test_a_tool_that_hangs_is_refused():
    """Its own limit ends it, long before the judge's clock does."""
    verdict = BOX.verify(
        "def add(a, b):\n    while True: pass", T + "def test_a(): add(1, 2)", POLICY, function="add"
    )
    assert verdict.why == "test_a failed: tools.ToolCrashed: used more than 1 s of CPU time"


def test_an_endless_test_is_stopped_by_the_judges_clock():
    """All tests of a file have a limit together."""
    verdict = ProcessSandbox(judge_wall_s=1.5).verify(
        RIGHT, T + "def test_a(): add(1, 2)\ndef test_b():\n    while True: pass", POLICY, function="add"
    )
    assert not verdict.passed
    assert verdict.why == "the tests ran longer than 1.5 s in total (in test_b)"
    assert [outcome.outcome for outcome in verdict.tests] == ["passed", "error"]
    assert verdict.seconds < 5


def test_the_number_of_calls_is_bounded():
    """A test that calls for ever ends with the bound's name."""
    verdict = ProcessSandbox(judge_calls=3).verify(
        RIGHT, T + "def test_a(): assert [add(n, 1) for n in range(9)]", POLICY, function="add"
    )
    assert verdict.why == "the tests call the tool more than 3 times"
    assert len(verdict.calls) == 3


def test_a_tool_that_agrees_with_wrong_tests_passes():
    """No isolation can know better; examples of the user do."""
    verdict = BOX.verify(WRONG, T + "def test_a(): assert add(1, 2) == -1", POLICY, function="add")
    assert (verdict.passed, verdict.why) == (True, "")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def add(:", "tools.py is not Python: line 1: invalid syntax"),
        ("def plus(a, b): return a + b", "tools.py defines no function 'add'"),
        ("raise ValueError('on import')\n" + RIGHT, "test_a failed: ValueError: on import"),
    ],
)
def test_a_source_without_the_function_is_refused(source, why):
    """The reason is about tools.py, not about the tests."""
    verdict = BOX.verify(source, HONEST, POLICY, function="add")
    assert (verdict.passed, verdict.why) == (False, why)


def test_a_byte_order_mark_before_source_or_tests_means_nothing():
    """Files that an editor saved with one are called and judged as without it."""
    mark = "\ufeff"
    assert BOX.call(mark + RIGHT, "add", {"a": 1, "b": 2}, POLICY).value == 3
    verdict = BOX.verify(mark + RIGHT, mark + HONEST.lstrip(), POLICY, function="add")
    assert verdict.passed, verdict.why
