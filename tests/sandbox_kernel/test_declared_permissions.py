"""A verification grants what the tool declares: one that needs more fails, and hears what it lacks."""

import pytest

from toolwright.permissions.verifying import verification_policy
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.syntax.reading import read_library
from toolwright.types import Verdict

WRITER = '''
def save(path: str, text: str) -> int:
    """Write a file.

    Permissions: write
    """
    with open(path, "w") as file:
        return file.write(text)
'''
WRITER_TESTS = """
from tools import save


def test_save(tmp_path):
    assert save(str(tmp_path / "a"), "xy") == 2
    assert (tmp_path / "a").read_text() == "xy"


def test_where_the_test_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert save("b", "xyz") == 3
    assert (tmp_path / "b").read_text() == "xyz"
"""
READER = '''
def load(path: str) -> str:
    """Read a file.

    Permissions: read
    """
    with open(path) as file:
        return file.read()
'''
READER_TESTS = """
from tools import load


def test_load(tmp_path):
    (tmp_path / "a").write_text("xy")
    assert load(str(tmp_path / "a")) == "xy"
"""
SCRATCH = '''
import os
import tempfile


def stage(text: str) -> str:
    """Put a text into a temporary file and return its path."""
    descriptor, path = tempfile.mkstemp()
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return path
'''
SCRATCH_TESTS = """
from pathlib import Path

from tools import stage


def test_stage():
    assert Path(stage("xy")).read_text() == "xy"
"""
RUNNER = '''
import subprocess


def run(word: str) -> str:
    """Run a program.

    Permissions: execute
    """
    return subprocess.run(["/bin/echo", word], capture_output=True, text=True, check=True).stdout
'''
RUNNER_TESTS = """
from tools import run


def test_run():
    assert run("a") == "a\\n"
"""
FETCHER = '''
import urllib.request


def fetch(base_url: str) -> str:
    """Fetch a page.

    Permissions: network
    """
    with urllib.request.urlopen(base_url, timeout=5) as answer:
        return answer.read().decode()
'''
FETCHER_TESTS = """
from tools import fetch


def test_fetch(httpserver):
    httpserver.expect_request("/a").respond_with_data("hello")
    assert fetch(httpserver.url_for("/a")) == "hello"
    assert len(httpserver.log) == 1
"""
CASES = {
    "write": (WRITER, WRITER_TESTS, "the tool may not"),
    "read": (READER, READER_TESTS, "the tool may not see files: declare read, or write under `Permissions:`"),
    "execute": (RUNNER, RUNNER_TESTS, "the tool may not start programs: declare execute"),
    "network": (FETCHER, FETCHER_TESTS, "the tool may not use the network: declare network"),
}


@pytest.fixture(scope="module")
def sandbox():
    """The strongest sandbox of this machine."""
    with ConfinedSandbox() as opened:
        if opened.level != "full":
            pytest.skip("networks and processes are granted at level full only")
        yield opened


def judged(sandbox: ConfinedSandbox, source: str, tests: str) -> Verdict:
    """The verdict on the first tool of a library, under what it declares."""
    tool = read_library(source).tools[-1]
    return sandbox.verify(source, tests, verification_policy(source, tool), function=tool.name)


@pytest.mark.parametrize("permission", CASES)
def test_what_is_declared_is_granted(sandbox, permission):
    """A tool that declares what it needs passes."""
    source, tests, _ = CASES[permission]

    verdict = judged(sandbox, source, tests)
    assert verdict.passed, (verdict.why, verdict.tests)


@pytest.mark.parametrize("permission", CASES)
def test_what_is_not_declared_is_denied(sandbox, permission):
    """Without its declaration the same tool fails, and the feedback names the permission it lacks."""
    source, tests, words = CASES[permission]

    verdict = judged(sandbox, source.replace(f"    Permissions: {permission}\n", ""), tests)
    assert not verdict.passed
    assert words in "\n".join(test.message for test in verdict.tests)


def test_reading_is_not_writing(sandbox):
    """A tool that declares `read` finds the shared folders, and cannot change them."""
    verdict = judged(sandbox, WRITER.replace("Permissions: write", "Permissions: read"), WRITER_TESTS)

    assert not verdict.passed
    assert all(
        "the tool may not write files: declare write under `Permissions:`" in test.message
        for test in verdict.tests
    )


def test_temporary_files_need_no_permission(sandbox):
    """What a tool leaves in its scratch folder, the test can read."""
    verdict = judged(sandbox, SCRATCH, SCRATCH_TESTS)

    assert verdict.passed, (verdict.why, verdict.tests)


def test_what_another_tool_declares_is_granted_too(sandbox):
    """A tool that calls a tool may do what that one declares."""
    calling = WRITER + '\n\ndef note(path: str) -> int:\n    """Note."""\n    return save(path, "n")\n'
    tests = (
        "from tools import note\n\n\ndef test_note(tmp_path):\n    assert note(str(tmp_path / 'a')) == 1\n"
        "    assert (tmp_path / 'a').read_text() == 'n'\n"
    )

    verdict = judged(sandbox, calling, tests)
    assert verdict.passed, (verdict.why, verdict.tests)
