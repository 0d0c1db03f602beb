"""Results that a model looks at: a reasoned no leads to one new plan, and to nothing else."""

from pathlib import Path

import pytest
from scripted_author import Author, expected
from scripted_server import Fault, ScriptedServer

from toolwright import Agent
from toolwright.events import Event, PlanMade, ResultJudged
from toolwright.types import Report

KEY = "k-judge-0123456789abcdef"
GOAL = "Apply the operations to 1"
YES = '{"answers": true, "sentence": "It is 4.", "missing": ""}'
NO = '{"answers": false, "sentence": "It is 4.", "missing": "the second operation"}'


def run(
    library: Path, judgements: list[object], author: Author | None = None, **settings: object
) -> tuple[Report, list[Event], list[str]]:
    """Run a goal whose author plans one step, and two as soon as something is missing."""
    author = author or Author(1)
    said, prompts = iter(judgements), []

    def reply(body: dict) -> object:
        prompt = body["messages"][-1]["content"]
        prompts.append(prompt)
        if prompt.startswith("A goal was given"):
            return next(said)
        if "this was still missing or wrong: the second operation" in prompt:
            author.steps = 2
        return author.reply(prompt)

    events: list[Event] = []
    with ScriptedServer(reply=reply) as server:
        agent = Agent(
            library,
            "together:scripted",
            base_url=server.url,
            api_key=KEY,
            fallbacks="none",
            listeners=[events.append],
            **{"judge": True} | settings,
        )
        return agent.run(GOAL), events, prompts


def judged(prompts: list[str]) -> int:
    """Count how often a judgement was asked for."""
    return sum(prompt.startswith("A goal was given") for prompt in prompts)


def test_a_yes_says_the_result_in_a_sentence(tmp_path: Path) -> None:
    """The judgement is in the report, costs one call, and the goal is remembered without it."""
    report, events, _ = run(tmp_path, [YES])
    assert report.judgement.sentence == "It is 4."
    assert report.stages["judge"].calls == 1
    assert any(isinstance(event, ResultJudged) for event in events)
    again, _, prompts = run(tmp_path, [])
    assert (again.plan_origin, prompts) == ("remembered", [])


@pytest.mark.slow
def test_a_reasoned_no_leads_to_a_new_plan(tmp_path: Path) -> None:
    """The next plan is made with what is missing in view, what was made is used again, and that is it.

    The account tells of all that was put into the library, be it for the first plan.
    """
    report, events, prompts = run(tmp_path, [NO, YES])
    assert report.status == "done"
    assert report.output == expected(2)
    assert report.judgement.answers
    assert [step.action for step in report.steps] == ["written", "written"]
    assert all(step.commit and step.usage.calls for step in report.steps)
    assert [step.match.step for step in report.steps] == [step.step for step in report.steps]
    assert sum(isinstance(event, PlanMade) for event in events) == 2
    assert judged(prompts) == 2


@pytest.mark.slow
def test_a_second_no_is_what_the_report_says_is_missing(tmp_path: Path) -> None:
    """There is no third plan; the result stands with what is missing, and the goal is not remembered."""
    report, events, prompts = run(tmp_path, [NO, NO.replace("the second", "yet another")])
    assert report.status == "done"
    assert report.judgement.missing == "yet another operation"
    assert sum(isinstance(event, PlanMade) for event in events) == 2
    assert judged(prompts) == 2
    assert run(tmp_path, [YES])[0].plan_origin == "model"


@pytest.mark.slow
def test_a_second_plan_that_fails_leaves_the_first_result(tmp_path: Path) -> None:
    """The first result is returned with what is missing, at the cost of both plans."""

    def wrong(stage: str, reply: str, turn: int) -> str:
        return reply.replace("number * 2", "number * 3") if stage == "generate" and turn > 1 else reply

    report, events, _ = run(tmp_path, [NO], author=Author(1, spoil=wrong), attempts=1)
    assert sum(isinstance(event, PlanMade) for event in events) == 2
    assert (report.status, report.output) == ("done", expected(1))
    assert report.judgement.missing == "the second operation"
    assert report.stages["decompose"].calls == 2


@pytest.mark.slow
def test_a_model_that_breaks_down_while_planning_again_leaves_the_first_result(tmp_path: Path) -> None:
    """A fault of the server after the first result does not take that away."""

    def broken(stage: str, reply: str, turn: int) -> object:
        return Fault("401") if (stage, turn) == ("decompose", 2) else reply

    report, _, _ = run(tmp_path, [NO], author=Author(1, spoil=broken))
    assert (report.status, report.output) == ("done", expected(1))
    assert report.judgement.missing == "the second operation"


@pytest.mark.slow
@pytest.mark.parametrize("reply", ["I cannot say", Fault("401")])
def test_a_judge_who_says_nothing_costs_no_result(tmp_path: Path, reply: object) -> None:
    """Whatever keeps a judgement from being had, the result is there."""
    report, _, _ = run(tmp_path, [reply] * 3)
    assert (report.status, report.judgement) == ("done", None)
    assert report.output == expected(1)


@pytest.mark.slow
def test_nobody_is_asked_unless_somebody_wants_to_know(tmp_path: Path) -> None:
    """Without a terminal and without the setting no judgement is asked for."""
    report, _, prompts = run(tmp_path, [], judge=None)
    assert (report.judgement, judged(prompts)) == (None, 0)
