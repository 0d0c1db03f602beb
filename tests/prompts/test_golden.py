"""Every prompt as the model sees it, word for word, and that the reply it asks for is one we can read.

A changed text is a changed prompt: look at it, then renew the files, from the top folder, with
`python -m tests.prompts.test_golden`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from toolwright.models.scripted import ScriptedModel
from toolwright.prompts import render
from toolwright.stages.adopt import adopt_contract, read_adopted
from toolwright.stages.bind import bind, read_bindings, rebind
from toolwright.stages.classify import classify, read_matches
from toolwright.stages.compose import name_composed
from toolwright.stages.composition.parameters import slots
from toolwright.stages.composition.run import GoodRun
from toolwright.stages.contract import draft_contract, read_contract
from toolwright.stages.decompose import decompose, read_plan
from toolwright.stages.fix import fix_contract, read_fixed
from toolwright.stages.generate import generate, read_function
from toolwright.stages.judge import judge, read_judgement
from toolwright.stages.reclassify import reclassify
from toolwright.stages.strengthen import read_stronger, strengthen
from toolwright.stages.widen import read_widened, widen_contract
from toolwright.syntax.reading import read_library
from toolwright.types import (
    Binding,
    CallResult,
    Candidate,
    Contract,
    Given,
    Hit,
    Match,
    Mutant,
    MutantOutcome,
    Plan,
    Prompt,
    Reference,
    Step,
    StepReport,
)

GOLDEN = Path(__file__).parent / "golden"
GOAL = 'Count the words of "$name.txt" and write {them} to out.json'
STEPS = (
    Step(1, "Count the words of a text.", ("word count", "tally")),
    Step(2, "Write a value to a file as JSON."),
)
STUB = '''def count_words(text: str, parameter: str = "") -> dict[str, int]:
    """Count how often each word occurs.

    Args:
        text: Any text.
        parameter: A word that is left out.

    Returns:
        The number of times each word occurs.

    Raises: nothing

    Example:
        >>> count_words("a b a")
        {'a': 2, 'b': 1}

    Keywords: word count, tally
    """
    ...
'''
OLD_STUB = STUB.replace(', parameter: str = ""', "").replace(
    "        parameter: A word that is left out.\n", ""
)
TESTS = """from tools import count_words


def test_counts():
    assert count_words("a b a") == {"a": 2, "b": 1}
"""
NEW_TESTS = TESTS.replace("test_counts", "test_leaves_out")
TOOL = read_library(STUB).tools[0]
OLD_TOOL = read_library(OLD_STUB).tools[0]
WRITE_TOOL = read_library(
    'def write_json(value: dict[str, int], path: str) -> None:\n    """Write JSON."""\n'
).tools[0]
CALLS = [(STEPS[0], TOOL), (STEPS[1], WRITE_TOOL)]
SURROUNDINGS = ["1. Count the words of a text.  <- this step", "2. Write a value to a file as JSON."]
CONTRACT = Contract("count_words", STUB, TESTS, STEPS[0])

BOUND = (
    Binding(1, "count_words", {"text": Given("$name.txt")}),
    Binding(2, "write_json", {"value": Reference(1), "path": Given("out.json")}),
)
COMPOSE_REPLY = (
    '{"name": "count_to_file", "summary": "Count and write.", "returns": "nothing", "keywords": ["tally"], '
    '"parameters": [{"name": "text", "meaning": "what is counted"}, {"name": "path", "meaning": "the file"}]}'
)
JUDGE_REPLY = '{"answers": true, "sentence": "Two words.", "missing": ""}'
PLAN_REPLY = '```json\n{"wants": "result", "steps": [{"step": "Do it.", "keywords": ["a", "b"]}]}\n```'
MATCHES_REPLY = (
    '```json\n{"matches": ['
    '{"step": 1, "verdict": "EXISTS_AND_GENERIC", "tool": "count_words", "reason": "does it"}, '
    '{"step": 2, "verdict": "NOT_EXISTS", "tool": "", "reason": "nothing writes"}]}\n```'
)
AGAIN_REPLY = (
    '{"matches": [{"step": 1, "verdict": "EXISTS_AND_GENERIC", "tool": "count_words", "reason": "so"}]}'
)
CONTRACT_REPLY = f"```python\n{STUB}```\n\n```python\n{TESTS}```"
WIDEN_REPLY = f"```python\n{STUB}```\n\n```python\n{NEW_TESTS}```"
FIX_REPLY = WIDEN_REPLY
ADOPT_REPLY = CONTRACT_REPLY
STRONGER_REPLY = f"```python\n{NEW_TESTS}```"
FUNCTION_REPLY = f"```python\n{STUB}```"
FIRST_CALL = '{"step": 1, "arguments": {"text": {"literal": "a b"}}}'
SECOND_CALL = '{"step": 2, "arguments": {"value": {"step": 1, "path": ""}, "path": {"literal": "out.json"}}}'
BIND_REPLY = f'```json\n{{"calls": [{FIRST_CALL}, {SECOND_CALL}]}}\n```'
REBIND_REPLY = f'```json\n{{"calls": [{SECOND_CALL}]}}\n```'


def asked() -> Mapping[str, Prompt]:
    """Every prompt, from a stage that was given fixed inputs, by the name of its golden file."""
    prompts: dict[str, Prompt] = {}

    def answering(name: str, reply: str) -> ScriptedModel:
        def answer(prompt: Prompt) -> str:
            prompts[name] = prompt
            return reply

        return ScriptedModel(answer)

    hits = {1: [Hit(TOOL, 2.0), Hit(WRITE_TOOL, 1.0)], 2: [Hit(WRITE_TOOL, 1.0)]}
    decompose(answering("decompose", PLAN_REPLY), GOAL)
    decompose(answering("decompose_again", PLAN_REPLY), GOAL, "the file was not written")
    decompose(answering("decompose_whole", PLAN_REPLY), GOAL, whole=[TOOL])
    ran = CallResult("returned", value={"a": 2})
    reports = [
        StepReport(STEPS[0], Match(STEPS[0], "EXISTS_AND_GENERIC"), "count_words", arguments={"text": "a"})
    ]
    reports = [replace(report, result=ran) for report in reports]
    judge(answering("judge", JUDGE_REPLY), GOAL, reports, values=True)
    judge(answering("judge_unseen", JUDGE_REPLY), GOAL, reports, values=False)
    run = GoodRun(GOAL, CALLS, BOUND, {1: {"a": 2}, 2: None}, Path(), 0.0, {"count_words": frozenset()})
    name_composed(answering("compose", COMPOSE_REPLY), run, slots(run), taken=frozenset({"b", "a"}))
    survivors = [
        MutantOutcome(Mutant(3, "`<` became `<=`", ""), "survived", call={"text": "a b", "parameter": ""}),
        MutantOutcome(Mutant(4, "`continue` was left out", ""), "survived"),
    ]
    strengthen(answering("strengthen", STRONGER_REPLY), CONTRACT, survivors)
    strengthen(answering("strengthen_again", STRONGER_REPLY), CONTRACT, survivors, ["test_b failed:\nAssert"])
    classify(answering("classify", MATCHES_REPLY), Plan(GOAL, STEPS), hits, print)
    reclassify(answering("reclassify", AGAIN_REPLY), GOAL, CONTRACT, [OLD_TOOL], print)
    draft_contract(answering("contract", CONTRACT_REPLY), STEPS[0], SURROUNDINGS, taken=frozenset({"b", "a"}))
    draft_contract(
        answering("contract_named", CONTRACT_REPLY),
        STEPS[1],
        SURROUNDINGS,
        taken=frozenset(),
        name="count_words",
    )
    widen_contract(answering("widen", WIDEN_REPLY), STEPS[0], OLD_TOOL, TESTS, SURROUNDINGS)
    adopt_contract(answering("adopt", ADOPT_REPLY), STEPS[0], "count_words", STUB)
    adopt_contract(
        answering("adopt_tested", WIDEN_REPLY),
        STEPS[0],
        "count_words",
        STUB,
        old_tests=TESTS,
        calls=["count_words('a')"],
        dispute="One of its tests is in doubt.",
    )
    fix_contract(
        answering("fix", FIX_REPLY),
        STEPS[0],
        TOOL,
        TESTS,
        ["count_words(text='A a') returned {'A': 1, 'a': 1}"],
    )
    generate(answering("generate", FUNCTION_REPLY), CONTRACT)
    generate(answering("generate_repair", FUNCTION_REPLY), CONTRACT, old_source=TOOL.source, repairs=True)
    generate(
        answering("generate_again", FUNCTION_REPLY),
        CONTRACT,
        attempt=2,
        previous=Candidate("count_words", STUB, TESTS),
        reasons=["line 1: wrong [types]", "test_counts failed:\nassert {} == {'a': 2}"],
        old_source=OLD_TOOL.source,
    )
    bind(answering("bind", BIND_REPLY), GOAL, CALLS)
    bound = [Binding(1, "count_words", {"text": Given("a b")})]
    rebind(answering("rebind", REBIND_REPLY), GOAL, CALLS, bound, "ValueError: no", {1: '{"a": 1}'})
    return prompts


NAMES = sorted(asked())


@pytest.mark.parametrize("name", NAMES)
def test_prompts_are_as_they_were(name):
    """The prompt of a stage is, word for word, what stands in its golden file."""
    assert asked()[name].text == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


def test_no_golden_file_is_left_over():
    """There is one file for each prompt and no other."""
    assert sorted(path.stem for path in GOLDEN.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_prompts_are_filled_in_and_plain(name):
    """No placeholder is left, nothing asks for a step-by-step answer, and a prompt without code is short."""
    text = asked()[name].text.replace("$name.txt", "")

    assert "$" not in text
    assert "step by step" not in text.lower()
    assert len(text) < 7000


def test_values_are_never_templates():
    """A goal with a placeholder in it stays as it was; a placeholder without a value is an error."""
    assert '"$name.txt"' in asked()["decompose"].text
    assert "{them}" in asked()["bind"].text
    with pytest.raises(KeyError):
        render("decompose")


def _asked_for(name: str) -> str:
    """The answer that a prompt shows as its example, the last line that is JSON."""
    return re.findall(r"^\{.*\}$", asked()[name].text, re.MULTILINE)[-1]


def test_the_plan_that_is_asked_for_is_read():
    """The very example of the decompose prompt is a plan."""
    assert read_plan(GOAL, _asked_for("decompose")).steps[0].description == "..."


def test_the_judgement_that_is_asked_for_is_read():
    """The very example of the judge prompt is a judgement."""
    assert read_judgement(_asked_for("judge")).answers


def test_the_verdicts_that_are_asked_for_are_read():
    """The example of the classify prompt is read with each of the verdicts that the prompt lists."""
    text = asked()["classify"].text
    verdicts = re.findall(r"^- ([A-Z_]+):", text, re.MULTILINE)
    example = _asked_for("classify").replace("name, or an empty string", "count_words")

    assert len(verdicts) == 3
    for verdict in verdicts:
        reply = example.replace('"verdict": "..."', f'"verdict": "{verdict}"')
        assert read_matches(STEPS[:1], reply)[1].kind == verdict


KEEPER = read_library('def keep(token: str) -> str:\n    """Keep.\n\n    Secrets: token\n    """\n').tools[0]


def test_the_bindings_that_are_asked_for_are_read():
    """The example of the bind prompt, and each form of an argument that the prompt lists, is read."""
    text = asked()["bind"].text
    example = json.loads(_asked_for("bind"))
    example["calls"][0]["arguments"]["text"] = {"literal": "a"}
    read_bindings(json.dumps(example), CALLS[:1])

    forms = re.findall(r"^- (\{.*?\}): ", text, re.MULTILINE)
    filled = [form.replace("VALUE", '"a"').replace("N,", "1,").replace('"..."', '""') for form in forms]
    assert len(forms) == 5
    for form in filled:
        if '"secret"' in form:
            call = {"step": 1, "arguments": {"token": json.loads(form)}}
            assert read_bindings(json.dumps({"calls": [call]}), [(STEPS[0], KEEPER)])
            continue
        first = {"step": 1, "arguments": {"text": {"literal": "a"}}}
        second = {"step": 2, "arguments": {"value": {"unknown": "?"}, "path": {"literal": "x"}}}
        name = "value" if '"step"' in form else "path"
        second["arguments"][name] = json.loads(form.replace("FILE NAME", "file.json"))
        assert read_bindings(json.dumps({"calls": [first, second]}), CALLS)


def test_the_blocks_that_are_asked_for_are_read():
    """Two Python blocks make a contract and a widening, one makes a function."""
    assert "exactly two ```python blocks" in asked()["contract"].text
    assert read_contract(CONTRACT_REPLY, STEPS[0], taken=frozenset()).stub == STUB
    assert "exactly two ```python blocks" in asked()["widen"].text
    assert read_widened(WIDEN_REPLY, STEPS[0], OLD_TOOL, TESTS).replaces == "count_words"
    assert "exactly two ```python blocks" in asked()["fix"].text
    assert read_fixed(FIX_REPLY, STEPS[0], TOOL, TESTS).stub == STUB
    assert "exactly two ```python blocks" in asked()["adopt"].text
    assert read_adopted(ADOPT_REPLY, STEPS[0], "count_words", STUB).tests == TESTS
    assert "exactly one ```python block" in asked()["strengthen"].text
    assert read_stronger(STRONGER_REPLY, CONTRACT).startswith(TESTS)
    assert read_stronger("The docstring promises nothing there.\n\nNONE", CONTRACT) == ""
    assert "exactly one ```python block" in asked()["generate"].text
    assert read_function(FUNCTION_REPLY, "count_words") == STUB


if __name__ == "__main__":
    for file_name, shown in asked().items():
        (GOLDEN / f"{file_name}.md").write_text(shown.text, encoding="utf-8")
