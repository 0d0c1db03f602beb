"""lessons/pairs.txt -> kinds of mistake, two functions each, and how the gate refuses the wrong versions.

Nothing of a failure is made up: review, types, tests and doctests refuse a version as they do in a run, and
what its author would be told is taken; the right version has to pass the same gate.
"""

import ast
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from toolwright.making.drafting import Draft
from toolwright.making.promises import hold_doctests, hold_errors, hold_types
from toolwright.making.proving import prove, verify
from toolwright.making.trial import Trial
from toolwright.making.wish import Wish
from toolwright.models.scripted import ScriptedModel
from toolwright.parts import Parts
from toolwright.sandbox.confined import ConfinedSandbox
from toolwright.settings import Settings
from toolwright.types import Candidate, Contract, Match, Step
from toolwright.wiring import Company, open_parts

PAIRS = Path(__file__).parent / "lessons" / "pairs.txt"
_RECORDED = PAIRS.with_name("failures.json")
_OF, _TUNED_ON = 5, 3


@dataclass(frozen=True, slots=True)
class Function:
    """One function with a mistake, and mended."""

    kind: str
    name: str
    wrong: str
    right: str
    tests: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A version that was refused, by whom and with which words, and the version that was kept."""

    kind: str
    name: str
    stage: str
    message: str
    source: str
    mend: str


def functions(text: str) -> Iterator[Function]:
    """Read the functions, two of a kind after the other."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        kind, _, rest = part.partition("\n")
        for block in rest.strip().split("\n\n"):
            yield _function(kind, block.splitlines())


def tuned_on(kind: str) -> bool:
    """Tell whether bounds were chosen on a kind: three of five; the others are reported."""
    kinds = list(dict.fromkeys(function.kind for function in functions(PAIRS.read_text(encoding="utf-8"))))
    return kinds.index(kind) % _OF < _TUNED_ON


def mistakes() -> list[Mistake]:
    """Have every wrong version refused and every right one passed, unless that is in `lessons/failures.json`.

    Raises:
        SystemExit: a wrong version passes, or a right one does not.
    """
    wanted = {_print(function): function for function in functions(PAIRS.read_text(encoding="utf-8"))}
    known = json.loads(_RECORDED.read_text(encoding="utf-8")) if _RECORDED.is_file() else {}
    if not wanted.keys() <= known.keys():
        with tempfile.TemporaryDirectory() as folder, ConfinedSandbox() as box:
            (Path(folder) / "tools.py").write_text("", encoding="utf-8")
            settings = Settings(library=Path(folder), memory=False)
            parts = open_parts(settings, "benchmark", "", Company(), box, ScriptedModel([]))
            for key, function in wanted.items():
                if key not in known:
                    known[key] = _refused(parts, function)
                    _RECORDED.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        known = {key: known[key] for key in wanted}
        _RECORDED.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return [
        Mistake(one.kind, one.name, known[key]["stage"], known[key]["message"], one.wrong, one.right)
        for key, one in wanted.items()
    ]


def _print(function: Function) -> str:
    return sha256(repr(function).encode()).hexdigest()[:16]


def _refused(parts: Parts, function: Function) -> dict[str, str]:
    good = _tried(parts, function, function.right)
    if good.refused_by:
        raise SystemExit(f"{function.name}, mended, is refused by {good.refused_by}: {good.reasons}")
    bad = _tried(parts, function, function.wrong)
    if not bad.refused_by:
        raise SystemExit(f"{function.name} with its mistake passes")
    return {"name": function.name, "stage": bad.refused_by, "message": "\n".join(bad.reasons)}


def _tried(parts: Parts, function: Function, source: str) -> Trial:
    step = Step(1, function.name.replace("_", " "))
    wish = Wish("", step, Match(step, "NOT_EXISTS"), (), name=function.name)
    stub = function.right[: function.right.index('\n    """\n')] + '\n    """\n    ...\n'
    draft = Draft(Contract(function.name, stub, function.tests, step))
    gates = (verify, hold_types, hold_errors, hold_doctests)
    return prove(parts, wish, draft, Candidate(function.name, source, function.tests), gates)


def _function(kind: str, lines: Sequence[str]) -> Function:
    code = [line for line in lines if not line.startswith("test_")]
    tests = [line for line in lines if line.startswith("test_")]
    name = re.match(r"def (\w+)", code[0])[1]
    summary = code[1].strip().strip('"')
    wrong = [f" {line[1:]}" if line[0] == "-" else line for line in code[2:] if line[0] != "+"]
    right = [f" {line[1:]}" if line[0] == "+" else line for line in code[2:] if line[0] != "-"]
    said = tuple(_docstring(code[0], summary, "\n".join(right), tests))
    versions = ("\n".join([code[0], *said, *body]) + "\n" for body in (wrong, right))
    return Function(kind, name, *versions, _tests(name, tests))


def _docstring(head: str, summary: str, body: str, tests: Sequence[str]) -> Iterator[str]:
    """Give all sections that a tool has; what they say of parameters is the same for every function."""
    arguments = ast.parse(f"{head} ...").body[0].args.args
    raised = sorted(set(re.findall(r"raise (\w+Error)", body)))
    yield f'    {"r" if any(chr(92) in line for line in tests) else ""}"""{summary}\n\n    Args:'
    yield from (f"        {argument.arg}: The {argument.arg.replace('_', ' ')}." for argument in arguments)
    yield "\n    Returns:\n        What was asked for.\n"
    if raised:
        yield "    Raises:\n" + "\n".join(f"        {name}: It cannot be done." for name in raised) + "\n"
    else:
        yield "    Raises: nothing\n"
    call, _, value = re.split(r": ", tests[0], maxsplit=1)[1].partition(" == ")
    shown = repr(ast.literal_eval(value)) if value else "True"
    call = call.removesuffix(" is True")
    if call.endswith(" is False"):
        call, shown = call.removesuffix(" is False"), "False"
    yield f"    Example:\n        >>> {call}\n        {shown}\n"
    yield f"    Keywords: {', '.join(re.findall('[a-z]{4,}', summary.lower())[:3])}"
    yield '    """'


def _tests(name: str, lines: Sequence[str]) -> str:
    text = f"import pytest\nfrom tools import {name}\n" if any("! " in line for line in lines) else ""
    text = text or f"from tools import {name}\n"
    for line in lines:
        raised = re.match(r"(\w+)! (\w+): (.*)", line)
        if raised:
            text += f"\n\ndef {raised[1]}():\n    with pytest.raises({raised[2]}):\n        {raised[3]}\n"
        else:
            test, _, expression = line.partition(": ")
            text += f"\n\ndef {test}():\n    assert {expression}\n"
    return text


if __name__ == "__main__":
    print(f"{len(mistakes())} functions")
