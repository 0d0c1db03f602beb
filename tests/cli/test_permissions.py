"""What tools may touch, as the user meets it: flags, questions, approvals, errors that name the flag."""

import json
from pathlib import Path

import pytest
from command_line import READY, environment, library_of, log_of, run, terminal
from granting import SOURCE, library, remember

FETCH, RUN = "Get the page", "Start the program"
QUESTION = "asks to connect to api.example.org. Allow it?"
NEWER = SOURCE.replace("return base_url + path", 'return f"{base_url}{path}"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with remembered goals."""
    place = library(tmp_path / "library")
    remember(place, FETCH, ("fetch", {"path": "/x"}))
    remember(place, RUN, ("launch", {"command": "ls"}))
    return place


def test_once_is_asked_again_and_no_ends_the_goal(folder: Path) -> None:
    """The tool is called for this run only; the next run asks, and a no is an error with the flag."""
    for _ in range(2):
        with terminal("--yes", FETCH, cwd=folder) as screen:
            screen.wait_for(QUESTION)
            screen.answer("> ", "once")
            code, said = screen.end()
        assert code == 0
        assert "fetch may use network api.example.org (for this run)" in said
        assert "https://api.example.org/x" in said
    with terminal("--yes", FETCH, cwd=folder) as screen:
        screen.wait_for(QUESTION)
        screen.answer("> ", "")
        code, said = screen.end()
    assert code == 1
    assert "error: step 1, fetch needs to connect to api.example.org, which was not allowed" in said
    assert "--allow network:api.example.org" in said
    assert not (folder / ".toolwright" / "memory.db").exists()


@pytest.mark.slow
def test_always_counts_until_it_is_revoked_or_the_tool_changes(folder: Path) -> None:
    """An approval is kept, listed and revoked; another version of the tool is asked for again."""
    with terminal(FETCH, cwd=folder) as screen:
        screen.wait_for("a always for this version of fetch")
        screen.answer("> ", "a")
        assert screen.end()[0] == 0
    with terminal(FETCH, cwd=folder) as screen:
        code, said = screen.end()
    assert code == 0
    assert "Allow it?" not in said
    assert "fetch may use network api.example.org (for this version of the tool)" in said

    (listed,) = run("approvals", "--json", cwd=folder).json["approvals"]
    assert (listed["tool"], listed["permission"], listed["detail"]) == ("fetch", "network", "api.example.org")
    assert listed["counts"]
    library(folder, NEWER)
    remember(folder, FETCH, ("fetch", {"path": "/x"}))
    assert "does not count" in run("approvals", cwd=folder).out
    with terminal(FETCH, cwd=folder) as screen:
        screen.wait_for(QUESTION)
        screen.answer("> ", "n")
        assert screen.end()[0] == 1

    library(folder)
    remember(folder, FETCH, ("fetch", {"path": "/x"}))
    revoked = run("approvals", "revoke", "fetch", cwd=folder)
    assert revoked.out == "fetch may no longer use network api.example.org unasked\n"
    with terminal(FETCH, cwd=folder) as screen:
        screen.wait_for(QUESTION)
        screen.answer("> ", "n")
        assert screen.end()[0] == 1


def test_everything_is_asked_before_the_first_step_runs(folder: Path) -> None:
    """A no to the last step's question leaves nothing done by the first."""
    goal = "Write and start"
    remember(folder, goal, ("write_text", {"path": "made.txt", "text": "x"}), ("launch", {"command": "ls"}))
    with terminal(goal, cwd=folder) as screen:
        screen.wait_for("launch asks to start programs")
        screen.answer("> ", "no")
        assert screen.end()[0] == 1
    assert "made.txt" not in library_of(folder)
    with terminal(goal, cwd=folder) as screen:
        screen.answer("> ", "o")
        assert screen.end()[0] == 0
    assert library_of(folder)["made.txt"] == b"x"


def test_an_outside_path_in_the_goal_is_asked_for(folder: Path, tmp_path: Path) -> None:
    """Exactly that file may be read then; to make a file outside, its folder may be written."""
    (tmp_path / "notes.txt").write_text("a note")
    remember(folder, "Read it", ("read_text", {"path": "../notes.txt"}))
    with terminal("Read it", cwd=folder) as screen:
        screen.wait_for(f"read_text asks to read {tmp_path}/notes.txt. Allow it?")
        screen.answer("> ", "o")
        code, said = screen.end()
    assert code == 0
    assert "a note" in said
    remember(folder, "Write it", ("write_text", {"path": f"{tmp_path}/new.txt", "text": "x"}))
    with terminal("Write it", cwd=folder) as screen:
        screen.wait_for(f"write_text asks to create {tmp_path}/new.txt in the folder {tmp_path}. Allow it?")
        screen.answer("> ", "n")
        assert screen.end()[0] == 1
    assert not (tmp_path / "new.txt").exists()


def test_without_a_terminal_a_goal_says_which_flag(folder: Path, tmp_path: Path) -> None:
    """Nothing is asked, `--yes` grants nothing, and the error names what would help."""
    refused = run("--yes", FETCH, cwd=folder)
    assert refused.code == 1
    assert refused.problem == "step 1, fetch needs to connect to api.example.org, which was not allowed"
    assert refused.hint.endswith("agent.py --allow network:api.example.org ... allows it")
    assert run("--json", RUN, cwd=folder).json["error"]["kind"] == "not_permitted"
    (tmp_path / "notes.txt").write_text("a note")
    remember(folder, "Read it", ("read_text", {"path": f"{tmp_path}/notes.txt"}))
    assert f"--allow read:{tmp_path}/notes.txt" in run("Read it", cwd=folder).hint
    allowed = run("--allow", "read:../notes.txt", "Read it", cwd=folder)
    assert (allowed.code, allowed.out) == (0, "a note\n")
    assert "agent.py --allow read:../notes.txt 'Read it'" in allowed.err


@pytest.mark.parametrize(
    ("flags", "blocked", "code"),
    [
        ((), None, 1),
        (("--allow", "network"), None, 0),
        (("--allow", "network:api.example.org"), None, 0),
        (("--allow", "network:other.example"), None, 1),
        (("--allow", "network:raw"), None, 0),
        (("--allow", "execute"), None, 1),
        (("--allow", "network"), "network", 1),
        (("--allow", "network"), "execute", 0),
        (("--allow", "network"), "none", 0),
        ((), "none", 1),
    ],
)
def test_flags_and_blocked_permissions_in_a_script(
    folder: Path, flags: tuple[str, ...], blocked: str | None, code: int
) -> None:
    """--allow beats the default of BLOCKED_PERMISSIONS, never a value that the user set."""
    env = environment(BLOCKED_PERMISSIONS=blocked)
    called = run(*flags, "--execute-tool", "fetch", '{"path": "/x"}', cwd=folder, env=env)
    assert called.code == code
    if code:
        assert called.json["kind"] == "not_permitted"
        word = "BLOCKED_PERMISSIONS" if blocked == "network" else "--allow network:api.example.org"
        assert word in called.json["error"]


def test_blocked_is_not_even_asked_at_a_terminal(folder: Path) -> None:
    """What the user blocked is refused without a question."""
    with terminal(FETCH, cwd=folder, env=environment(BLOCKED_PERMISSIONS="network")) as screen:
        code, said = screen.end()
    assert code == 1
    assert "Allow it?" not in said
    assert "fetch needs network, which BLOCKED_PERMISSIONS forbids" in said


def test_calling_one_tool_asks_nothing_at_a_terminal_either(folder: Path) -> None:
    """Its streams are for scripts; what was approved there does not count unless that is unblocked."""
    with terminal(FETCH, cwd=folder) as screen:
        screen.answer("> ", "a")
        assert screen.end()[0] == 0
    with terminal("--execute-tool", "fetch", '{"path": "/x"}', cwd=folder) as screen:
        code, said = screen.end()
    assert code == 1
    assert json.loads(said)["kind"] == "not_permitted"
    env = environment(BLOCKED_PERMISSIONS="none")
    assert run("--execute-tool", "fetch", '{"path": "/x"}', cwd=folder, env=env).json["status"] == "success"


@pytest.mark.parametrize(
    ("flags", "part"),
    [
        (("--allow", "read:nowhere"), "--allow 'read:nowhere': no such file or directory"),
        (("--allow", "netwrok"), "did you mean network?"),
        (("--allow",), "--allow needs a value"),
    ],
)
def test_a_bad_grant_is_refused_before_anything_begins(
    folder: Path, flags: tuple[str, ...], part: str
) -> None:
    """The same for one tool and for a goal."""
    called = run("--execute-tool", "fetch", '{"path": "/x"}', *flags, cwd=folder)
    assert called.code == 2
    assert part in called.json["error"]
    if len(flags) > 1:
        refused = run(*flags, FETCH, cwd=folder)
        assert refused.code == 2
        assert part in refused.problem
        assert log_of(folder) == b""


def test_approvals_that_are_not_there(folder: Path) -> None:
    """Listing none and revoking all of none is fine; revoking one that is not there is an error."""
    assert run("approvals", cwd=folder).out.startswith("nothing is approved")
    assert run("approvals", "revoke", "--all", cwd=folder).code == 0
    assert run("approvals", "revoke", "7", cwd=folder).problem == "there is no approval '7'"
    assert run("approvals", "remove", cwd=folder).code == 2
    assert run("approvals", "revoke", cwd=folder).code == 2


@pytest.mark.slow
def test_an_approval_is_revoked_by_its_number_and_all_at_once(folder: Path) -> None:
    """The others stay; the nearest tool is offered for one that has none."""
    for goal in (FETCH, RUN):
        with terminal(goal, cwd=folder) as screen:
            screen.answer("> ", "always")
            assert screen.end()[0] == 0
    assert run("approvals", "revoke", "lunch", cwd=folder).problem.endswith("did you mean launch?")
    assert run("approvals", "revoke", "1", "--json", cwd=folder).json == {"revoked": [1]}
    (left,) = run("approvals", "--json", cwd=folder).json["approvals"]
    assert (left["id"], left["permission"]) == (2, "execute")
    assert run("approvals", "revoke", "--all", "--json", cwd=folder).json == {"revoked": [2]}
    assert run("approvals", "--json", cwd=folder).json == {"approvals": []}


def test_approvals_are_commands_at_the_prompt_too(folder: Path) -> None:
    """They are run there, and one that is misspelt in the shell is refused."""
    with terminal(cwd=folder) as screen:
        screen.answer(READY, ":approvals")
        screen.wait_for("nothing is approved")
        screen.answer(READY, ":approvals revoke 7")
        screen.wait_for("there is no approval '7'")
        screen.answer(READY, ":q")
        screen.end()
    assert "did you mean approvals?" in run("aprovals", "revoke", "7", cwd=folder).problem


def test_a_newer_memory_is_said_and_left_alone(folder: Path) -> None:
    """The listing fails with the reason; a goal goes on and asks."""
    import sqlite3

    with sqlite3.connect(folder / ".toolwright" / "memory.db") as newer:
        newer.execute("CREATE TABLE alembic_version (version_num TEXT)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    newer.close()
    assert "was made by a newer Toolwright" in run("approvals", cwd=folder).problem
    with terminal(FETCH, cwd=folder) as screen:
        screen.wait_for("approvals given before do not count in this run")
        screen.answer("> ", "a")
        code, said = screen.end()
    assert code == 0
    assert "what you allowed counts for this run only" in said


def test_decisions_are_in_the_log(folder: Path) -> None:
    """What was granted or denied, and by what, can be looked up afterwards."""
    run("--allow", "network:api.example.org", FETCH, cwd=folder)
    run(RUN, cwd=folder)
    lines = [json.loads(line) for line in log_of(folder).splitlines()]
    decided = [line for line in lines if line["event"] == "permission.decided"]
    assert [(each["tool"], each["granted"], each["by"]) for each in decided] == [
        ("fetch", True, "flag"),
        ("launch", False, "nobody"),
    ]
