"""What goals may cost: bounds that are told hold, limits stop in time, reuse says what it saved."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from scripted_author import Author, expected
from werkzeug import Request, Response

from toolwright import Agent
from toolwright.cli.main import main
from toolwright.errors import UsageError
from toolwright.events import CostBounded, ModelAsked
from toolwright.models.scripted import ScriptedModel
from toolwright.screen.bounds import bound_line
from toolwright.screen.result import report_json

GOAL = "Apply the operations to 1"
PRICED = {"prices": "scripted:model=1/1", "mutation_budget": 4}


def agent(library: Path, author: Author, **settings: object) -> Agent:
    """Return an agent whose model is an author in this process."""
    library.mkdir(exist_ok=True)
    return Agent(library, ScriptedModel(lambda prompt: author.reply(prompt.text)), **PRICED, **settings)


def misbehaving(seed: int):
    """Return what spoils replies: useless shapes and functions that fail, never twice the same."""
    chance = random.Random(seed)

    def spoil(stage: str, reply: str, turn: int) -> str:
        kind = chance.choice(["good", "shape", "empty", "wrong", "wrong"])
        if turn % 3 and kind == "shape":
            return f"no {turn}"
        if turn % 3 and kind == "empty":
            return ""
        if stage in {"generate", "apart"} and kind == "wrong":
            return reply.replace("return number * 2", f"return {turn} + number * 2")
        return reply

    return spoil


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_run_takes_more_calls_or_money_than_it_was_said_to(tmp_path: Path, seed: int) -> None:
    """Each bound is told before the calls it is for; until the next one they stay below it."""
    told: list[CostBounded] = []
    used: list[int] = []

    def listen(event: object) -> None:
        if isinstance(event, CostBounded):
            told.append(event)
            used.append(0)
        elif isinstance(event, ModelAsked):
            used[-1] += 1

    author = Author(2, spoil=misbehaving(seed))
    model = ScriptedModel(lambda prompt: author.reply(prompt.text))
    report = Agent(tmp_path, model, listeners=[listen], attempts=2, **PRICED).run(GOAL)
    assert [bound.what for bound in told] in (["plan", "steps"], ["plan"])
    assert all(calls <= bound.bound.most_calls for calls, bound in zip(used, told, strict=True))
    assert sum(used) == report.usage.calls == report.spending.calls
    assert report.usage.cost <= sum(bound.bound.most_picodollars for bound in told)
    assert not report.failure or report.failure.kind != "budget"


def test_a_bound_is_one_that_a_person_can_live_with(tmp_path: Path) -> None:
    """Three calls at most for a first plan, twelve for a function, one for a goal that ran before.

    It is said in one line, before the first call.
    """
    told: list[object] = []
    author = Author(1)
    model = ScriptedModel(lambda prompt: author.reply(prompt.text))
    shared = Agent(tmp_path, model, listeners=[told.append], **PRICED)
    assert (shared.run(GOAL).output, shared.run(GOAL).output) == (expected(1), expected(1))
    bounds = [event for event in told if isinstance(event, CostBounded)]
    assert [(each.bound.calls, each.bound.most_calls) for each in bounds] == [(1, 3), (3, 16), (0, 1)]
    assert bounds[0].function.most_calls == 12
    first, second, third = map(bound_line, bounds)
    assert first == (
        "usually 1 call, about $0.0082 (at most 3 calls, $0.1475) for the plan, "
        "then usually 2 calls, about $0.0164 (at most 12 calls, $0.295) for each new function"
    )
    assert second == "usually 3 calls, about $0.0246; at most 16 calls, $0.4588"
    assert third == "usually no call; at most 1 call, $0.082"
    kinds = [type(event) for event in told if isinstance(event, CostBounded | ModelAsked)]
    assert kinds[0] is CostBounded
    assert kinds.count(ModelAsked) == 4


def test_a_function_ends_with_the_calls_that_it_may_take(tmp_path: Path) -> None:
    """A model that is wrong for ever: its step says so, with what was refused, and nothing is kept."""
    turns = iter(range(1, 99))

    def wrong(stage: str, reply: str, _turn: int) -> str:
        code = stage in {"generate", "apart"}
        return reply.replace("return number * 2", f"return {next(turns)} + number * 2") if code else reply

    author = Author(1, spoil=wrong)
    report = agent(tmp_path, author, calls_per_function=4).run(GOAL)
    assert (report.failure.kind, report.failure.step, report.failure.tool) == ("not_made", 1, "apply_op_1")
    assert report.failure.message.startswith(
        "apply_op_1 was not finished: the 4 model calls that one function may take are used up after 2 "
        "attempts; the last one: "
    )
    assert report.failure.hint.startswith("give it more with --calls-per-function 8")
    assert report.steps[0].usage.calls == 4
    assert not (tmp_path / "tools.py").exists()


def test_calls_stop_before_the_one_too_many_and_what_was_made_stays(tmp_path: Path) -> None:
    """Of four calls none, one, two, three are allowed; the fourth binds what was kept, and that goes on.

    The time after that costs nothing, and the report says what it did cost the first time.
    """
    for allowed in range(3):
        author = Author(1)
        report = agent(tmp_path / str(allowed), author, max_calls=allowed).run(GOAL)
        assert report.status == "failed"
        assert (report.failure.kind, report.failure.exit_code) == ("budget", 1)
        assert f"made: {allowed} of {allowed} call" in report.failure.message
        assert report.failure.message.endswith(" are used")
        assert f"--max-calls {2 * allowed or 20}" in report.failure.hint
        assert len(author.asked) == report.usage.calls == report.spending.calls == allowed
        ledger = json.loads(report_json(report))["ledger"]
        assert ledger["calls"] == {"used": allowed, "allowed": allowed}
    kept = tmp_path / "kept"
    assert agent(kept, Author(1), max_calls=3).run(GOAL).failure.stage == "bind"
    assert "def apply_op_1" in (kept / "tools.py").read_text()
    again = agent(kept, Author(1), max_calls=3).run(GOAL)
    assert (again.status, again.output, again.usage.calls) == ("done", expected(1), 3)
    for _ in range(2):  # remembered again, it is still the first time that counts
        reused = agent(kept, Author(1), max_calls=0).run(GOAL)
        assert (reused.output, reused.usage.calls) == (expected(1), 0)
        assert (reused.first.calls, reused.first.tokens) == (3, again.usage.tokens)
        assert reused.first.cost == again.usage.cost > 0
        told = json.loads(report_json(reused))
        assert (told["first_time"]["calls"], told["usage"]["usd"]) == (3, 0)


def test_runs_side_by_side_share_what_is_allowed(tmp_path: Path) -> None:
    """Eight plans at once by one agent, five calls allowed: five are made, and the others say why not."""
    author = Author(1)
    shared = agent(tmp_path, author, max_calls=5)
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda _number: shared.run(GOAL, plan=True), range(8)))
    assert len(author.asked) == 5
    assert sum(report.status == "planned" for report in reports) == 5
    assert {report.failure.kind for report in reports if report.failure} == {"budget"}


def test_vectors_are_in_the_sum_of_a_run_and_of_a_search(tmp_path, monkeypatch, capsys) -> None:
    """What requests for vectors cost is told apart, counts for the budget, and is part of the total."""
    with HTTPServer() as http:

        def vectors(request: Request) -> Response:
            data = [{"embedding": [1.0, len(text)]} for text in request.get_json()["input"]]
            body = {"data": data, "usage": {"prompt_tokens": 100 * len(data)}}
            return Response(json.dumps(body), content_type="application/json")

        http.expect_request("/v1/embeddings").respond_with_handler(vectors)
        monkeypatch.setenv("OPENAI_COMPATIBLE_BASE_URL", http.url_for(""))
        how = {"embedder": "openai-compatible:small", "shortcuts": False, "jobs": 2}
        prices = "scripted:model=1/1,openai-compatible:small=1/1"
        (tmp_path / "tools.py").write_text(Author(1).stub(1) + "    return number * 2 + 1\n")
        author = Author(1)
        model = ScriptedModel(lambda prompt: author.reply(prompt.text))
        report = Agent(tmp_path, model, **(PRICED | {"prices": prices}), **how).run(GOAL, plan=True)
        used = report.stages["vectors"]
        assert (used.calls, used.tokens) == (
            0,
            100 * sum(len(each.get_json()["input"]) for each, _ in http.log),
        )
        assert used.vectors == len(http.log) > 0
        assert used.cost == used.tokens * 10**6
        assert report.usage.cost == sum(each.cost for each in report.stages.values())
        assert report.spending.picodollars == report.usage.cost
        assert report.usage.calls == len(author.asked)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TOOLWRIGHT_EMBEDDER", "openai-compatible:small")
        assert main(["tools", "search", "double a number", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["usage"]["usd"] is None
        monkeypatch.setenv("TOOLWRIGHT_PRICES", prices)
        assert main(["tools", "search", "double a number"]) == 0
        assert "1 request for vectors, $0.0001" in capsys.readouterr().err
        assert main(["tools", "search", "double it", "--budget", "0.000001"]) == 0
        assert "search goes by words only: the next model call was not made" in capsys.readouterr().err


def test_a_budget_is_kept_and_one_that_cannot_be_is_refused_at_once(tmp_path: Path) -> None:
    """The first call could cost more: it is not made. A model without a price: not even started."""
    author = Author(1)
    report = agent(tmp_path, author, budget="0.001").run(GOAL)
    assert (report.failure.kind, author.asked, report.spending.picodollars) == ("budget", [], 0)
    assert "it can cost up to $0.0" in report.failure.message
    assert agent(tmp_path, author, budget="5").run(GOAL, plan=True).status == "planned"
    with pytest.raises(UsageError, match="the price of together:x is not known") as caught:
        Agent(tmp_path, "together:x", fallbacks="none", budget="5")
    assert "TOOLWRIGHT_PRICES" in caught.value.hint
    assert "--max-calls" in caught.value.hint
