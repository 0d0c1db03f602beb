"""The ledger of calls and money: what is allowed is never passed, what is unknown is never nothing."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import Fault, ScriptedServer

from toolwright.allowance import folder_notices, open_ledger
from toolwright.errors import BudgetError, CallsUsedUpError, ModelError, UsageError
from toolwright.models import open_model
from toolwright.models.caps import calls_left, capped
from toolwright.models.embedders import open_embedder
from toolwright.models.endpoint import Connection
from toolwright.models.ledger import Ledger, prompt_bound
from toolwright.models.metered import MeteredModel
from toolwright.models.patience import Patience
from toolwright.models.priced import PaidModel, PricedModel
from toolwright.models.scripted import ScriptedModel
from toolwright.settings import load
from toolwright.settings.prices import PRICES, tariff
from toolwright.types import Price, Prompt
from toolwright.types.cost import PICODOLLARS, dollars, usd

CENT = PICODOLLARS // 100
PROMPT = Prompt("generate", "add", "12345678")
A_MICRO = Price(10**6, 10**6, "a test")
"""A dollar for a million tokens."""
LOOPBACK = {"key": "k-ledger-0123456789", "idle_s": 30.0, "max_tokens": 1000}


def ignore(_event):
    """Listen to nothing."""


def asked(model, ledger, times=1):
    """Ask a model so often with a ledger; return what it said."""
    metered = MeteredModel(PricedModel(PaidModel(model, ledger, 100), ledger), ignore, ledger=ledger)
    return [metered.complete(PROMPT).usage for _ in range(times)]


def over_http(http, ledger, name="any"):
    """Open a model behind a real server, as programs do."""
    connection = Connection(**LOOPBACK, base_url=http.url, ledger=ledger)
    patience = Patience(first_wait_s=0.01)
    value = f"openai-compatible:{name}"
    return open_model([value], {"openai-compatible": connection}, ignore, patience=patience, ledger=ledger)


def test_the_call_after_the_last_one_is_not_made():
    """Two calls are allowed: the third is refused in a sentence with used and allowed, and is not asked."""
    ledger, model = Ledger(max_calls=2), ScriptedModel(["1", "2", "3"])
    with pytest.raises(BudgetError, match="2 of 2 calls, cost unknown are used") as caught:
        asked(model, ledger, 3)
    assert len(model.prompts) == 2
    assert (caught.value.used, caught.value.allowed, caught.value.exit_code) == ((2, None), (2, None), 1)
    assert "--max-calls 4" in caught.value.hint


def test_a_call_that_could_pass_the_budget_is_not_made():
    """A cent a call at most, two cents allowed: however little was used, it is the worst that decides."""
    worst = A_MICRO.of(prompt_bound(PROMPT), 100)
    ledger, model = Ledger(lambda _name: A_MICRO, budget=2 * worst - 1), ScriptedModel(["x" * 400] * 9)
    with pytest.raises(BudgetError, match="it can cost up to") as caught:
        asked(model, ledger, 9)
    used = ledger.spending.picodollars
    assert used == len(model.prompts) * A_MICRO.of(2, 100)
    assert used + worst > 2 * worst - 1
    assert caught.value.used == (len(model.prompts), usd(used))


def test_parallel_calls_never_pass_what_is_allowed():
    """Twenty threads at one ledger: exactly the allowed calls are made, and never more money is set aside."""
    worst = A_MICRO.of(prompt_bound(PROMPT), 100)
    for limits in ({"max_calls": 7}, {"budget": 7 * worst}):
        ledger = Ledger(lambda _name: A_MICRO, **limits)
        model = ScriptedModel(lambda _prompt: "x" * 400)

        def ask(_number, ledger=ledger, model=model):
            try:
                return bool(asked(model, ledger.part()))
            except BudgetError:
                return False

        with ThreadPoolExecutor(20) as pool:
            done = sum(pool.map(ask, range(60)))
        spending = ledger.spending
        assert done == len(model.prompts) == spending.calls
        assert done == 7 if "max_calls" in limits else spending.picodollars <= 7 * worst


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=12), st.integers(0, 4000))
def test_no_order_of_answers_and_faults_passes_a_budget(answers, cents):
    """Whatever models answer within their room, or how they fail: used stays below allowed."""
    replies = [ModelError("timeout", "silent") if fails else "x" * size for size, fails in answers]
    ledger = Ledger(lambda _name: A_MICRO, budget=cents * 10**6)
    model = ScriptedModel(replies)
    for _ in replies:
        try:
            asked(model, ledger)
        except (BudgetError, ModelError):
            continue
    assert ledger.spending.picodollars <= cents * 10**6
    assert ledger.spending.calls == len(model.prompts)


def test_a_part_keeps_what_it_was_promised_to_and_the_whole_counts_it():
    """The run stops at the bound that was told, in its own words; the ledger of the program knows of it."""
    from toolwright.types import Bound

    ledger = Ledger(lambda _name: A_MICRO)
    part = ledger.part()
    part.promise(Bound(1, 0, 2, 10**15))
    with pytest.raises(BudgetError, match="the most that this run was said to take"):
        asked(ScriptedModel(["1"] * 3), part, 3)
    assert ledger.spending.calls == 2
    asked(ScriptedModel(["1"] * 3), ledger.part(), 3)
    assert ledger.spending.calls == 5


def test_work_inside_of_other_work_is_held_by_both():
    """A call refused by the inner one counts in neither; threads in a copy of the context count too."""
    ledger = Ledger(lambda _name: A_MICRO)
    model = ScriptedModel(lambda _prompt: "1")
    with capped(5), ThreadPoolExecutor(4) as pool:
        with capped(2, "widening"), pytest.raises(BudgetError, match="the 2 model calls that widening may"):
            asked(model, ledger.part(), 3)
        assert calls_left(99) == 3

        def ask(_number):
            try:
                return bool(asked(model, ledger.part()))
            except CallsUsedUpError:
                return False

        contexts = [copy_context() for _ in range(9)]
        assert sum(pool.map(lambda context: context.run(ask, 0), contexts)) == 3
    assert (len(model.prompts), ledger.spending.calls, calls_left(99)) == (5, 5, 99)


def test_requests_of_a_real_server_are_paid_for_as_it_counts():
    """12 tokens asked and 34 answered; a refusal costs nothing, an answer that broke off the most."""
    with ScriptedServer() as http:
        ledger = Ledger(lambda _name: A_MICRO)
        usage = over_http(http, ledger).complete(PROMPT).usage
        assert (usage.cost, ledger.spending.picodollars) == (A_MICRO.of(12, 34),) * 2
        for name in ("401", "402", "429quota", "400"):
            with pytest.raises(ModelError):
                over_http(http, ledger, name).complete(PROMPT)
        assert (ledger.spending.calls, ledger.spending.picodollars) == (5, A_MICRO.of(12, 34))
        with pytest.raises(ModelError):
            over_http(http, ledger, "s_eof").complete(PROMPT)
        tries = sum(body["model"] == "s_eof" for body in http.bodies)
        assert tries > 1
        assert ledger.spending.picodollars > A_MICRO.of(12, 34)
        worst = A_MICRO.of(prompt_bound(PROMPT), 1000)
        assert ledger.spending.picodollars <= A_MICRO.of(12, 34) + tries * worst


def test_the_second_half_of_a_cut_off_call_is_a_call_of_its_own():
    """With one call allowed, an answer that is cut off is not asked for again; its tokens are counted."""
    with ScriptedServer() as http:
        ledger = Ledger(lambda _name: A_MICRO, max_calls=1)
        model = over_http(http, ledger, "cutcode")
        with pytest.raises(BudgetError, match="1 of 1 call"):
            model.complete(PROMPT)
        assert len(http.bodies) == 1
        assert (model.total.calls, ledger.spending.calls) == (1, 1)
        assert model.total.cost == A_MICRO.of(12, 34)
        both = Ledger(lambda _name: A_MICRO, max_calls=2)
        model = over_http(http, both, "cutcode")
        with pytest.raises(ModelError, match="cut off"):
            model.complete(PROMPT)
        assert (model.total.calls, both.spending.calls, len(http.bodies)) == (2, 2, 3)


def test_a_used_up_quota_is_never_tried_again_and_a_rate_limit_is():
    """402 and 429 with words of a quota are one request; 429 alone is tried again and is one call."""
    with ScriptedServer() as http:
        for name in ("402", "429quota"):
            with pytest.raises(ModelError) as caught:
                over_http(http, Ledger(), name).complete(PROMPT)
            assert (caught.value.kind, sum(body["model"] == name for body in http.bodies)) == ("billing", 1)
        ledger = Ledger(max_calls=1)
        assert over_http(http, ledger, "429*2").complete(PROMPT).usage.calls == 1
        assert ledger.spending.calls == 1


def test_an_unknown_price_is_unknown_and_a_local_model_says_why_it_has_none():
    """Neither is a zero: the cost is None, or there is a reason."""
    ledger = Ledger()
    assert asked(ScriptedModel(["1"]), ledger)[0].cost is None
    assert ledger.spending.words == "1 call, cost unknown"
    prices = tariff(load({}, {}))
    assert prices("together:deepseek-ai/DeepSeek-R1") is None
    assert prices("openai-compatible:any") is None
    assert prices("ollama:qwen3-coder").source == "no price: runs on this machine"
    assert prices("ollama:gpt-oss:120b-cloud") is None
    assert all(price.prompt and price.output and price.source for price in map(prices, PRICES))
    elsewhere = tariff(
        load({}, {"OLLAMA_HOST": "http://192.0.2.7:11434", "OPENAI_BASE_URL": "http://192.0.2.7"})
    )
    assert elsewhere("ollama:qwen3-coder") is None
    assert elsewhere("openai:gpt-5.5") is None


def test_prices_can_be_set_and_amounts_round_up():
    """A price of one's own wins over the table, also for all models of a server; money is exact inside."""
    own = tariff(load({}, {"TOOLWRIGHT_PRICES": "openai:gpt-5.5=1.5/.25, openai-compatible:*=0/0"}))
    assert own("openai:gpt-5.5").of(2, 4) == 4 * 10**6
    assert own("openai-compatible:any").is_nothing
    told = [dollars(amount) for amount in (0, 1, 312 * 10**8, 6 * CENT, 125 * CENT, 125 * CENT + 1)]
    assert told == ["$0.00", "$0.0001", "$0.0312", "$0.06", "$1.25", "$1.26"]
    assert (usd(1), usd(None), usd(0)) == (1e-06, None, 0.0)


def test_a_folder_makes_nothing_cheaper_that_the_users_own_key_pays(tmp_path):
    """A price of nothing in somebody's folder disarms no budget; a dearer one counts, and one's own does."""
    (tmp_path / "toolwright.toml").write_text(
        'prices = ["openai:gpt-5.5=0/0", "groq:openai/gpt-oss-120b=9/0.1", "together:*=0/0", '
        '"openai-compatible:*=1/2"]\n'
    )
    key = {"OPENAI_API_KEY": "sk-mine-0123456789"}
    for environ in (key, {}):  # or it will be typed in
        settings = load({"model": "openai", "fallbacks": "none"}, environ, tmp_path)
        prices = tariff(settings)
        assert (prices("openai:gpt-5.5").prompt, prices("openai:gpt-5.5").output) == (5 * 10**6, 30 * 10**6)
        groq = prices("groq:openai/gpt-oss-120b")
        assert (groq.prompt, groq.output) == (9 * 10**6, 6 * 10**5)
        assert prices("together:any") is None
        assert prices("openai-compatible:any").output == 2 * 10**6  # no key pays there
        assert "openai:gpt-5.5 in toolwright.toml line 1 does not count" in folder_notices(settings)[0]
    unknown = load({"model": "together:any", "fallbacks": "none", "budget": "1"}, key, tmp_path)
    with pytest.raises(UsageError, match=r"not known \(toolwright.toml line 1 does not count, for your own"):
        open_ledger(unknown)
    (tmp_path / ".env").write_text("OLLAMA_HOST=192.0.2.7\nOPENAI_API_KEY=sk-theirs-0123456789\n")
    sent = "what is asked is sent to http://192.0.2.7:11434, as .env line 1 says"
    assert folder_notices(load({"model": "ollama", "fallbacks": "none"}, {}, tmp_path)) == (sent,)
    assert folder_notices(load({"model": "ollama"}, {"OLLAMA_HOST": "192.0.2.8"}, tmp_path)) == ()
    theirs = load({"model": "openai"}, {}, tmp_path)
    assert tariff(theirs)("openai:gpt-5.5").is_nothing
    assert folder_notices(theirs) == ()
    mine = load({"model": "openai"}, {**key, "TOOLWRIGHT_PRICES": "openai:gpt-5.5=0/0"}, tmp_path)
    assert tariff(mine)("openai:gpt-5.5").is_nothing


def test_vectors_are_not_paid_for_with_what_is_not_left():
    """The request is not made: nobody listens there, which would be another error."""
    ledger = Ledger(lambda _name: A_MICRO, budget=1)
    connection = Connection(base_url="http://127.0.0.1:9", ledger=ledger)
    embedder = open_embedder("openai-compatible:small", {"openai-compatible": connection})
    with pytest.raises(BudgetError, match="it can cost up to"):
        embedder.embed(["one", "two"])


def test_a_fault_of_the_server_before_any_answer_costs_nothing():
    """What was set aside for it is given back."""
    with ScriptedServer(lambda _body: Fault("500")) as http:
        ledger = Ledger(lambda _name: A_MICRO)
        with pytest.raises(ModelError):
            over_http(http, ledger).complete(PROMPT)
        assert ledger.spending.picodollars == 0
