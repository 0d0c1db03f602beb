"""The tests' own way to run the program: forked from a warm Python, it is what `python agent.py` is."""

from pathlib import Path

import pytest
from command_line import AGENT, environment, run

COLD = {"program": (AGENT,)}


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["--help"], None),
        (["tols"], None),
        (["--execute-tool", "apply_op_1", '{"number": 20}'], None),
        (["config", "--json"], None),
        ([":tools"], b""),
        (["-"], b""),
        (["--library", "no\udcffwhere", "tools"], None),
    ],
    ids=lambda value: "stdin" if isinstance(value, bytes) else "",
)
def test_it_says_what_a_new_process_says(grown: Path, words: list[str], stdin: bytes | None) -> None:
    """Exit code, stdout and stderr are the same, whatever is loaded already."""
    env = environment(HOME=str(grown), COLUMNS="100")
    warm = run(*words, cwd=grown, stdin=stdin, env=env)
    cold = run(*words, cwd=grown, stdin=stdin, env=env, **COLD)
    assert warm == cold


def test_its_processes_are_strangers_to_each_other(tmp_path: Path) -> None:
    """The environment of one are not those of the next."""
    found = []
    for attempts in ("7", None):
        said = run("config", "--json", cwd=tmp_path, env=environment(TOOLWRIGHT_ATTEMPTS=attempts))
        found.append((said.json["attempts"]["value"], said.json["attempts"]["origin"]))
    assert found[0][0] == 7
    assert found[1] == (5, "default")
