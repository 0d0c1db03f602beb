"""What a user adds to review and leaves out: in pyproject.toml as data, from Python as rules."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright import Agent, Finding, Rule, Subject
from toolwright.errors import UsageError
from toolwright.models.scripted import ScriptedModel
from toolwright.settings.review_table import Forbidden, ReviewTable, read_review
from toolwright.stages.generate import generate
from toolwright.stages.review import finding_text, review_source
from toolwright.stages.rules import RULES
from toolwright.stages.rules.chosen import chosen_rules
from toolwright.types import Contract, Prompt, Step

TOOL = '''{above}

def drop(path: str) -> None:
    """Remove a file.

    Args:
        path: The file.

    Returns:
        Nothing.

    Raises:
        FileNotFoundError: there is none.

    Example:
        >>> drop("a")
        Traceback (most recent call last):
        FileNotFoundError

    Keywords: delete
    Permissions: write
    """
    {body}
'''
REMOVING = TOOL.format(above="import os\n", body="os.remove(path)")


def configured(folder: Path, text: str) -> ReviewTable:
    """Read a table that somebody wrote into the pyproject.toml of a folder."""
    (folder / "pyproject.toml").write_text(f"[tool.toolwright.review]\n{text}\n", encoding="utf-8")
    return read_review(folder)


def found(table: ReviewTable, source: str = REMOVING) -> list[str]:
    """Review a tool by the rules that count."""
    return [finding_text(finding) for finding in review_source("drop", source, rules=chosen_rules(table))]


@pytest.mark.parametrize(
    ("above", "body"),
    [
        ("import os\n", "os.remove(path)"),
        ("import os as system\n", "system.remove(path)"),
        ("from os import remove as gone\n", "gone(path)"),
        ("import os\n", "getattr(os, 'remove')(path)"),
        ("import os\n", "act = os.remove\n    act(path)"),
    ],
)
def test_what_is_blocked_is_found_by_whatever_name(tmp_path, above, body):
    """A blocked function is refused under each way to import and name it; without the block it is not."""
    source = TOOL.format(above=above, body=body)

    said = found(configured(tmp_path, 'block = ["os.remove"]'), source)

    assert said
    assert all("`os.remove`: is blocked by the user" in line and "[blocked]" in line for line in said)
    assert found(ReviewTable(), source) == []


def test_a_whole_module_is_blocked_and_its_namesakes_are_not(tmp_path):
    """`os` blocks all of `os`, and nothing of a module whose name begins alike."""
    assert found(configured(tmp_path, 'block = ["os"]'))
    assert found(configured(tmp_path, 'block = ["o", "os.rem", "path", "remove"]')) == []


def test_a_message_of_the_users_own(tmp_path):
    """What `forbid` says is what the function's author is told."""
    table = configured(tmp_path, 'forbid = [{ call = "os.remove", message = "move it to the bin instead" }]')

    assert found(table)[0] == "line 24: `os.remove`: move it to the bin instead [blocked]"


def test_a_rule_that_is_off_finds_nothing(tmp_path):
    """A rule of taste can be off; bandit's threshold can be raised, lowered and switched off."""
    printing = REMOVING.replace("os.remove(path)", "os.remove(path)\n    print(path)")
    hashing = TOOL.format(above="import hashlib\nimport os\n", body="hashlib.md5(b'')\n    os.remove(path)")

    assert [line[-8:] for line in found(ReviewTable(), printing)] == ["[prints]"]
    assert found(configured(tmp_path, 'disable = ["prints"]'), printing) == []
    assert [line[-8:] for line in found(ReviewTable(), hashing)] == ["[bandit]"]
    assert found(configured(tmp_path, 'bandit = "off"'), hashing) == []
    assert found(configured(tmp_path, 'disable = ["bandit"]'), hashing) == []


def test_tables_of_both_folders_count(tmp_path):
    """The library's table and the current folder's are joined; one file, named twice, is read once."""
    library, here = tmp_path / "library", tmp_path / "here"
    for folder, text in ((library, 'block = ["pickle"]'), (here, 'block = ["os"]\nbandit = "low"')):
        folder.mkdir()
        configured(folder, text)

    both = read_review(library, here)

    assert [entry.name for entry in both.forbidden] == ["pickle", "os"]
    assert both.bandit == "low"
    assert read_review(library, library / ".." / "library").forbidden == (Forbidden("pickle"),)
    assert read_review(tmp_path, tmp_path / "nowhere") == ReviewTable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("block = 3", "tool.toolwright.review.block in FILE is 3, but must be a list of dotted names"),
        ('block = ["os.remove()"]', "must be a list of dotted names"),
        ('block = [["os"]]', "must be a list of dotted names"),
        ('disable = "prints"', "must be a list of names of rules"),
        ('disable = ["print"]', "names `print`, which is no rule"),
        ('disable = ["types"]', "names `types`, which the library cannot do without"),
        ('bandit = "loud"', "must be one of low, medium, high, off"),
        ("bandit = []", "must be one of low, medium, high, off"),
        ('forbid = [{ call = "os" , why = "no" }]', "must be tables such as"),
        ('forbid = [{ message = "no" }]', "must be tables such as"),
        ('forbid = [{ call = "os", message = " " }]', "must be tables such as"),
        ('blocked = ["os"]', "has `blocked`, which is not known"),
        ('rules = ["mine:rule"]', "has `rules`, which would run code of whoever wrote that file"),
        ("block = [", "is not TOML"),
    ],
)
def test_a_bad_table_is_one_sentence(tmp_path, text, words):
    """Whatever is wrong is said in one sentence with the user's own text and the file, and what helps."""
    with pytest.raises(UsageError) as refused:
        chosen_rules(configured(tmp_path, text))

    assert words in str(refused.value).replace(str(tmp_path / "pyproject.toml"), "FILE")
    assert refused.value.hint
    assert "\n" not in str(refused.value)


def test_a_table_that_is_no_table(tmp_path):
    """A value where the table should be is refused; another tool's settings are nobody's business."""
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.toolwright]\nreview = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="must be a table"):
        read_review(tmp_path)

    file.write_text("[tool.other]\nreview = 1\n", encoding="utf-8")
    assert read_review(tmp_path) == ReviewTable()
    file.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="is not TOML"):
        read_review(tmp_path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    ),
    st.sampled_from(["block", "disable", "bandit", "forbid", "rules", "x"]),
)
def test_no_value_breaks_the_reader(value, key):
    """Whatever stands in the table is taken or refused with a UsageError, never a crash."""
    from toolwright.settings.review_table import check_table

    with contextlib.suppress(UsageError):
        check_table("pyproject.toml", {key: value})


def no_underscore(subject: Subject) -> Iterator[Finding]:
    """Refuse private helpers."""
    for node in subject.tree.body:
        if getattr(node, "name", "").startswith("_"):
            yield Finding("no-helpers", node.lineno, f"`{node.name}` is a helper; write one function")


def test_rules_from_python():
    """A rule of the caller's own is asked like ours; a name that is taken, or no rule at all, is refused."""
    rule = Rule("no-helpers", no_underscore)
    source = REMOVING + "\n\ndef _help() -> None:\n    pass\n"

    rules = chosen_rules(ReviewTable(), [rule])

    assert rules == (*RULES[:-1], rules[len(RULES) - 1], rule)
    assert [f.rule for f in review_source("drop", source, rules=rules)] == ["no-helpers"]
    with pytest.raises(UsageError, match="there is a rule `prints` already"):
        chosen_rules(ReviewTable(), [Rule("prints", no_underscore)])
    with pytest.raises(UsageError, match=r"a rule of review is a toolwright\.Rule"):
        chosen_rules(ReviewTable(), [no_underscore])


def test_an_agent_takes_rules_and_reads_the_library(tmp_path):
    """`Agent(rules=...)` and the pyproject.toml of the library are held up before anything is asked."""
    agent = Agent(tmp_path, rules=[no_underscore])
    with pytest.raises(UsageError, match=r"a rule of review is a toolwright\.Rule"):
        agent.run("Say hello")

    (tmp_path / "pyproject.toml").write_text("[tool.toolwright.review]\nblock = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="must be a list of dotted names"):
        Agent(tmp_path).run("Say hello")


def test_the_author_is_told_what_is_blocked():
    """What the user forbids, and what a rule from Python is about, stands in the question, ours do not."""
    asked: list[Prompt] = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt)
        return f"```python\n{REMOVING}```"

    table = ReviewTable((Forbidden("pickle"), Forbidden("os.remove", "move it instead")))
    own = Rule("no-helpers", no_underscore, about="Everything stands in one function")
    contract = Contract("drop", REMOVING, "", Step(1, "Remove a file."))

    generate(ScriptedModel(answer), contract, rules=chosen_rules(table, [own]))
    generate(ScriptedModel(answer), contract)

    added = sorted(set(asked[0].text.splitlines()) - set(asked[1].text.splitlines()))
    assert added == [
        "- Everything stands in one function",
        "- What the user forbids is not used: `pickle`; `os.remove` (move it instead)",
    ]
