"""What a shell offers at Tab: from the tables of the help, in real shells, quickly, and silent on errors."""

import os
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import AGENT, ROOT, environment, run
from pexpect import spawn

from toolwright.cli import completing
from toolwright.cli.arguments import parse_arguments
from toolwright.cli.commands import COMMANDS, usages
from toolwright.cli.completing import FILES, FOLDERS, suggestions
from toolwright.cli.completion import SHELLS
from toolwright.cli.tool_table import SUBCOMMANDS
from toolwright.permissions.allowed import read_allowed
from toolwright.settings import load

GROWING = '''def größe(länge: int, number: int = 0) -> int:
    """Grow.

    Args:
        number: How many µ.
    """
    return number
'''
STARTER = ["health_check", "list_dir", "read_file"]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is that of the checkout."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("", list(COMMANDS)),
        ("tools ", list(SUBCOMMANDS)),
        ("tools show ", STARTER),
        ("tools install ", [FILES]),
        ("verify read_file ", STARTER),
        ("why ", STARTER),
        ("call ", STARTER),
        ("--quiet call ", STARTER),
        ("--execute-tool ", STARTER),
        ("completion ", list(SHELLS)),
        ("models ", ["pull"]),
        ("packages ", ["add", "remove", "install"]),
        ("approvals ", ["revoke", "trust"]),
        ("batch ", [FILES]),
        ("retry ", ["last"]),
        ("replay ", ["last"]),
        ("history ", ["last"]),
        ("config ", []),
        ("call --library ", [FOLDERS]),
        ("--replay ", [FILES]),
        ("--attempts ", []),
        (
            "--model-for ",
            [f"{r}=" for r in ("decompose", "classify", "contract", "generate", "bind", "judge")],
        ),
        ("call read_file --path ", [FILES]),
        ("call read_file ", ["--path", "--max-lines", "--no-max-lines", "--help"]),
        ("count the ", [FILES]),
        ("-- tools ", []),
    ],
)
def test_what_may_follow(line: str, offered: list[str]) -> None:
    """Commands, subcommands, tools, parameters, values and places of files, each where it may stand."""
    assert list(suggestions(line.split(" "))) == offered


def test_flags_are_those_of_the_help() -> None:
    """Every flag of the help is offered with its words; a command's own first; `call` gets its own."""
    helped = run("--help", cwd=ROOT).out
    every = suggestions(["--"])
    assert {
        word for word in every if f"{word} " in helped or f"{word}\n" in helped or f"{word}," in helped
    } == set(every)
    assert "how long one step may run" in every["--timeout"]
    assert list(suggestions(["check", "--"]))[:3] == ["--jobs", "--quick", "--format"]
    assert list(suggestions(["call", "--"])) == [*completing.OF_A_CALL]


def test_offered_values_are_taken() -> None:
    """What is offered for a flag is what the program accepts for it."""
    for flag, values in completing.ANSWERS.items():
        for value in values:
            typed = parse_arguments([flag, value], usages(), "0")
            assert value in {
                typed.report_format,
                typed.sort,
                typed.permission,
                *map(str, typed.overrides.values()),
            } or (typed.overrides["allow"] == [value])
    for level in completing.ANSWERS["--sandbox-minimum"]:
        assert load({"sandbox_minimum": level}).sandbox_minimum == level
    for grant in completing.ANSWERS["--allow"]:
        ends = {"network:": "example.org", "read:": ".", "write:": "."}
        assert read_allowed([grant + ends.get(grant, "")], ROOT)


def test_names_are_offered_as_they_are(tmp_path: Path) -> None:
    """Letters of any alphabet, of a tool and of a parameter; what stdout cannot carry is left out."""
    (tmp_path / "tools.py").write_text(GROWING, encoding="utf-8")
    assert run("--complete", "why", "", cwd=tmp_path).out == "größe\n"
    assert "--länge\t" in run("--complete", "call", "größe", "--", cwd=tmp_path).out
    ascii_only = environment(PYTHONIOENCODING="ascii")
    told = run("--complete", "call", "größe", "--", cwd=tmp_path, env=ascii_only).out
    assert told.startswith("--number\tHow many ?")
    assert "nge" not in told


def test_what_is_wrong_is_silent(tmp_path: Path) -> None:
    """No library, a broken one or a setting that is none: no word on either stream, and exit code 0."""
    (tmp_path / "tools.py").write_text("def broken(:\n")
    for env in ({}, {"TOOLWRIGHT_ATEMPTS": "1"}):
        for words in (("verify", ""), ("call", "nobody", "--")):
            done = run("--complete", *words, cwd=tmp_path, env=environment(**env))
            assert (done.code, done.out, done.err) == (0, "", "")
    assert not (tmp_path / ".toolwright").exists()


def test_it_costs_little() -> None:
    """Processor time of a press of Tab: below ten times that of bare Python; nothing heavy is loaded."""
    bare = _processor_s("-c", "pass")
    for words in (["to"], ["verify", ""], ["call", "read_file", "--"]):
        assert _processor_s(AGENT, "--complete", *words) < 10 * bare
        script = (
            "import sys; sys.argv = sys.argv[1:]\n"
            "from toolwright.cli.main import main\n"
            "assert main(sys.argv) == 0\n"
            "heavy = {'sqlalchemy', 'rich', 'together', 'httpx', 'pydantic', 'libcst'}\n"
            "sys.exit(str(heavy & set(sys.modules) or ''))"
        )
        loaded = subprocess.run(
            [sys.executable, "-c", script, "--complete", *words],
            capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip
        assert loaded.stderr.strip() == ""


def _processor_s(*words: str) -> float:
    """The least processor time of some runs, in seconds."""
    times = []
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(4):  # the first one compiles
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True, env=env)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_a_shell_that_is_none(tmp_path: Path) -> None:
    """The nearest is offered as the line to type."""
    wrong = run("completion", "fsh", cwd=tmp_path)
    assert (wrong.code, wrong.problem) == (2, "completion takes a shell, bash or zsh or fish, not 'fsh'")
    assert wrong.hint.endswith("agent.py completion fish | source")


LINES = [
    ("toolwright too", "toolwright tools "),
    ("python agent.py hist", "agent.py history "),
    ("python agent.py call read_file --max", "--max-lines "),
    ("python ./agent.py verify list_", "verify list_dir "),
    ("uv run agent.py tools sea", "tools search "),
    ("python agent.py --model openai:", "openai:gpt"),
    ("python agent.py --library toolw", "--library toolwright/"),
    ("python agent.py batch CHANGE", "CHANGELOG.md "),
    ("python pyproj", "python pyproject.toml "),
]
"""What is typed before Tab, and what stands there then."""
SETUPS = {
    "bash": (["--norc", "--noprofile", "-i"], 'PS1="> "; eval "$(python agent.py completion bash)"'),
    "zsh": (
        ["-f", "-i"],
        'PS1="> "; autoload -Uz compinit; compinit -u -D; eval "$(python agent.py completion zsh)"',
    ),
    "fish": (["--no-config", "-i"], "python agent.py completion fish | source"),
}
"""How a shell is started, and what a user has in its startup file."""


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_in_the_real_shell(shell: str, tmp_path: Path) -> None:
    """Tab completes commands, tools, parameters, models and files, however the program is started."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name, words in (("toolwright", f'"{AGENT}"'), ("python", ""), ("uv", "")):
        # `uv run X` as uv does it, without an environment of its own
        drop = 'while [ "$1" = run ]; do shift; done; ' if name == "uv" else ""
        (bin_ / name).write_text(f'#!/bin/sh\n{drop}exec "{sys.executable}" {words} "$@"\n')
        (bin_ / name).chmod(0o755)
    spaced = tmp_path / "a b"
    spaced.mkdir()
    (spaced / "tools.py").write_text(GROWING, encoding="utf-8")
    library = [
        (f"python agent.py --library {shlex.quote(str(spaced))} why gr", "why größe "),
        (f"python agent.py --library {str(spaced).replace(' ', chr(92) + ' ')} call größe --nu", "--number "),
    ]
    env = {
        **environment(),
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }
    arguments, setup = SETUPS[shell]
    child = spawn(
        shell, arguments, cwd=str(ROOT), env=env, encoding="utf-8", timeout=120, dimensions=(50, 160)
    )
    try:
        child.sendline(f"{setup}; echo ready-{'(math 1 + 1)' if shell == 'fish' else '$((1+1))'}")
        child.expect_exact("ready-2")
        for typed, wanted in [*LINES, *library]:
            child.send(f"{typed}\t")
            child.expect_exact(wanted)
            child.send("\x15")
    finally:
        child.close(force=True)
