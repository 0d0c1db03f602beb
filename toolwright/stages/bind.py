"""Goal + chosen tools -> the arguments of every call: values of the goal or answers of earlier calls."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from toolwright.errors import ReplyShapeError
from toolwright.prompts import render
from toolwright.prompts.asking import ask
from toolwright.prompts.reply import json_object
from toolwright.protocols import Model
from toolwright.syntax.checking import mismatch
from toolwright.syntax.fitting import EACH, PathError, can_fit, path_parts, schema_at
from toolwright.types import (
    Argument,
    Binding,
    Given,
    Prompt,
    Reference,
    Schema,
    ScratchFile,
    SecretRef,
    Step,
    Tool,
    Unknown,
)

Calls = Sequence[tuple[Step, Tool]]

_SECRET_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{2,79}")
_FILE_NAME: Final = re.compile(r"[\w-][\w .,()+=@-]{0,59}")


def bind(model: Model, goal: str, calls: Calls) -> tuple[Binding, ...]:
    """Ask for the arguments of all calls, in one question.

    Raises:
        ReplyShapeError, ModelError: no usable binding could be had.
    """
    prompt = Prompt("bind", goal, _text(goal, calls, ""))
    return ask(model, prompt, lambda text: read_bindings(text, calls))


def rebind(
    model: Model, goal: str, calls: Calls, bound: Sequence[Binding], problem: str, previews: Mapping[int, str]
) -> Binding:
    """Ask again for the call after those `bound`, with what went wrong and the values it can draw on.

    Raises:
        ReplyShapeError, ModelError: no usable binding could be had.
    """
    failed = len(bound)
    step, tool = calls[failed]
    seen = "\n".join(f"The answer of call {number} was: {text}" for number, text in previews.items())
    told = (
        f"\nCall {step.number} ({tool.name}) was tried and failed: {problem}\n{seen}\n"
        f"Give the arguments of call {step.number} only, so that it works.\n"
    )
    prompt = Prompt("rebind", f"{goal} / step {step.number}", _text(goal, calls[: failed + 1], told))
    return ask(model, prompt, lambda text: read_bindings(text, calls[: failed + 1], bound)[failed])


def read_bindings(text: str, calls: Calls, bound: Sequence[Binding] = ()) -> tuple[Binding, ...]:
    """Read a bind reply for the calls that are not `bound` yet, and check it as far as schemas can.

    Raises:
        ReplyShapeError: a call or argument is missing, unknown, mistyped, or a reference cannot fit.
    """
    entries = json_object(text).get("calls")
    if not isinstance(entries, list):
        raise ReplyShapeError('"calls" must be a list')
    by_step = _by_step(entries, [step.number for step, _ in calls])
    bindings = list(bound)
    for step, tool in calls[len(bound) :]:
        if step.number not in by_step:
            raise ReplyShapeError(f"the arguments of step {step.number} are missing")
        arguments = {name: _read_argument(name, raw) for name, raw in by_step[step.number].items()}
        binding = Binding(step.number, tool.name, arguments)
        wrong = what_is_wrong(binding, tool, answer_schemas(bindings, calls))
        if wrong:
            raise ReplyShapeError(wrong)
        bindings.append(binding)
    return tuple(bindings)


def answer_schemas(bindings: Sequence[Binding], calls: Calls) -> dict[int, Schema]:
    """Describe the answer of every bound call; a call that fans out answers with a list."""
    returns = {step.number: tool.returns for step, tool in calls}
    return {
        binding.step: {"type": "array", "items": returns[binding.step]}
        if any(fans_out(argument) for argument in binding.arguments.values())
        else returns[binding.step]
        for binding in bindings
    }


def what_is_wrong(binding: Binding, tool: Tool, answers: Mapping[int, Schema]) -> str:
    """Return "" when a binding fits its tool and the `answers` it can draw on, else why not."""
    properties = tool.parameters["properties"]
    where = f"step {binding.step}, {tool.name}"
    for name in tool.parameters["required"]:
        if name not in binding.arguments:
            return f"{where}: the argument `{name}` is missing"
    for name, argument in binding.arguments.items():
        if name not in properties:
            return f"{where}: there is no parameter `{name}`; it has {', '.join(properties) or 'none'}"
        wrong = _secret_problem(argument, name, tool) or _argument_problem(
            argument, properties[name], answers
        )
        if wrong:
            return f"{where}, argument `{name}`: {wrong}"
    return ""


def fans_out(argument: Argument) -> bool:
    """Tell whether an argument makes its step run once per item."""
    return isinstance(argument, Reference) and EACH in path_parts(argument.path)


def _secret_problem(argument: Argument, name: str, tool: Tool) -> str:
    """Return "" when exactly the parameters that hold a secret are bound to the name of one."""
    holds_one = name in tool.docstring.secrets
    if isinstance(argument, SecretRef):
        if not holds_one:
            return "it is not listed under `Secrets:`, so no secret is put there"
        return "" if is_secret_name(argument.name) else f"{argument.name!r} is no name such as GITHUB_TOKEN"
    if holds_one and argument != Given(None):
        return 'it holds a secret: write {"secret": "NAME"}, the name of the environment variable that has it'
    return ""


def _argument_problem(argument: Argument, schema: Schema, answers: Mapping[int, Schema]) -> str:
    match argument:
        case Given(value=value):
            return mismatch(value, schema)
        case ScratchFile():
            return "" if can_fit({"type": "string"}, schema) else "the path of a file is a string"
        case Reference(step=source):
            if source not in answers:
                return f"it refers to step {source}, which does not run before"
            return _reference_problem(argument, schema, answers[source])
        case Unknown() | SecretRef():
            return ""


def _reference_problem(reference: Reference, wanted: Schema, answer: Schema) -> str:
    try:
        produced = schema_at(answer, reference.path)
    except PathError as error:
        return str(error)
    if not can_fit(produced, wanted):
        return (
            f"step {reference.step} gives {json.dumps(produced)} at {reference.path!r}, "
            f"which does not fit {json.dumps(wanted)}"
        )
    return ""


def is_secret_name(name: str) -> bool:
    """Tell whether a name is written as environment variables that hold secrets are."""
    return _SECRET_NAME.fullmatch(name) is not None


def is_plain_file_name(name: str) -> bool:
    """Tell whether a name can only mean a file directly inside the scratch folder."""
    return _FILE_NAME.fullmatch(name) is not None


def _by_step(entries: list[Any], numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    by_step: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("arguments"), dict):
            raise ReplyShapeError('every call must be an object with "step" and "arguments"')
        number = entry.get("step")
        if type(number) is not int or number not in numbers:
            raise ReplyShapeError(
                f"there is no call {number!r}; the calls are {', '.join(map(str, numbers))}"
            )
        if number in by_step:
            raise ReplyShapeError(f"call {number} has its arguments twice")
        by_step[number] = entry["arguments"]
    return by_step


def _read_argument(name: str, raw: Any) -> Argument:
    if not isinstance(raw, dict | list):
        return Given(raw)  # a bare text, number or truth value can mean nothing else
    match raw:
        case {"literal": value, **rest} if not rest:
            return Given(value)
        case {"step": int(step), **rest} if rest.keys() <= {"path"} and type(step) is int:
            return Reference(step, _read_path(name, rest.get("path", "")))
        case {"scratch": str(file), **rest} if not rest:
            if not is_plain_file_name(file):
                raise ReplyShapeError(f"argument `{name}`: {file!r} is not a plain file name")
            return ScratchFile(file)
        case {"secret": str(secret), **rest} if not rest:
            return SecretRef(secret)
        case {"unknown": str(question), **rest} if not rest and question.strip():
            return Unknown(question)
    raise ReplyShapeError(
        f"argument `{name}` must be an object with `literal`, `step` and `path`, `scratch`, `secret` "
        "or `unknown`"
    )


def _read_path(name: str, path: Any) -> str:
    if not isinstance(path, str):
        raise ReplyShapeError(f"argument `{name}`: the path must be a string")
    try:
        path_parts(path)
    except PathError as error:
        raise ReplyShapeError(f"argument `{name}`: {error}") from None
    return path


def _text(goal: str, calls: Calls, problem: str) -> str:
    shown = "\n\n".join(_card(step, tool) for step, tool in calls)
    return render("bind", goal=goal, calls=shown, problem=problem)


def _card(step: Step, tool: Tool) -> str:
    secrets = [name for name in tool.docstring.secrets if name in tool.parameters["properties"]]
    listed = f"  secrets: {', '.join(secrets)}\n" if secrets else ""
    return (
        f"Call {step.number}: {tool.name} - {step.description}\n"
        f"  {tool.docstring.summary}\n{listed}"
        f"  arguments: {json.dumps(tool.parameters, ensure_ascii=False)}\n"
        f"  answer: {json.dumps(tool.returns, ensure_ascii=False)}"
    )
