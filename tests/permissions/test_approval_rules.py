"""Rules of approval in a folder's files: they count when they are trusted, as and where they stand."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolwright.errors import UsageError
from toolwright.memory.approvals import Approvals
from toolwright.permissions.rules import TRUST, trusted_rules
from toolwright.settings import load
from toolwright.settings.approval_rules import approval_rules

RULES = '[approvals]\nfetch_page = ["network: example.org", "read:/usr"]\n'


def counted(folder: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the tools that rules of a folder count for, and what is said of the others."""
    allowed, notices = trusted_rules(approval_rules(folder), Approvals(folder), folder)
    return list(allowed), notices


def test_rules_of_a_folder_count_when_they_are_trusted(tmp_path: Path) -> None:
    """Untrusted they are a notice; trusted they count, until they are changed, or stand somewhere else."""
    (tmp_path / "toolwright.toml").write_text(RULES)
    assert load({}, {}, tmp_path).auto_approve == ()
    tools, [notice] = counted(tmp_path)
    assert (tools, "approvals trust" in notice) == ([], True)
    [rules] = approval_rules(tmp_path)
    Approvals(tmp_path).add(rules.file, rules.trust, TRUST, rules.path)
    assert counted(tmp_path) == (["fetch_page"], ())
    elsewhere = shutil.copytree(tmp_path, tmp_path.with_name("elsewhere"))
    assert counted(elsewhere)[0] == []
    (tmp_path / "toolwright.toml").write_text(RULES.replace("example.org", "example.com"))
    assert counted(tmp_path)[0] == []


def test_both_files_may_have_rules(tmp_path: Path) -> None:
    """What they allow to one tool is allowed together."""
    (tmp_path / "toolwright.toml").write_text(RULES)
    (tmp_path / "pyproject.toml").write_text('[tool.toolwright.approvals]\nfetch_page = ["execute"]\n')
    found = approval_rules(tmp_path)
    for rules in found:
        Approvals(tmp_path).add(rules.file, rules.trust, TRUST, rules.path)
    allowed, _ = trusted_rules(found, Approvals(tmp_path), tmp_path)
    one = allowed["fetch_page"]
    assert (one.network, one.read, one.execute) == (("example.org",), ("/usr",), True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("approvals = 3\n", "toolwright.toml: approvals must be a table of tools"),
        (
            "[approvals]\nfetch = 'network'\n",
            "approvals.fetch must be a list of permissions",
        ),
        ("auto_approve = 'network'\n", "auto_approve is not taken from a file that comes with a folder"),
    ],
)
def test_what_is_no_rule_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    """One sentence names the file and the key; a tier is never taken from a file."""
    (tmp_path / "toolwright.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        load({}, {}, tmp_path), approval_rules(tmp_path)


_values = st.sampled_from(["network:a.org", "execute"])
_names = st.text("abc_", min_size=1, max_size=4)


@given(st.dictionaries(_names, st.lists(_values, max_size=2)), st.data())
def test_trust_is_bound_to_every_word_of_the_rules(
    tmp_path_factory: pytest.TempPathFactory, rules: dict[str, list[str]], data: st.DataObject
) -> None:
    """Any other rules have another hash; the order in the file does not matter."""
    folder = tmp_path_factory.getbasetemp()

    def trust(chosen: dict[str, list[str]]) -> str:
        lines = [f"{tool} = {values!r}\n" for tool, values in chosen.items()]
        (folder / "toolwright.toml").write_text("[approvals]\n" + "".join(lines))
        return approval_rules(folder)[0].trust

    before = trust(rules)
    assert trust(dict(reversed(rules.items()))) == before
    tool = data.draw(_names)
    assert trust({**rules, tool: [*rules.get(tool, []), "network"]}) != before
