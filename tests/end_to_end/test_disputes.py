"""Repair stops when it is no use, wrong tests are found out, and of several versions the best is kept."""

from pathlib import Path

import pytest
from slug_author import CASED, GOOD_TESTS, RIGHT, UNDERSCORED, SlugAuthor, contract, run

WRONG_TEST = 'assert slugify("Three Four") == "three--four"'


def test_two_versions_that_agree_against_a_test_restart_the_contract(tmp_path: Path) -> None:
    """A wrong test that fails twice is put to a second author; who agrees with the first one is believed."""
    author = SlugAuthor(
        [contract(*GOOD_TESTS, WRONG_TEST), contract(*GOOD_TESTS)], [RIGHT, f"{RIGHT}  # again"], [RIGHT]
    )
    report = run(author, tmp_path)
    assert report.output == "my-title"
    assert report.steps[0].attempts == 3
    [apart] = author.said("apart")
    assert "assert" not in apart
    restarted = author.said("contract")[1]
    assert "three--four" in restarted
    assert "agree with each other and against it" in restarted


def test_the_contract_is_restarted_once(tmp_path: Path) -> None:
    """A second contract with the same fault ends in a report, not in a third one."""
    author = SlugAuthor([contract(*GOOD_TESTS, WRONG_TEST)], [RIGHT, f"{RIGHT}  # 2", f"{RIGHT}  # 3"] * 3)
    report = run(author, tmp_path, attempts=15)
    assert report.status == "failed"
    assert author.asked("contract") == 2
    assert "stopped early" in report.failure.message


@pytest.mark.slow
def test_a_second_version_that_passes_is_kept(tmp_path: Path) -> None:
    """Where the second author gets it right, the tests were right, and the tool is there."""
    author = SlugAuthor(versions=[CASED, f"{CASED}  # again"])
    report = run(author, tmp_path)
    assert report.output == "my-title"
    assert author.asked("apart") == 1
    assert author.asked("contract") == 1


@pytest.mark.slow
def test_authors_who_disagree_prove_nothing_against_the_test(tmp_path: Path) -> None:
    """The contract stays when the second version fails in another way."""
    author = SlugAuthor(versions=[CASED, f"{CASED}  # again", RIGHT], apart=[UNDERSCORED])
    report = run(author, tmp_path)
    assert report.output == "my-title"
    assert author.asked("contract") == 1
    assert "test_1" in author.said("generate")[2]
    assert "Versions before it were refused too:\n- verify: test_1 failed" in author.said("generate")[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("versions", "attempts", "said"),
    [
        ([CASED], 2, "the same text was sent twice in a row"),
        ([CASED, f"{CASED}  # 2", f"{CASED}  # 3"], 3, "the same failure came 3 times"),
    ],
)
def test_repair_stops_when_nothing_changes(tmp_path: Path, versions, attempts, said) -> None:
    """The same text twice in a row, or the same failure three times, ends it early, and that is said."""
    author = SlugAuthor(versions=versions, apart=[UNDERSCORED])
    report = run(author, tmp_path, attempts=15)
    assert report.status == "failed"
    assert report.steps[0].attempts == attempts == author.asked("generate")
    assert f"stopped early because {said}" in report.failure.message
    assert "--attempts" not in report.failure.hint
    assert not (tmp_path / "tools.py").exists()


@pytest.mark.slow
def test_feedback_is_the_smallest_failure(tmp_path: Path) -> None:
    """One failing test is told: the call, what it gave, what was expected; the others are counted."""
    long = f'assert slugify("{"A B " * 40}") == "{"-".join(["a-b"] * 40)}"'
    author = SlugAuthor([contract(long, *GOOD_TESTS)], [CASED, RIGHT])
    assert run(author, tmp_path).output == "my-title"
    feedback = author.said("generate")[1].partition("Because:")[2]
    assert "assert 'One-Two' == 'one-two'" in feedback
    assert "slugify(title='One Two') returned 'One-Two'" in feedback
    assert "1 other test did not pass either" in feedback


@pytest.mark.slow
def test_a_warning_comes_before_the_attempts_are_used_up(tmp_path: Path) -> None:
    """When 80 % are gone it is said, once."""
    heard: list[object] = []
    versions = [f'return title.lower().replace(" ", "{n}")' for n in range(9)]
    run(SlugAuthor(versions=versions, apart=[CASED]), tmp_path, attempts=4, heard=heard)
    said = [event.message for event in heard if "attempts are used up" in getattr(event, "message", "")]
    assert said == ["slugify: 4 of 5 attempts are used up"]


@pytest.mark.slow
def test_the_sample_that_agrees_with_the_others_is_kept(tmp_path: Path) -> None:
    """Of versions that all pass, the odd one out and the longer ones are not kept."""
    loose = contract('assert slugify("one").startswith("one")', 'assert slugify("A B").lower() == "a-b"')
    longer = f"words = title.lower().split()\n    {RIGHT.replace('title.lower().split()', 'words')}"
    author = SlugAuthor([loose], [CASED, longer, RIGHT])
    report = run(author, tmp_path, samples=3)
    assert report.output == "my-title"
    assert author.asked("generate") == 3
    text = (tmp_path / "tools.py").read_text()
    assert RIGHT in text
    assert report.steps[0].attempts == 1


@pytest.mark.slow
def test_a_sample_that_passes_wins_over_a_majority_that_does_not(tmp_path: Path) -> None:
    """Agreement counts among those that pass; what was refused is in the account."""
    report = run(SlugAuthor(versions=[CASED, CASED, RIGHT]), tmp_path, samples=3)
    assert report.output == "my-title"
    assert len(report.steps[0].refusals) == 2
