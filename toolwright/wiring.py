"""Settings -> the working parts of a run: model, sandbox, library, index, memory."""

import secrets as randomness
import shlex
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from toolwright.allowance import folder_notices, open_ledger, rates
from toolwright.company import Company
from toolwright.errors import ModelError, UsageError
from toolwright.events import Listener, Notice
from toolwright.lanes import Lanes
from toolwright.library.index import Index
from toolwright.library.store import Store
from toolwright.memory.lessons import Lessons
from toolwright.memory.precedents import Precedents
from toolwright.models import SERVERS, open_replay, open_roles
from toolwright.models.absent import AbsentModel
from toolwright.models.endpoint import Connection, Local
from toolwright.models.ledger import Ledger
from toolwright.models.metered import MeteredModel
from toolwright.models.priced import PaidModel, PricedModel
from toolwright.models.transcripts import Transcript, TranscriptWriter
from toolwright.packages.obtaining import Packages
from toolwright.packages.shelf import open_shelf
from toolwright.parts import Options, Parts, Rigor
from toolwright.permissions.gate import Grantor
from toolwright.permissions.opening import open_gate
from toolwright.prompts.overrides import Texts, read_texts
from toolwright.protocols import Embedder, Model, Sandbox
from toolwright.remembering import STATE, open_past, plan_memory
from toolwright.settings import Settings, from_folder, secret_value, secrets
from toolwright.settings.review_table import read_review
from toolwright.settings.servers import address_of, key_of, models_of
from toolwright.stages.rules.chosen import chosen_rules
from toolwright.types import HeldOut, Resumption, Usage, WrittenPlan
from toolwright.vault import Sources, Vault

_PATIENCE_S = 0.5
"""How long a run waits for a memory that another program holds."""
_SAMPLING_OF_ITS_OWN: Final = frozenset({"openai", "anthropic"})
"""Servers whose current models refuse a temperature; it is sent only when the user set one."""


def new_run() -> str:
    """Return an id for a run: the time it began, in UTC, and a few letters of chance."""
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + randomness.token_hex(4)


def open_parts(
    settings: Settings,
    run: str,
    goal: str,
    company: Company,
    sandbox: Sandbox,
    model: Model | None = None,
) -> Parts:
    """Open what a run of `goal` needs; nothing is written yet. `model` takes the place of the configured one.

    Raises:
        UsageError, ModelError, TranscriptError, LibraryError: a setting, a grant or a file cannot be used.
    """
    lanes = Lanes(company.tell, 1 if settings.replay else settings.jobs)  # a replay answers in its order
    company = company.in_turn(lanes)
    note, redact = company.note, company.redactor.redact
    for secret in secrets(settings, {}):
        company.redactor.learn(secret)
    path = settings.library / STATE / "transcripts" / f"{run}.jsonl"
    writer = TranscriptWriter(path, f"recorded from {settings.model}", redact, goal=goal, emit=company.tell)
    texts = _texts(settings, company.tell)
    ledger = (company.ledger or open_ledger(settings)).part()
    metered = _given(model, settings, company, ledger) or _model(settings, writer, company.tell, ledger)
    metered.in_words_of(texts.reword)
    for said in folder_notices(settings):
        note(said)
    past = open_past(settings, note, wait_s=_PATIENCE_S)
    embedder = _embedder(settings, note, ledger, partial(metered.count, "vectors"))
    store, index = _reopened(settings, embedder, note)
    return Parts(
        model=metered,
        sandbox=sandbox,
        store=store,
        index=index,
        memory=plan_memory(settings),
        permits=open_gate(settings, Grantor(company.ask if company.present else None, company.tell)),
        emit=company.tell,
        ask=company.ask,
        approve=company.approve,
        replan=lambda missing: settings.yes or _agreed(company, missing),
        redact=redact,
        packages=_packages(settings, company),
        vault=Vault(Sources(secret_value, company.ask_secret), company.redactor, note),
        rules=chosen_rules(read_review(settings.library, Path()), company.rules),
        teach=Lessons(past, run, embedder) if settings.memory else lambda _stage, _message, _source: (),
        precedents=Precedents(past, run) if settings.memory else lambda _step: (),
        lanes=lanes,
        reopen=lambda: _reopened(settings, embedder, note),
        rate=rates(settings, metered.name if model else ""),
        rigor=Rigor(settings.mutation_threshold, settings.mutation_budget, settings.mutation_seconds),
    )


def _given(model: Model | None, settings: Settings, company: Company, ledger: Ledger) -> MeteredModel | None:
    """Return the model that somebody brought along, with its calls counted and paid for."""
    if model is None:
        return None
    paid = PricedModel(PaidModel(model, ledger, settings.max_tokens), ledger)
    return MeteredModel(paid, company.tell, ledger=ledger)


def _packages(settings: Settings, company: Company) -> Packages:
    agree = "packages" in settings.auto_approve
    return Packages(open_shelf(settings), company.confirm, company.note, agree=agree)


def _reopened(
    settings: Settings, embedder: Embedder | None, notice: Callable[[str], None]
) -> tuple[Store, Index]:
    store = Store(settings.library)
    return store, _index(store, embedder, notice)


def _texts(settings: Settings, tell: Listener) -> Texts:
    """Return the texts of prompts that the user has instead of ours.

    Raises:
        UsageError: one is broken, or a file that came with a folder names texts of elsewhere.
    """
    folder, origin = settings.prompts_dir, settings.origins.get("prompts_dir", "")
    if folder is None:
        return Texts()
    strangers = from_folder(origin)
    if strangers and not folder.resolve().is_relative_to(Path.cwd()):
        raise UsageError(
            f"prompts_dir in {origin} is {str(folder)!r}, which is not below this folder",
            hint=f"--prompts-dir {shlex.quote(str(folder))}  (if you trust these texts)",
        )
    texts = read_texts(folder, links=not strangers)
    if strangers and texts.instead:
        names = ", ".join(f"{name}.md" for name in texts.instead)
        tell(Notice(f"the model is asked in the words of {folder}/ ({names}), as {origin} says"))
    return texts


def open_index(
    settings: Settings,
    store: Store,
    notice: Callable[[str], None],
    ledger: Ledger,
    tell: Callable[[Usage], None],
) -> Index:
    """Return the search over a library: by words, and by meaning where an embedder is set and can be used.

    `ledger` says whether vectors may be paid for, `tell` hears what they have cost.

    Raises:
        UsageError: the setting names no server that makes vectors.
    """
    return _index(store, _embedder(settings, notice, ledger, tell), notice)


def _index(store: Store, embedder: Embedder | None, notice: Callable[[str], None]) -> Index:
    if embedder is None:
        return Index(store)
    from toolwright.library.fusion import FusedIndex

    return FusedIndex(store, embedder, notice)


def _embedder(
    settings: Settings, notice: Callable[[str], None], ledger: Ledger, tell: Callable[[Usage], None]
) -> Embedder | None:
    """Return what makes vectors of tools and failures, None where it is not set or cannot be used."""
    if not settings.embedder:
        return None
    from toolwright.models.embedders import open_embedder

    try:
        return open_embedder(settings.embedder, connections(settings, ledger), tell)
    except ModelError as error:
        notice(f"search goes by words only: {error}")
        return None


def _agreed(company: Company, missing: str) -> bool:
    """Let a person decide whether everything is run again; where there is none, judging was asked for."""
    if company.confirm is None:
        return True
    return company.confirm(
        f"The result may not be what the goal asks for: {missing}\nPlan and run it once more?"
    )


def options(
    settings: Settings,
    *,
    stop_after: str = "",
    name: str = "",
    judge: bool = False,
    learn: bool = False,
    examples: tuple[HeldOut, ...] = (),
    plan: WrittenPlan | None = None,
    values: Mapping[str, str] | None = None,
    resumed: Resumption | None = None,
) -> Options:
    """Return how a run is to be done; `judge` counts where the user has not set it, `plan` is a saved one."""
    return Options(
        workspace=settings.workspace,
        stop_after=stop_after,
        name=name,
        attempts=settings.attempts,
        calls_per_function=settings.calls_per_function,
        candidates=settings.candidates,
        shortcuts=settings.shortcuts,
        step_timeout_s=settings.step_timeout_s,
        preview=settings.preview,
        fresh=settings.fresh,
        learn=learn,
        examples=examples,
        plan=plan,
        values=values or {},
        resumed=resumed,
        samples=settings.samples,
        judge=judge if settings.judge is None else settings.judge,
    )


def connections(settings: Settings, ledger: Ledger | None = None) -> dict[str, Connection]:
    """Say by server how it is reached and asked; `ledger` says whether a request may be paid for."""
    return {server: _connection(settings, server, ledger or Ledger()) for server in SERVERS}


def _connection(settings: Settings, server: str, ledger: Ledger) -> Connection:
    local = server == "llama-cpp"
    left = server in _SAMPLING_OF_ITS_OWN
    temperature = settings.temperature if not left or "temperature" in settings.origins else None
    if local and settings.local_temperature is not None:
        temperature = settings.local_temperature
    return Connection(
        key=key_of(settings, server).reveal(),
        base_url=address_of(settings, server),
        idle_s=settings.idle_timeout_s,
        deadline_s=settings.deadline_s,
        max_tokens=settings.local_max_tokens if local else settings.max_tokens,
        temperature=temperature,
        top_p=settings.top_p if not left or "top_p" in settings.origins else None,
        think=settings.think,
        local=Local(settings.models_dir, settings.context_size, settings.gpu_layers),
        ledger=ledger,
    )


def _model(settings: Settings, writer: TranscriptWriter, emit: Listener, ledger: Ledger) -> MeteredModel:
    if settings.replay:
        return open_replay(Transcript.read(settings.replay), emit, ledger=ledger)
    try:
        ways = connections(settings, ledger)
        return open_roles(models_of(settings), ways, emit, writer=writer, ledger=ledger)
    except ModelError as missing:  # a remembered plan needs no model; whoever asks it is told then
        return MeteredModel(AbsentModel(settings.model, missing), emit, ledger=ledger)
