"""Decompose and classify: what is read of right replies, and what is said of wrong ones."""

import json

import pytest

from toolwright.errors import ReplyShapeError
from toolwright.models.scripted import ScriptedModel
from toolwright.stages.classify import classify, read_matches
from toolwright.stages.decompose import decompose, read_plan
from toolwright.syntax.reading import read_library
from toolwright.types import Hit, Match, Plan, Step

STEPS = (Step(1, "Read a file.", ("load",)), Step(2, "Sort numbers."), Step(3, "Write a file."))
LIBRARY = "".join(
    f'def {name}(path: str) -> list[int]:\n    """Do {name}."""\n    return []\n\n\n'
    for name in ("read_file", "read_lines", "sort_numbers")
)
TOOLS = {tool.name: tool for tool in read_library(LIBRARY).tools}
HITS = {
    1: [Hit(TOOLS["read_file"], 2.0), Hit(TOOLS["read_lines"], 1.0)],
    2: [Hit(TOOLS["sort_numbers"], 1.0)],
    3: [],
}


def plan_reply(*steps: object, **more: object) -> str:
    """A decompose reply."""
    return json.dumps({"wants": "result", "steps": list(steps)} | more)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 20])
def test_plans_of_any_length(count):
    """The steps keep their order and are numbered from 1; white space in them does not matter."""
    model = ScriptedModel(
        [plan_reply(*({"step": f" Do\n {n}. ", "keywords": ["a  b", " "]} for n in range(count)))]
    )
    plan = decompose(model, "the goal")

    assert plan.goal == "the goal"
    assert plan.wants == "result"
    assert plan.steps == tuple(Step(n + 1, f"Do {n}.", ("a b",)) for n in range(count))
    assert (model.prompts[0].stage, model.prompts[0].subject) == ("decompose", "the goal")


def test_a_tool_may_be_wanted_and_keywords_may_be_missing():
    """`wants` is read, and is a result when it is not said; at most eight keywords are kept."""
    many = {"step": "Do.", "keywords": list("abcdefghij")}

    assert read_plan("g", '{"wants": "tool", "steps": [{"step": "Do."}]}') == Plan(
        "g", (Step(1, "Do."),), "tool"
    )
    assert read_plan("g", '{"steps": [{"step": "Do."}]}').wants == "result"
    assert read_plan("g", plan_reply(many)).steps[0].keywords == tuple("abcdefgh")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("no", "no JSON object"),
        ("{}", '"steps" must be a list with at least one step'),
        ('{"steps": "Do."}', '"steps" must be a list'),
        (plan_reply(), "at least one step"),
        (plan_reply(*[{"step": "Do."}] * 21), "21 steps are too many; at most 20"),
        (plan_reply({"step": "Do."}, wants="dinner"), "not 'dinner'"),
        (plan_reply({"step": "Do."}, wants=[]), "not []"),
        (plan_reply({"step": "Do."}, wants={"a": 1}), '"wants" must be'),
        (plan_reply("Do."), "step 1 must be an object"),
        (plan_reply({"step": "Do."}, {"step": " "}), 'step 2: "step" must be a sentence'),
        (plan_reply({"step": 3}), 'step 1: "step" must be a sentence'),
        (plan_reply({"keywords": []}), '"step" must be a sentence'),
        (plan_reply({"step": "x" * 401}), "step 1 is longer than 400 characters"),
        (plan_reply({"step": "Do.", "keywords": "a, b"}), '"keywords" must be a list of strings'),
        (plan_reply({"step": "Do.", "keywords": [1]}), '"keywords" must be a list of strings'),
    ],
)
def test_what_is_no_plan(reply, words):
    """Every wrong shape has its own message, which names the step."""
    with pytest.raises(ReplyShapeError) as raised:
        read_plan("g", reply)

    assert words in str(raised.value)


def test_wrong_plans_are_sent_back():
    """Prose around, JSON in a fence and thoughts are recovered from; so is one wrong shape."""
    good = plan_reply({"step": "Do."})
    model = ScriptedModel([f"<think>{{}}</think>{plan_reply()}", f"Here:\n```json\n{good}\n```\nFine?"])

    assert decompose(model, "g").steps == (Step(1, "Do."),)
    assert "at least one step" in model.prompts[1].text


def matches_reply(*entries: object) -> str:
    """A classify reply."""
    return json.dumps({"matches": list(entries)})


def entry(
    step: object, verdict: object = "NOT_EXISTS", tool: object = "", reason: object = "so"
) -> dict[str, object]:
    """One verdict of a reply."""
    return {"step": step, "verdict": verdict, "tool": tool, "reason": reason}


def test_an_empty_library_asks_nobody():
    """Without any candidate every step is new, and no model is asked."""
    model = ScriptedModel([])
    for candidates in ({}, {1: [], 2: [], 3: []}):
        matches = classify(model, Plan("g", STEPS), candidates, print)
        assert [match.kind for match in matches] == ["NOT_EXISTS"] * 3
        assert {match.reason for match in matches} == {"nothing similar in the library"}
    assert model.prompts == []


def test_all_steps_are_asked_in_one_call():
    """Only steps with candidates are asked about; the matches come in the order of the plan."""
    reply = matches_reply(
        entry(2, "EXISTS_BUT_SPECIFIC", "sort_numbers", "only\n upwards"),
        entry(1, "EXISTS_AND_GENERIC", "read_lines"),
    )
    model = ScriptedModel([reply])
    notices: list[str] = []

    assert classify(model, Plan("g", STEPS), HITS, notices.append) == (
        Match(STEPS[0], "EXISTS_AND_GENERIC", "read_lines", "so"),
        Match(STEPS[1], "EXISTS_BUT_SPECIFIC", "sort_numbers", "only upwards"),
        Match(STEPS[2], "NOT_EXISTS", "", "nothing similar in the library"),
    )
    assert notices == []
    (prompt,) = model.prompts
    assert (
        prompt.text.index("read_file(path: str)")
        < prompt.text.index("read_lines(")
        < prompt.text.index("Step 2")
    )
    assert "Step 3" not in prompt.text
    assert "(also: load)" in prompt.text


@pytest.mark.parametrize("tool", ["sort_numbers", "invented"])
def test_a_tool_that_was_no_candidate_does_not_count(tool):
    """A tool of another step, or of no library, is NOT_EXISTS, and is noticed with step and name."""
    notices: list[str] = []
    model = ScriptedModel([matches_reply(entry(1, "EXISTS_AND_GENERIC", tool), entry(2))])
    first, *_ = classify(model, Plan("g", STEPS), HITS, notices.append)

    assert (first.kind, first.tool) == ("NOT_EXISTS", "")
    assert len(notices) == 1
    assert "step 1" in notices[0]
    assert f"`{tool}`" in notices[0]


def test_twelve_steps():
    """A long plan is matched as a short one is."""
    steps = tuple(Step(n, f"Do {n}.") for n in range(1, 13))
    hits = {step.number: [Hit(TOOLS["read_file"], 1.0)] for step in steps}
    model = ScriptedModel(
        [matches_reply(*(entry(n, "EXISTS_AND_GENERIC", "read_file") for n in range(12, 0, -1)))]
    )

    assert [m.step.number for m in classify(model, Plan("g", steps), hits, print)] == list(range(1, 13))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("{}", '"matches" must be a list'),
        ('{"matches": {"1": "NOT_EXISTS"}}', '"matches" must be a list'),
        (matches_reply(), "no verdict for step 1, 2"),
        (matches_reply(entry(1)), "no verdict for step 2"),
        (matches_reply(entry(1), entry(2), entry(1)), "step 1 has two verdicts"),
        (matches_reply(entry(3)), "a match must name one of the steps 1, 2"),
        (matches_reply(entry("1")), "a match must name one of the steps"),
        (matches_reply(entry([1])), "a match must name one of the steps"),
        (matches_reply(entry(True)), "a match must name one of the steps"),
        (matches_reply(entry(1.0)), "a match must name one of the steps"),
        (matches_reply("NOT_EXISTS"), "a match must name one of the steps"),
        (matches_reply(entry(1, "EXISTS")), "the verdict of step 1 must be one of EXISTS_AND_GENERIC"),
        (matches_reply(entry(1, ["NOT_EXISTS"])), "the verdict of step 1 must be one of"),
        (matches_reply(entry(1, "EXISTS_AND_GENERIC", "")), "step 1 is EXISTS_AND_GENERIC but names no tool"),
        (matches_reply(entry(1, "EXISTS_BUT_SPECIFIC", None)), "names no tool"),
        (matches_reply(entry(1, "EXISTS_AND_GENERIC", ["a"])), "tool and reason must be strings"),
        (matches_reply(entry(1, reason=3)), "tool and reason must be strings"),
    ],
)
def test_what_is_no_verdict(reply, words):
    """Every wrong shape has its own message, which names the step."""
    with pytest.raises(ReplyShapeError) as raised:
        read_matches(STEPS[:2], reply)

    assert words in str(raised.value)


def test_a_tool_beside_not_exists_is_dropped():
    """NOT_EXISTS has no tool, whatever else was said; missing reasons are empty."""
    found = read_matches(
        STEPS[:1], json.dumps({"matches": [{"step": 1, "verdict": "NOT_EXISTS", "tool": "read_file"}]})
    )

    assert found == {1: Match(STEPS[0], "NOT_EXISTS", "", "")}
