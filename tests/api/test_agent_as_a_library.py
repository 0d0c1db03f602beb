"""`Agent` as a program uses it: plans looked at and carried out, values, retries, repairs, and the past."""

import json
from pathlib import Path
from typing import Any

import pytest
from scripted_author import Author, expected
from scripted_server import ScriptedServer

from toolwright import Agent, ToolwrightError, UsageError
from toolwright.api.given import read_saved, read_values, written_plan
from toolwright.syntax.plan_text import plan_text
from toolwright.types import Match, Plan, Report, Step, StepReport

GOAL = "Apply the operations to 1"


class Unsaid(Author):
    """Does not know the number to begin with; it answers one stage badly as long as `bad` names it."""

    bad = ""

    def reply(self, prompt: str) -> str:
        """Return the reply to a prompt, or none of use."""
        said = super().reply(prompt)
        return "no" if self.asked[-1] == self.bad else said

    def _bind(self, prompt: str) -> str:
        calls = json.loads(super()._bind(prompt))
        calls["calls"][0]["arguments"]["number"] = {"unknown": "Which number?"}
        return json.dumps(calls)


def agent(server: ScriptedServer, library: Path, **how: Any) -> Agent:
    """Return an agent that asks a scripted server."""
    return Agent(
        library, "together:scripted", base_url=server.url, api_key="k-0123456789", fallbacks="none", **how
    )


@pytest.mark.slow
def test_a_plan_is_looked_at_carried_out_retried_and_told_of(tmp_path: Path) -> None:
    """The report of a plan is one to carry out; values and questions fill in what the goal does not say."""
    author, asked, shown = Unsaid(1), list[str](), list[str]()

    def ask(question: str) -> str:
        asked.append(question)
        return "1"

    def approve(plan: Plan, _matches: object) -> bool:
        shown.append(plan.goal)
        return True

    with ScriptedServer(reply=author) as server:
        planned = agent(server, tmp_path).run(GOAL, plan=True)
        assert (planned.status, [each.match.kind for each in planned.steps]) == ("planned", ["NOT_EXISTS"])
        author.bad = "bind"
        failed = agent(server, tmp_path, approve=approve).carry_out(planned)
        assert (failed.status, failed.failure.stage, shown) == ("failed", "bind", [GOAL])
        author.bad, author.asked = "", []
        done = agent(server, tmp_path, ask=ask).retry()
        assert (done.output, author.asked) == (expected(1), ["bind"])
        assert len(asked) == 1
        told = agent(server, tmp_path)
        assert [row["status"] for row in told.history()] == ["done", "failed", "planned"]
        assert sum(told.stats().goals.values()) == 3
        with pytest.raises(ToolwrightError, match="did not fail: it is done"):
            told.retry()
        with pytest.raises(ToolwrightError, match="'2001' is no run here"):
            told.retry("2001")
        valued = agent(server, tmp_path, fresh=True).run(GOAL, values={"number": 5})
        assert valued.output == 11
        saved = tmp_path / "plan.txt"
        saved.write_text(plan_text(Plan(GOAL, tuple(each.step for each in planned.steps)), ()))
        assert agent(server, tmp_path).carry_out(saved, values={"apply_op_1.number": 5}).output == 11
        tool = told.fix("apply_op_1", "apply_op_1(1) == 3")
        assert (tool.name, told.adopt("apply_op_1").source) == ("apply_op_1", tool.source)
        with pytest.raises(UsageError, match="two examples give"):
            told.fix("apply_op_1", ["(1) -> 3", "(1) -> 4"])


def test_what_cannot_be_handed_over_is_said(tmp_path: Path) -> None:
    """Values without a parameter or that are no JSON, files that are none, and reports without a plan."""
    assert read_values({"limit": 5, "fetch.url": "http://x", "deep": True}) == {
        "limit": "5", "fetch.url": "http://x", "deep": "true"
    }  # fmt: skip
    for values in ({"a b": 1}, {"a": {1, 2}}, {"a": float("nan")}):
        with pytest.raises(UsageError):
            read_values(values)
    with pytest.raises(UsageError, match="cannot be read"):
        read_saved(tmp_path, (), str)
    with pytest.raises(UsageError, match="has no plan"):
        written_plan(Report(GOAL, "failed", "r"), ())


def test_a_verdict_on_a_tool_that_is_gone_is_left_out() -> None:
    """The step is looked up again; what the goal wants stays as it was."""
    first, second = Step(1, "Read it.", ()), Step(2, "Write it.", ())
    steps = (
        StepReport(first, Match(first, "EXISTS_AND_GENERIC", "gone")),
        StepReport(second, Match(second, "NOT_EXISTS")),
    )
    written = written_plan(Report(GOAL, "planned", "r", steps, wants="tool"), {"kept"})
    assert (written.plan.wants, list(written.verdicts)) == ("tool", [2])
