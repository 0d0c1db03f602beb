"""What honest tests may use in the judge, and what a verdict tells."""

import importlib.util
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from toolwright.sandbox.process import ProcessSandbox
from toolwright.types import Example, Limits, Policy

BOX = ProcessSandbox(judge_wall_s=30)
POLICY = Policy(limits=Limits(wall_s=30, cpu_s=5))


def verify(source, tests, function="f", *, examples=(), policy=POLICY):
    """One verification of dedented texts."""
    return BOX.verify(
        textwrap.dedent(source), textwrap.dedent(tests), policy, function=function, examples=examples
    )


def assert_passes(source, tests, function="f", policy=POLICY):
    """Return the verdict, which must be good."""
    verdict = verify(source, tests, function, policy=policy)
    assert (verdict.passed, verdict.why) == (True, ""), verdict.tests
    assert verdict.level == BOX.level
    return verdict


def test_calls_are_recorded_by_argument_name():
    """Positional arguments get their names from the signature; test names hold their parameters."""
    verdict = assert_passes(
        "def f(a, b=2, *, c=3):\n    return a + b + c\n",
        """\
        import pytest
        import tools
        from tools import f

        def test_position(): assert f(1, 5) == 9
        class TestKeywords:
            def test_mixed(self): assert tools.f(1, c=4) == 7
        @pytest.mark.parametrize("a", [1, 2])
        def test_many(a): assert f(a=a) == a + 5
        """,
    )
    assert [dict(call.arguments) for call in verdict.calls] == [
        {"a": 1, "b": 5},
        {"a": 1, "c": 4},
        {"a": 1},
        {"a": 2},
    ]
    assert [call.result.value for call in verdict.calls] == [9, 7, 6, 7]
    assert [test.name for test in verdict.tests] == [
        "test_position",
        "TestKeywords::test_mixed",
        "test_many[1]",
        "test_many[2]",
    ]
    assert {(test.outcome, test.message) for test in verdict.tests} == {("passed", "")}


def test_exceptions_arrive_as_what_they_are():
    """Builtin ones with their arguments, those of the standard library, and the tool's own classes."""
    assert_passes(
        """\
        import json

        class Bad(ValueError):
            pass

        class Worse(Bad):
            def __init__(self, code, text):
                super().__init__(f"{code}: {text}")

        class Odd(json.JSONDecodeError):
            pass

        def f(kind):
            if kind == "value": raise ValueError("no good")
            if kind == "key": return {}["x"]
            if kind == "file": return open("absent")
            if kind == "json": return json.loads("{")
            if kind == "unicode": return b"\\xff".decode()
            if kind == "own": raise Bad("row 3")
            if kind == "worse": raise Worse(4, "much")
            if kind == "odd": raise Odd("msg", "doc", 0)
            if kind == "private":
                class Hidden(LookupError): pass
                raise Hidden("deep")
            return kind
        """,
        """\
        import json
        import pytest
        import tools
        from tools import Bad, Worse, f

        def test_builtin():
            with pytest.raises(ValueError, match="^no good$"): f("value")
            with pytest.raises(KeyError) as caught: f("key")
            assert caught.value.args == ("x",)
            with pytest.raises(FileNotFoundError, match="absent") as caught: f("file")
            assert (caught.value.errno, caught.value.filename) == (2, "absent")
            with pytest.raises(TypeError, match="unexpected keyword"): f(other=1)
            with pytest.raises(TypeError, match="missing 1 required"): f()

        def test_standard_library():
            with pytest.raises(json.JSONDecodeError, match="Expecting property name"): f("json")
            with pytest.raises(UnicodeDecodeError, match="invalid start byte"): f("unicode")

        def test_own_classes():
            with pytest.raises(Bad, match="row 3"): f("own")
            with pytest.raises(Worse) as caught: f("worse")
            assert str(caught.value) == "4: much" and isinstance(caught.value, Bad)
            with pytest.raises(tools.Odd): f("odd")
            with pytest.raises(LookupError, match="deep"): f("private")
        """,
    )


def test_the_tools_end_is_an_exception_of_its_own():
    """A crash, a limit and a value that is not JSON fail a test, unless it expects just that."""
    verdict = verify(
        "import os\ndef f(kind):\n    return (1,) if kind else os._exit(1)\n",
        """\
        import pytest
        from tools import ToolCrashed, f
        def test_a():
            with pytest.raises(ToolCrashed, match="exit status 1"): f(False)
            with pytest.raises(RuntimeError, match="a tuple"): f(True)
        def test_b(): f(True)
        """,
    )
    assert [test.outcome for test in verdict.tests] == ["passed", "failed"]
    assert verdict.why == "test_b failed: tools.ToolCrashed: returned a tuple; tools return JSON values"


def test_fixtures_of_pytest_work_and_files_are_shared():
    """tmp_path, monkeypatch, capsys and own fixtures; tool and test see the same files at the same path."""
    assert_passes(
        """\
        def f(path):
            with open(path) as file:
                text = file.read()
            with open(path + ".out", "w") as file:
                file.write(text.upper())
            return len(text)
        """,
        """\
        import os
        from pathlib import Path
        import pytest
        from tools import f

        @pytest.fixture
        def text(): return "abc"

        def test_tmp_path(tmp_path, text):
            (tmp_path / "a").write_text(text)
            assert f(str(tmp_path / "a")) == 3
            assert (tmp_path / "a.out").read_text() == "ABC"

        def test_relative(text):
            Path("a").write_text(text)
            assert f("a") == 3
            assert sorted(os.listdir()) == ["a", "a.out"]

        def test_each_test_starts_in_an_empty_folder():
            assert os.listdir() == []
            with pytest.raises(FileNotFoundError): f("a")

        def test_changed_folder(tmp_path, monkeypatch, capsys):
            monkeypatch.chdir(tmp_path)
            Path("b").write_text("xy")
            assert f("b") == 2
            print("hello")
            assert capsys.readouterr().out == "hello\\n"
            assert (tmp_path / "b.out").read_text() == "XY"
        """,
    )


def test_approximate_and_nested_answers_compare():
    """pytest.approx and deep comparisons work on what the tool answers."""
    assert_passes(
        "def f(a):\n    return {'ratio': a / 3, 'rows': [{'n': a}]}\n",
        """\
        import pytest
        from tools import f
        def test_a():
            assert f(1)["ratio"] == pytest.approx(0.3333333, rel=1e-5)
            assert f(1)["rows"] == [{"n": 1}]
        """,
    )


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("hypothesis") is None, reason="hypothesis is not installed")
def test_hypothesis_runs_few_and_always_the_same_examples():
    """Property tests work, bounded in number whatever they ask for."""
    tests = """\
        import os
        from pathlib import Path
        from hypothesis import given, settings, strategies as st
        from hypothesis.internal import charmap
        from tools import f
        FILES = list(Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]).rglob("*.gz"))
        LOADED = charmap._charmap is not None
        def test_the_tables_are_made_already():
            assert f(1, "x") == "x" and (LOADED or len(FILES) >= 2)
        @settings(max_examples=5000)
        @given(st.integers(0, 9), st.text(max_size=3))
        def test_a(n, text): assert f(n, text) == text * n
        """
    source = "def f(n, text):\n    return text * n\n"
    first, second = assert_passes(source, tests), assert_passes(source, tests)
    assert 5 <= len(first.calls) <= 1 + 25
    assert [call.arguments for call in first.calls] == [call.arguments for call in second.calls]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("hypothesis") is None, reason="hypothesis is not installed")
def test_a_tool_cannot_order_hypothesis_to_drop_an_example():
    """An exception class of the test tooling is not raised as itself in the judge."""
    verdict = verify(
        """\
        def f(n):
            if n > 2:
                import hypothesis.errors
                raise hypothesis.errors.UnsatisfiedAssumption()
            return n
        """,
        """\
        from hypothesis import given, strategies as st
        from tools import f
        @given(st.integers(0, 9))
        def test_a(n): assert f(n) == n
        """,
        policy=replace(POLICY, packages=("hypothesis",)),
    )
    assert not verdict.passed


@pytest.mark.skipif(
    importlib.util.find_spec("pytest_httpserver") is None, reason="pytest-httpserver is not installed"
)
@pytest.mark.only("process", "full")  # at landlock there is no network to share
def test_a_test_can_serve_the_tool_on_loopback():
    """The tool gets the address as a parameter and reaches the test's own server."""
    assert_passes(
        """\
        def f(url):
            import urllib.request
            with urllib.request.urlopen(url) as answer:
                return answer.read().decode()
        """,
        """\
        from tools import f
        def test_a(httpserver):
            httpserver.expect_request("/x").respond_with_data("served")
            assert f(httpserver.url_for("/x")) == "served"
            assert len(httpserver.log) == 1
        """,
        policy=replace(POLICY, network=("loopback",)),
    )


def test_unittest_classes_are_tests_too():
    """Models like them; they are collected and must pass."""
    verdict = assert_passes(
        "def f(a):\n    return a\n",
        """\
        import unittest
        from tools import f
        class FTest(unittest.TestCase):
            def test_a(self): self.assertEqual(f(1), 1)
        """,
    )
    assert [test.name for test in verdict.tests] == ["FTest::test_a"]


def test_arguments_that_are_not_json_name_argument_and_line():
    """The author of the tests learns where and what."""
    said = [
        verify(
            "def f(rows):\n    return 1\n",
            f"from tools import f\n\ndef test_a():\n    assert f({rows}) == 1\n",
        ).why.removeprefix("test_a failed: TypeError: line 4: argument `rows` of f ")
        for rows in ("[[1], (2, 3)]", "{1}", "{'a': {2}}")
    ]
    assert said == [
        "holds a tuple at rows[1], which is not JSON",
        "is a set, which is not JSON",
        "holds a set at rows.a, which is not JSON",
    ]


def test_the_failure_shows_the_assertion_with_its_values_and_the_tools_traceback():
    """That is what the author of the function gets back."""
    verdict = verify(
        "def f(a):\n    if a:\n        raise ValueError('no')\n    return {'n': 1, 'm': [1]}\n",
        """\
        from tools import f
        def test_values(): assert f(0) == {"n": 1, "m": [2]}
        def test_raises(): f(1)
        """,
    )
    assert verdict.why.startswith(
        "test_values failed: AssertionError: assert {'n': 1, 'm': [1]} == {'n': 1, 'm': [2]}"
    )
    values, raises = verdict.tests
    assert "{'m': [1]} != {'m': [2]}" in values.message
    assert "test_tool.py:2: in test_values" in values.message
    assert "/tmp/" not in values.message
    assert "f(a=1) in tools.py:\nTraceback" in raises.message
    assert "File \"tools.py\", line 3, in f\n    raise ValueError('no')" in raises.message


def test_messages_are_bounded():
    """A failure of megabytes does not travel."""
    verdict = verify(
        "def f():\n    return 'x' * 10**6\n", "from tools import f\ndef test_a(): assert f() == 'y' * 10**6\n"
    )
    assert len(verdict.tests[0].message) < 4000
    assert len(verdict.why) < 400


def test_examples_are_compared_here_and_their_answers_stay_here():
    """Tests that agree with a wrong tool do not help it; the reason does not give the answer away."""
    tests = "from tools import f\ndef test_a(): assert f(2) == 4\n"
    good = verify(
        "def f(a): return a * 2\n", tests, examples=[Example("f", {"a": 0.1}, 0.2), Example("f", {"a": 3}, 6)]
    )
    assert (good.passed, good.why, len(good.calls)) == (True, "", 1)
    bad = verify("def f(a): return a ** 2\n", tests, examples=[Example("f", {"a": 7}, 14)])
    assert not bad.passed
    assert bad.why == "an example that was given does not hold: f(a=7) returned 49"
    boom = verify("def f(a): return 8 // (4 - a)\n", tests, examples=[Example("f", {"a": 4}, 8)])
    zero = "integer division or modulo by zero"
    assert boom.why == f"an example that was given does not hold: f(a=4) raised ZeroDivisionError: {zero}"


def test_state_does_not_last_between_calls():
    """Each call is a process of its own, in verification as in production."""
    assert_passes(
        "n = 0\ndef f():\n    global n\n    n += 1\n    return n\n",
        "from tools import f\ndef test_a():\n    assert f() == 1\n    assert f() == 1\n",
    )


def test_tests_see_only_functions_and_exceptions_of_tools():
    """Constants are no part of the contract, and the error says so."""
    verdict = verify(
        "X = 1\ndef f(): return 1\n", "import tools\ndef test_a(): assert tools.f() == tools.X\n"
    )
    assert "tools offers tests its functions and exception classes; X is neither" in verdict.why


def test_the_judge_sees_nothing_of_the_parents_environment(monkeypatch):
    """Tests are written by a model too."""
    monkeypatch.setenv("TOGETHER_API_KEY", "planted-secret-value")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    verdict = assert_passes(
        "def f(): return 1\n",
        """\
        import os
        from tools import f
        def test_a(): assert f() == 1 and "TOGETHER_API_KEY" not in os.environ
        """,
    )
    assert len(verdict.tests) == 1


def test_verifications_leave_nothing_and_run_side_by_side(tmp_path, monkeypatch):
    """Four at once, good and bad ones; no descriptor and no folder is left."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bodies = ["return a", "return a + 1", "raise KeyError", "import os; os._exit(1)"]
    tests = "from tools import f\ndef test_a(): assert f(1) == 1\n"
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda body: verify(f"def f(a):\n    {body}\n", tests), bodies))
    assert [verdict.passed for verdict in verdicts] == [True, False, False, False]
    assert list(tmp_path.iterdir()) == []
    if sys.platform == "linux":
        assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.only("process")
def test_the_parent_of_a_judge_does_not_load_pytest():
    """Only the judge needs it; the program stays light."""
    code = (
        "import sys; from toolwright.sandbox.process import ProcessSandbox\n"
        "from toolwright.types import Policy\n"
        "tests = 'from tools import f\\ndef test_a(): assert f() == 1'\n"
        "assert ProcessSandbox().verify('def f(): return 1', tests, Policy(), function='f').passed\n"
        "print('pytest' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
