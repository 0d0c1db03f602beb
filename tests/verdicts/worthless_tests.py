"""Tests that notice nothing, cheat or forge: they must let nothing in, be the tool wrong or right."""

from dataclasses import replace

from verdict_case import LOOPBACK, POLICY, Case

WRONG = "def f(a, b):\n    return a - b\n"
RIGHT = "def f(a, b):\n    return a + b\n"
SAVE = "def f(path, text):\n    with open(path, 'w') as file:\n        file.write(text)\n"
NO_SAVE = "def f(path, text):\n    pass\n"
COPY = "import shutil\ndef f(path):\n    shutil.copy(path, path + '.bak')\n    return path + '.bak'\n"
POST = (
    "import urllib.request\ndef f(url, text):\n"
    "    with urllib.request.urlopen(urllib.request.Request(url, data=text.encode())) as answer:\n"
    "        return answer.status\n"
)
FETCH = (
    "import urllib.request\ndef f(url, path):\n    with urllib.request.urlopen(url) as answer:\n"
    "        open(path, 'wb').write(answer.read())\n"
)
WRITES = replace(POLICY, effects=("write",))
NOTHING = replace(POLICY, sees_workspace=False, changes_workspace=False, effects=())
GOOD_SAVE = "def test_good(): assert f('b', 'x') == 1\n"
T = "import pytest\nimport tools\nfrom tools import f\n"
FORGE = r"""
import json, os
def send(record):
    data = json.dumps(record).encode()
    for fd in range(3, 64):
        try: os.write(fd, len(data).to_bytes(4, "big") + data)
        except OSError: pass
def forge(name):
    for when in ("setup", "call", "teardown"):
        send({"kind": "report", "name": name, "when": when, "outcome": "passed"})
    send({"kind": "finish", "status": 0}); os._exit(0)
"""
ALL_PASS = "the tests pass as well when every answer of f is wrong"
ALONE = "test_bad passes whatever f does"
GOOD = "def test_good(): assert f(1, 2) == 3\n"
FILES = "no test notices when f leaves the files as they were"


def _bad(name, body, why=ALL_PASS, source=RIGHT):
    return Case(name, source, f"{T}def test_bad(tmp_path):\n    {body}\n", why)


def _among_good(name, body, why=ALONE):
    return Case(name, RIGHT, f"{T}{GOOD}def test_bad(tmp_path):\n    {body}\n", why)


CASES = [
    _bad("assert True", "f(1, 2)\n    assert True"),
    _bad("assert True, wrong tool", "f(1, 2)\n    assert True", source=WRONG),
    _bad("call and ignore", "f(1, 2)", source=WRONG),
    _bad("call and print", "print(f(1, 2))"),
    _bad("only the type", "assert isinstance(f(1, 2), int)", source=WRONG),
    _bad("only not None", "assert f(1, 2) is not None", source=WRONG),
    _bad("with itself", "assert f(1, 2) == f(1, 2)", source=WRONG),
    _bad("expectation by the tool", "expected = f(1, 2)\n    assert f(1, 2) == expected", source=WRONG),
    _bad("expectation by the tool, turned", "assert f(1, 2) == f(2, 1)"),
    _bad("swallowed", "try: assert f(1, 2) == 3\n    except AssertionError: pass", source=WRONG),
    _bad("swallowed all", "try: assert f(1, 2) == 3\n    except BaseException: pass", source=WRONG),
    _bad(
        "suppressed", "import contextlib\n    with contextlib.suppress(AssertionError): assert f(1, 2) == 3"
    ),
    _bad("a tuple is true", "assert (f(1, 2) == 3, 'sum')".replace("assert (", "ok = (") + "\n    assert ok"),
    _bad(
        "asks a thread",
        "import threading\n    t = threading.Thread(target=lambda: f(1, 2))\n    t.start()\n    t.join()",
    ),
    _bad("a wide range", "assert -1e9 < f(1, 2) < 1e9", source=WRONG),
    _bad("or", "assert f(1, 2) == 3 or True", source=WRONG),
    _bad("in its own list", "r = f(1, 2)\n    assert r in [r]", source=WRONG),
    _bad("length of a list", "assert len(f(1, 2)) == 2", source="def f(a, b):\n    return [a, b]\n"),
    _bad("keys only", "assert set(f(1, 2)) == {'sum'}", source="def f(a, b):\n    return {'sum': a - b}\n"),
    _bad("length of a text", "assert len(f(1, 2)) == 3", source="def f(a, b):\n    return 'abc'\n"),
    _bad("is a bool", "assert f(1, 2) in (True, False)", source="def f(a, b):\n    return True\n"),
    _bad("any exception or none", "try: f('x', 1)\n    except TypeError: pass", source=RIGHT),
    _among_good("one of two asserts nothing", "f(3, 4)"),
    _among_good("one of two swallows", "try: assert f(1, 2) == 3\n    except AssertionError: pass"),
    _among_good("one of two compares with itself", "assert f(3, 4) == f(3, 4)"),
    _among_good(
        "one of two never calls", "assert 1 + 1 == 2", "test_bad never calls f, so it is no evidence"
    ),
    _among_good("one of two looks at the docs", "assert callable(f)", "test_bad never calls f"),
    Case(
        "some parameters are ignored",
        RIGHT,
        T + "@pytest.mark.parametrize('z', [3, None])\ndef test_bad(z):\n    r = f(1, 2)\n"
        "    assert z is None or r == z\n",
        "test_bad[None] passes whatever f does",
    ),
    Case(
        "fails where hypothesis does not shrink, as in a control",
        WRONG,
        f"{T}from hypothesis import Phase, settings\n"
        "def test_bad():\n    f(1, 2)\n    assert Phase.shrink in settings.default.phases\n",
        "test_bad",
    ),
    Case(
        "fails where it may run less long, as in a control",
        WRONG,
        f"{T}import resource\n"
        "def test_bad():\n    f(1, 2)\n    assert resource.getrlimit(resource.RLIMIT_CPU)[0] > 30\n",
        ALL_PASS,
    ),
    Case("not called", WRONG, T + "def test_bad(): assert True\n", "no test calls f"),
    Case(
        "called while loading", WRONG, T + "X = f(1, 2)\ndef test_bad(): assert X == -1\n", "no test calls f"
    ),
    Case(
        "patched pytest",
        WRONG,
        T + "import _pytest.python as p\nrun = p.Function.runtest\ndef runtest(self):\n"
        "    try: run(self)\n    except AssertionError: pass\np.Function.runtest = runtest\n"
        "def test_bad(): assert f(1, 2) == 3\n",
        ALL_PASS,
    ),
    Case(
        "patched reports",
        WRONG,
        T + "import _pytest.reports as r\nold = r.TestReport.from_item_and_call.__func__\n"
        "def new(cls, item, call):\n    call.excinfo = None\n    return old(cls, item, call)\n"
        "r.TestReport.from_item_and_call = classmethod(new)\ndef test_bad(): assert f(1, 2) == 3\n",
        ALL_PASS,
    ),
    Case(
        "forged records",
        WRONG,
        FORGE + T + "def test_bad():\n    f(1, 2)\n    forge('test_bad')\n",
        "",
    )._replace(why="the test process sent records that pytest does not send"),
    Case(
        "a fixture that hides failures",
        WRONG,
        T + "@pytest.fixture\ndef r():\n    try: assert f(1, 2) == 3\n    except AssertionError: pass\n"
        "def test_bad(r): assert r is None\n",
        ALL_PASS,
    ),
    Case(
        "save that does nothing",
        NO_SAVE,
        T + "def test_bad(): assert f('a', 'x') is None\n",
        "f returned None in every",
    ),
    Case("save, not looked at", SAVE, T + "def test_bad(): assert f('a', 'x') is None\n", FILES + " (a)"),
    Case(
        "save, the file was there before",
        SAVE,
        T + "def test_bad(tmp_path):\n    p = tmp_path / 'a'\n    p.write_text('old')\n"
        "    f(str(p), 'x')\n    assert p.exists()\n",
        FILES + " (a)",
    ),
    Case(
        "save, the test writes it itself",
        SAVE,
        T + "def test_bad(tmp_path):\n    p = tmp_path / 'a'\n    f(str(p), 'x')\n"
        "    p.write_text('x')\n    assert p.read_text() == 'x'\n",
        FILES,
    ),
    Case(
        "copy, only its answer is looked at",
        COPY,
        T + "def test_bad(tmp_path):\n    p = tmp_path / 'a'\n    p.write_text('x')\n"
        "    assert f(str(p)) == str(p) + '.bak'\n",
        FILES + " (a.bak)",
    ),
    Case(
        "save that declares to write and does nothing",
        NO_SAVE,
        T + "def test_bad(): assert f('a', 'x') is None\n",
        "f returned None in every call, changed no file that its tests could see and raised nothing: no test "
        "can tell it from a function that does nothing; test_bad could give it a path below tmp_path",
        policy=WRITES,
    ),
    Case(
        "save that declares nothing and does nothing",
        NO_SAVE,
        T + "def test_bad(): assert f('a', 'x') is None\n",
        "f returned None in every call",
        policy=NOTHING,
    ),
    Case(
        "save that says it is done, and does nothing",
        "def f(path, text): return len(text)\n",
        T + GOOD_SAVE + "def test_bad(): assert f('a', 'xyz') == 3\n",
        "f may write files, but no test has it change one: test_good, test_bad could give it a path below "
        "tmp_path and, after the call, compare",
        policy=WRITES,
    ),
    Case(
        "declares to write, and only its answer and its exception are looked at",
        SAVE + "    return len(text)\n",
        T + "def test_answer(): assert f('a', 'xyz') == 3\n"
        "def test_error():\n    with pytest.raises(FileNotFoundError): f('none/a', 'x')\n",
        FILES + " (a): after the call, test_answer could compare",
        policy=WRITES,
    ),
    Case(
        "sends and writes, and only the file is looked at",
        FETCH,
        T + "def test_bad(httpserver, tmp_path):\n"
        "    httpserver.expect_request('/x').respond_with_data('served')\n"
        "    f(httpserver.url_for('/x'), str(tmp_path / 'a'))\n"
        "    assert (tmp_path / 'a').read_text() == 'served'\n",
        "no test notices when f sends no request: after the call, test_bad could check what the server",
        policy=replace(LOOPBACK, effects=("write", "network")),
    ),
    Case(
        "sends and writes, and only the request is looked at",
        FETCH,
        T + "def test_bad(httpserver, tmp_path):\n"
        "    httpserver.expect_request('/x').respond_with_data('served')\n"
        "    f(httpserver.url_for('/x'), str(tmp_path / 'a'))\n    assert len(httpserver.log) == 1\n",
        FILES + " (a): after the call, test_bad could compare",
        policy=replace(LOOPBACK, effects=("write", "network")),
    ),
    Case(
        "only a wrong signature is tested",
        NO_SAVE,
        T + "def test_bad():\n    with pytest.raises(TypeError): f()\n    assert f('a', 'x') is None\n",
        "f returned None in every",
    ),
    Case(
        "may write, and never does",
        "def f(path): return open(path).read()\n",
        T + "def test_bad(tmp_path):\n    (tmp_path / 'a').write_text('x')\n"
        "    assert f(str(tmp_path / 'a')) == 'x'\n",
        "f may write files, but no test has it change one",
        policy=replace(POLICY, write=("/usr/share",)),
    ),
    Case(
        "post, only its answer is looked at",
        POST,
        T + "def test_bad(httpserver):\n    httpserver.expect_request('/x').respond_with_data('ok')\n"
        "    assert f(httpserver.url_for('/x'), 'hello') == 200\n",
        "no test notices when f sends no request",
        policy=LOOPBACK,
    ),
    Case(
        "get with a canned answer",
        "def f(url): return 'served'\n",
        T + "def test_bad(httpserver):\n    httpserver.expect_request('/x').respond_with_data('served')\n"
        "    assert f(httpserver.url_for('/x')) == 'served'\n",
        "no test notices when f sends no request",
        policy=LOOPBACK,
    ),
    Case(
        "a property that always holds",
        WRONG,
        T + "from hypothesis import given, strategies as st\n@given(st.integers(), st.integers())\n"
        "def test_bad(a, b): assert f(a, b) == f(a, b)\n",
        ALL_PASS,
    ),
    Case(
        "unittest that asserts nothing",
        WRONG,
        T + "import unittest\nclass TestF(unittest.TestCase):\n"
        "    def test_bad(self): self.assertIsNotNone(f(1, 2))\n",
        ALL_PASS,
    ),
]
