"""`--execute-tool`: one JSON line on stdout whatever happens, and an exit code that says the same."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command_line import AGENT, ROOT, Ended, ended, environment, processes_with, run, start, until

TOOLS = '''
import sys


def echo(value: str, times: int = 1) -> str:
    """Say it again."""
    print("printed")
    print("whispered", file=sys.stderr)
    return value * times


def fail(why: str) -> str:
    """Fail."""
    raise LookupError(why)


def sleep(seconds: float) -> str:
    """Sleep."""
    import time

    time.sleep(seconds)
    return "slept"


def wrong(kind: str) -> list[int]:
    """Return what is not JSON."""
    return {"set": {1}, "nan": [float("nan")], "surrogate": ["\\ud800"]}[kind]


def leave() -> str:
    """End the process."""
    import os

    os._exit(3)


def größe(länge: int) -> int:
    """Measure."""
    return länge


def sums(values: list[float], weights: dict[str, float] | None = None) -> float:
    """Add."""
    return sum(values)


def hang() -> str:
    """Hang, with a child that hangs as well.

    Permissions:
        write, execute
    """
    import subprocess

    child = subprocess.Popen(["sleep", "31.4159"])
    open("hanging", "w").close()
    child.wait()
    return "never"


async def later(n: int) -> int:
    """Wait."""
    return n


def untyped(n):
    return n
'''


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a tool for every way a call may end."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "tools.py").write_text(TOOLS, encoding="utf-8")
    return folder


def call(library: Path, *words: str | bytes, stdin: bytes | None = None, **env: str) -> Ended:
    """Call a tool of the library."""
    return run("--execute-tool", *words, cwd=library, stdin=stdin, env=environment(**env))


def test_an_answer_is_one_line_of_json_and_prints_go_to_stderr(library: Path) -> None:
    """Stdout is the answer and nothing else; what the tool prints is still to be seen."""
    done = call(library, "echo", '{"value": "hä", "times": 2}')
    assert done.code == 0
    assert done.json == {"status": "success", "output": "hähä"}
    assert done.err == "printed\nwhispered\n"


def test_what_a_tool_raises_shows_where_on_stderr(library: Path) -> None:
    """Stdout says what was raised, stderr the line of tools.py that raised it."""
    ended = call(library, "fail", '{"why": "no row 7"}')
    lines = (library / "tools.py").read_text(encoding="utf-8").split("\n")
    number = next(at for at, line in enumerate(lines, 1) if "raise LookupError" in line)
    assert f'File "tools.py", line {number}, in fail\n    {lines[number - 1].strip()}\n' in ended.err
    assert ended.json["error"] == "LookupError: no row 7"


FAILING: list[tuple[list[str | bytes], str, list[str]]] = [
    (["ech", "{}"], "unknown_tool", ["'ech'", "echo"]),
    (["", "{}"], "unknown_tool", ["''"]),
    (["later", "{}"], "not_offered", ["later", "async"]),
    (["untyped", '{"n": 1}'], "not_offered", ["untyped", "`n` has no type"]),
    (["echo", '{"value":\n  oops}'], "bad_json", ["line 2, column 3"]),
    (["sums", '{"values": [NaN]}'], "bad_json", ["NaN"]),
    (["sums", '{"values": [1e999]}'], "bad_json", ["values[0]"]),
    (["echo", '{"value": "a", "value": "b"}'], "bad_json", ["'value'", "twice"]),
    (["echo", '{"value": "\\ud800"}'], "bad_json", ["value", "surrogate"]),
    (["echo", b'{"value": "\xff"}'], "bad_json", ["value"]),
    (["echo", "[1]"], "not_an_object", ["[1]"]),
    (["echo", "-5"], "not_an_object", ["-5"]),
    (["echo"], "missing_argument", ["'value'", "echo(value: str, times: int=1) -> str"]),
    (["echo", '{"value": "a", "time": 1}'], "unknown_argument", ["'time'", "times: int"]),
    (["echo", '{"value": 3}'], "mistyped_argument", ["value", "a string", "3"]),
    (["sums", '{"values": [1, "x"]}'], "mistyped_argument", ["values[1]", "a number", '"x"']),
    (["sums", '{"values": [], "weights": {"a": null}}'], "mistyped_argument", ["weights.a"]),
    (["fail", '{"why": "no row 7"}'], "exception", ["LookupError: no row 7"]),
    (["sleep", '{"seconds": 30}', "--timeout", "0.3"], "timeout", ["0.3 s"]),
    (["wrong", '{"kind": "set"}'], "not_json", ["set"]),
    (["wrong", '{"kind": "nan"}'], "not_json", ["nan"]),
    (["wrong", '{"kind": "surrogate"}'], "not_json", ["surrogate"]),
    (["leave"], "crashed", ["exit status 3"]),
]
"""Calls that fail, their kind, and what the error must name."""


@pytest.fixture(scope="module")
def failures(library: Path) -> list[Ended]:
    """How each call of the table ended; two run at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda row: call(library, *row[0]), FAILING))


@pytest.mark.parametrize("row", range(len(FAILING)), ids=[f"{row[1]}-{row[0][0]!r}" for row in FAILING])
def test_every_failure_has_its_kind_and_names_what_is_wrong(failures: list[Ended], row: int) -> None:
    """A call that fails says how in one line of JSON, with the user's own text in it, and exits with 1."""
    _, kind, parts = FAILING[row]
    failed, said = failures[row], failures[row].json
    assert (failed.code, said["status"], said["kind"]) == (1, "error", kind)
    assert set(said) == {"status", "error", "kind"}
    assert all(part in said["error"] for part in parts), said
    assert "Traceback" not in failed.err or kind == "exception"  # then it is the tool's own


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "needs the name of a tool"),
        (["echo", "{}", "more"], "'more'"),
        (["echo", "{}", "--librery", "x"], "'--librery'"),
        (["echo", "{}", "--library"], "--library"),
        (["echo", "{}", "--timeout", "abc"], "'abc'"),
        (["echo", "{}", "--timeout", "nan"], "'nan'"),
    ],
)
def test_wrong_options_are_usage_errors_in_json(library: Path, words: list[str], part: str) -> None:
    """A command line that is wrong exits with 2, and stdout is JSON all the same."""
    refused = call(library, *words)
    assert (refused.code, refused.json["kind"]) == (2, "usage")
    assert part in refused.json["error"]


@pytest.mark.parametrize(
    "words",
    [
        ["--library", "{0}", "--timeout=5", "--execute-tool", "größe", '{"länge": 3}'],
        ["--execute-tool", "--library={0}", "größe", "--timeout", "5", '{"länge": 3}'],
        ["--execute-tool", "größe", '{"länge": 3}', "--json", "-q", "--library", "{0}"],
    ],
)
def test_options_may_stand_anywhere(library: Path, tmp_path: Path, words: list[str]) -> None:
    """Options before, between and after the operands mean the same; so do flags that change nothing here."""
    words = [word.replace("{0}", str(library)) for word in words]
    assert run(*words, cwd=tmp_path).json == {"status": "success", "output": 3}


def test_settings_of_the_environment_count(library: Path, tmp_path: Path) -> None:
    """The library and the time limit may come from the environment or .env; a flag wins over both."""
    (tmp_path / ".env").write_text("TOOLWRIGHT_STEP_TIMEOUT_S=0.3\n")
    words = ("--execute-tool", "sleep", '{"seconds": 0.6}')
    env = environment(TOOLWRIGHT_LIBRARY=str(library))
    assert run(*words, cwd=tmp_path, env=env).json["kind"] == "timeout"
    assert run(*words, "--timeout", "20", cwd=tmp_path, env=env).json["output"] == "slept"


def test_a_dash_reads_the_arguments_from_stdin(library: Path) -> None:
    """Two megabytes arrive whole; a byte order mark does no harm."""
    text = "x" * 2_000_000
    done = call(library, "echo", "-", stdin=b"\xef\xbb\xbf" + json.dumps({"value": text}).encode())
    assert done.code == 0
    assert done.json["output"] == text


@pytest.mark.parametrize(
    ("stdin", "part"),
    [(b"", "line 1, column 1"), (b'{"value": "\xff"}', "not UTF-8: byte 12"), (b"[" * 100_000, "too deeply")],
)
def test_what_comes_from_stdin_may_be_anything(library: Path, stdin: bytes, part: str) -> None:
    """Nothing, bytes that are no text and endless nesting are refused as JSON that does not parse."""
    refused = call(library, "echo", "-", stdin=stdin)
    assert (refused.code, refused.json["kind"]) == (1, "bad_json")
    assert part in refused.json["error"]


def test_closed_and_full_streams_end_in_an_exit_code(library: Path) -> None:
    """Where nobody can get the answer the exit code says so; closed streams are never taken for files."""
    program = f"{sys.executable} {AGENT} --execute-tool echo"
    arguments = '\'{"value": "a"}\''
    before = (library / "tools.py").read_bytes()
    script = f"""
        {program} {arguments} >&- 2>err1; echo $?; tail -n 1 err1
        {program} {arguments} >/dev/full 2>err2; echo $?; tail -n 1 err2
        {program} {arguments} 2>&-; echo $?
        {program} - <&-; echo $?
        {program} {arguments} <&- >&- 2>&-; echo $?
        {program} {arguments} 2>err3 | true; cat err3
    """
    shell = subprocess.run(
        ["sh", "-c", script],
        cwd=library,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    error = "error: the result could not be written to the standard output: "
    empty = "the arguments are not JSON: Expecting value at line 1, column 1"
    assert shell.stdout.splitlines() == [
        *("1", f"{error}Bad file descriptor"),
        *("1", f"{error}No space left on device"),
        *('{"status": "success", "output": "a"}', "0"),
        *(json.dumps({"status": "error", "error": empty, "kind": "bad_json"}), "1"),
        "1",
        *("printed", "whispered"),
    ]
    assert shell.stderr == ""
    assert (library / "tools.py").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "kind", "parts"),
    [
        (None, "library", ["tools.py does not exist"]),
        (b"def broken(:\n", "library_syntax", ["tools.py, line 1"]),
        (b"X = 1\nY = '\xff'\n", "library", ["tools.py, line 2", "UTF-8"]),
        ("folder", "library", ["tools.py is a directory"]),
        ("pipe", "library", ["tools.py is not a regular file"]),
        ("loop", "library", ["tools.py cannot be read"]),
    ],
)
def test_a_library_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | str | None, kind: str, parts: list[str]
) -> None:
    """A tools.py that is missing, broken, not UTF-8 or no file is said with its path, and never touched."""
    path = tmp_path / "tools.py"
    match content:
        case bytes():
            path.write_bytes(content)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
    refused = run("--execute-tool", "echo", cwd=tmp_path)
    assert (refused.code, refused.json["kind"]) == (1, kind)
    assert all(part in refused.json["error"] for part in parts), refused
    assert [entry.name for entry in tmp_path.iterdir()] == ([] if content is None else ["tools.py"])


def test_ctrl_c_ends_a_call_with_one_line(library: Path, tmp_path: Path) -> None:
    """An interrupted call exits with 130, stdout is still one line of JSON, and the tool is gone."""
    words = ["--execute-tool", "hang", "{}", "--library", str(library), "--allow", "execute"]
    with start(*words, cwd=tmp_path) as process:
        until((tmp_path / "hanging").exists)
        process.send_signal(signal.SIGINT)
        stopped = ended(process)
    assert stopped.code == 130
    assert stopped.json == {"status": "error", "error": "interrupted", "kind": "interrupted"}
    assert not processes_with("31.4159")


def test_a_call_loads_no_heavy_package() -> None:
    """Neither SDK, LibCST, pytest, rich, pydantic nor a database are loaded on the way to a single tool."""
    done = run("--execute-tool", "health_check", cwd=ROOT, python=("-X", "importtime"))
    assert done.json["status"] == "success"
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines()}
    assert "toolwright" in loaded
    heavy = {"together", "httpx", "libcst", "pytest", "rich", "pydantic", "sqlite3", "filelock", "requests"}
    heavy |= {"sqlalchemy", "alembic", "bandit", "yaml"}
    assert not loaded & (heavy | {"argparse", "asyncio", "unittest"})
    assert not loaded & {"dataclasses", "inspect", "dis", "tokenize"}, "records come from toolwright.records"
