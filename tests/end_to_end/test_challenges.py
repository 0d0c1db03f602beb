"""A goal whose first tests are weak: their author is shown what they let pass, and may add some."""

import json
from pathlib import Path

import pytest

from toolwright import Agent
from toolwright.models.scripted import ScriptedModel
from toolwright.types import Prompt

STUB = '''def is_adult(age: int) -> bool:
    """Tell whether somebody is an adult: 18 years old or more.

    Args:
        age: Whole years, 0 or more.

    Returns:
        Whether the age is at least 18.

    Raises:
        Where the age is negative, a ValueError.

    Example:
        >>> is_adult(30)
        True

    Keywords: of age, grown up
    """
'''
BODY = """    if age < 0:
        raise ValueError("the age is negative")
    return age >= 18
"""
WEAK = """from tools import is_adult


def test_old_and_young():
    assert is_adult(70) is True
    assert is_adult(3) is False
"""
STRONG = """import pytest
from tools import is_adult


def test_the_birthday_counts():
    assert is_adult(18) is True
    assert is_adult(17) is False


def test_there_are_no_negative_ages():
    with pytest.raises(ValueError):
        is_adult(-1)
    assert is_adult(0) is False
"""
WRONG = STRONG.replace(
    "def test_the_birthday_counts():\n",
    'def test_wrong():\n    assert is_adult(18) == "yes"\n\n\ndef test_the_birthday_counts():\n',
)


class Author:
    """Writes a weak contract; what it answers to `strengthen` is given. `asked` holds the prompts."""

    def __init__(self, *further: str, body: str = BODY, tests: str = WEAK) -> None:
        self.further = list(further)
        self.body = body
        self.tests = tests
        self.asked: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> str:
        """Answer one prompt."""
        self.asked.append(prompt)
        match prompt.stage:
            case "decompose":
                return json.dumps({"wants": "tool", "steps": [{"step": "Tell adults.", "keywords": ["age"]}]})
            case "contract":
                return f"```python\n{STUB}    ...\n```\n```python\n{self.tests}```"
            case "generate":
                return f"```python\n{STUB}{self.body}```"
        assert prompt.stage == "strengthen"
        return self.further.pop(0)

    def stages(self) -> list[str]:
        """The stages in the order they came."""
        return [prompt.stage for prompt in self.asked]


def make(folder: Path, author: Author, **settings: object) -> tuple:
    """Run the goal; return its report and what tools.py and the test file hold."""
    report = Agent(folder, ScriptedModel(author), attempts=1, **settings).run("A function that tells adults")
    tests = folder / "tool_tests" / "test_is_adult.py"
    return report, tests.read_text(encoding="utf-8") if tests.exists() else ""


def block(tests: str) -> str:
    """Write an answer with additional tests."""
    return f"Here they are.\n\n```python\n{tests}```"


@pytest.mark.slow
def test_weak_tests_are_strengthened_by_their_author(tmp_path: Path) -> None:
    """The survivors are shown with a call; the old tests keep their text; the score is kept as evidence."""
    author = Author(block(STRONG))
    report, tests = make(tmp_path, author)

    assert report.failure is None
    assert author.stages() == ["decompose", "contract", "generate", "strengthen"]
    assert "`>=` became `>`; seen with is_adult(age=18)" in author.asked[-1].text
    assert "return age >= 18" not in author.asked[-1].text
    assert tests.startswith(WEAK)
    assert "test_the_birthday_counts" in tests
    evidence = json.loads(
        (tmp_path / "tool_tests" / "evidence" / "is_adult.json").read_text(encoding="utf-8")
    )
    score = evidence["verdict"]["mutants"]
    assert score["killed"] == score["of"] >= 5
    assert evidence["verdict"]["replays"] > 0
    assert (evidence["verdict"]["placebo"], evidence["verdict"]["unchallenged"]) == (True, [])
    assert report.steps[0].mutants.killed == score["killed"]
    assert report.steps[0].tests_passed == 3


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["NONE", "I am sorry.", "```python\nfrom tools import is_adult\n```"])
def test_an_author_who_adds_nothing_does_not_stop_the_run_silently(tmp_path: Path, answer: str) -> None:
    """After two rounds the faults that nothing noticed are the reasons, and the setting is named."""
    author = Author(*[answer] * 20)
    report, tests = make(tmp_path, author)

    assert report.status == "failed"
    assert tests == ""
    assert not (tmp_path / "tools.py").exists() or "is_adult" not in (tmp_path / "tools.py").read_text()
    assert report.failure.stage == "challenge"
    assert "deliberate faults" in report.failure.message
    assert "--mutation-threshold" in report.failure.message
    assert any("`>=` became `>`" in line for line in report.failure.details)
    assert [stage for stage in author.stages() if stage in {"generate", "contract"}] == [
        "contract",
        "generate",
        "generate",
    ]


@pytest.mark.slow
def test_less_can_be_asked_for(tmp_path: Path) -> None:
    """With a threshold of 0 nobody is asked, and the score is kept all the same."""
    author = Author()
    report, tests = make(tmp_path, author, mutation_threshold=0)

    assert report.failure is None
    assert tests == WEAK
    assert "strengthen" not in author.stages()
    assert report.steps[0].mutants.survivors


@pytest.mark.slow
def test_an_additional_test_that_fails_is_left_out_and_shown(tmp_path: Path) -> None:
    """What the function passes of an answer is kept."""
    author = Author(block(WRONG))
    report, tests = make(tmp_path, author)

    assert report.failure is None
    assert "test_wrong" not in tests
    assert "test_the_birthday_counts" in tests


@pytest.mark.slow
def test_a_test_that_its_author_insists_on_refuses_the_function(tmp_path: Path) -> None:
    """Written once, seen to fail, written again: then the function is the suspect, and is repaired."""
    wrong = BODY.replace("age >= 18", "age > 18")
    only = "from tools import is_adult\n\n\ndef test_18():\n    assert is_adult(18) is True\n"
    author = Author(block(only), block(only), block(only), block(only), body=wrong)
    report, tests = make(tmp_path, author)

    assert report.status == "failed"
    assert tests == ""
    assert "test_18" in author.asked[4].text
    assert "insists" in report.failure.message
    repair = [prompt for prompt in author.asked if prompt.stage == "generate"][1]
    assert "test_18" in repair.text


@pytest.mark.slow
def test_tests_that_were_added_stay_when_the_version_is_refused(tmp_path: Path) -> None:
    """The next version sees them and is held to them; its own further tests come below them."""
    birthday, negative = STRONG.split("\n\n\ndef test_there")

    class SecondThoughts(Author):
        def __call__(self, prompt: Prompt) -> str:
            if prompt.stage == "generate" and "generate" in self.stages():
                self.body = BODY.replace("age >= 18", "not age < 18")
            return super().__call__(prompt)

    further = block(f"import pytest\nfrom tools import is_adult\n\n\ndef test_there{negative}")
    author = SecondThoughts(block(birthday.removeprefix("import pytest\n") + "\n"), "NONE", further)
    report, tests = make(tmp_path, author, mutation_threshold=1)

    assert report.failure is None, report.failure
    stages = ["contract", "generate", "strengthen", "strengthen", "generate", "strengthen"]
    assert author.stages()[1:] == stages
    first, second = (prompt.text for prompt in author.asked if prompt.stage == "generate")
    assert "test_the_birthday_counts" not in first
    assert "test_the_birthday_counts" in second
    assert "`>=`" not in author.asked[-1].text
    assert tests.index("test_old_and_young") < tests.index("test_the_birthday") < tests.index("test_there")


@pytest.mark.slow
def test_a_function_that_looks_at_the_clock_is_refused(tmp_path: Path) -> None:
    """What answers otherwise at another time is told with the call."""
    body = BODY.replace("age >= 18", "age + __import__('time').gmtime().tm_year - 2020 >= 18")
    body = "    import time\n" + BODY.replace("age >= 18", "age + time.gmtime().tm_year % 2 >= 18")
    tests = WEAK + "    assert is_adult(17) in (True, False)\n    is_adult(17)\n"
    author = Author(*["NONE"] * 20, body=body, tests=tests)
    report, _ = make(tmp_path, author)

    assert report.status == "failed"
    assert report.failure.stage in {"stability", "review"}
    assert "is_adult(age=17)" in report.failure.message or report.failure.stage == "review"
