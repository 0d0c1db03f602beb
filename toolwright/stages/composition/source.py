"""A run, its parameters and the words for it -> the text of the one function that does all of it."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolwright.records import dataclass
from toolwright.stages.composition.parameters import Place, Slot
from toolwright.stages.composition.run import GoodRun
from toolwright.syntax.annotation import annotation_text
from toolwright.syntax.fitting import EACH, path_parts
from toolwright.types import Argument, Binding, Given, Reference, ScratchFile

_INDENT: Final = "    "
_WIDTH: Final = 96


@dataclass(frozen=True, slots=True)
class Words:
    """What a composed function is called and how it is described; `parameters` are (name, meaning)."""

    name: str
    summary: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    keywords: tuple[str, ...]


def composed_stub(run: GoodRun, slots: Sequence[Slot], words: Words) -> str:
    """Return signature and docstring."""
    typed = [f"{name}: {slot.annotation}" for slot, (name, _) in zip(slots, words.parameters, strict=True)]
    answer = annotation_text(run.calls[-1][1].returns)
    answer = f"list[{answer}]" if _fans_out(run.bindings[-1]) else answer
    head = f"def {words.name}({', '.join(typed)}) -> {answer}:"
    if len(head) > _WIDTH:
        listed = "".join(f"{_INDENT}{one},\n" for one in typed)
        head = f"def {words.name}(\n{listed}) -> {answer}:"
    return f"{head}\n{textwrap.indent(_docstring(run, slots, words), _INDENT)}"


def composed_source(run: GoodRun, slots: Sequence[Slot], words: Words) -> str:
    """Return the whole function, with the imports it needs before it."""
    names = {
        place: name for slot, (name, _) in zip(slots, words.parameters, strict=True) for place in slot.places
    }
    body = "\n".join(_body(run, names))
    scratch = any(isinstance(a, ScratchFile) for binding in run.bindings for a in binding.arguments.values())
    if scratch:
        body = "with tempfile.TemporaryDirectory() as scratch:\n" + textwrap.indent(body, _INDENT)
    stub = composed_stub(run, slots, words)
    imports = "import os\nimport tempfile\n" if scratch else ""
    imports += "from typing import Literal\n" if "Literal[" in stub else ""
    return f"{imports}\n\n{stub}{textwrap.indent(body, _INDENT)}\n".lstrip("\n")


def _body(run: GoodRun, names: Mapping[Place, str]) -> Iterator[str]:
    used = {
        argument.step
        for binding in run.bindings
        for argument in binding.arguments.values()
        if isinstance(argument, Reference)
    }
    taken = set(names.values())
    results = {binding.step: _free(f"result_{binding.step}", taken) for binding in run.bindings}
    for binding in run.bindings[:-1]:
        call = _call(binding, names, results)
        yield f"{results[binding.step]} = {call}" if binding.step in used else call
    yield f"return {_call(run.bindings[-1], names, results)}"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _call(binding: Binding, names: Mapping[Place, str], results: Mapping[int, str]) -> str:
    arguments: dict[str, str] = {}
    lists: dict[str, str] = {}
    for name, argument in binding.arguments.items():
        text = _expression(Place(binding.step, name), argument, names, results)
        if _is_each(argument):
            lists[f"each_{name}"] = text
            text = f"each_{name}"
        arguments[name] = text
    call = f"{binding.tool}({', '.join(f'{name}={text}' for name, text in arguments.items())})"
    if not lists:
        return call
    items = ", ".join(lists)
    over = next(iter(lists.values())) if len(lists) == 1 else f"zip({', '.join(lists.values())}, strict=True)"
    return f"[{call} for {items} in {over}]"


def _expression(
    place: Place, argument: Argument, names: Mapping[Place, str], results: Mapping[int, str]
) -> str:
    match argument:
        case Given(value=value):
            return names.get(place, repr(value))
        case ScratchFile(name=name):
            return f"os.path.join(scratch, {name!r})"
        case Reference(step=step, path=path):
            return _reached(results[step], path_parts(path))
    raise ValueError(f"not composed: {argument}")


def _reached(base: str, parts: Sequence[str | int]) -> str:
    """Return what a path leads to; every `[*]` in it is one loop, and the whole is one flat list."""
    loops: list[str] = []
    item = base
    for part in parts:
        if part == EACH:
            name = f"item_{len(loops) + 1}"
            loops.append(f"for {name} in {item}")
            item = name
        else:
            item = f"{item}[{part!r}]"
    if len(loops) == 1 and item == "item_1":
        return loops[0].removeprefix("for item_1 in ")
    return f"[{item} {' '.join(loops)}]" if loops else item


def _is_each(argument: Argument) -> bool:
    return isinstance(argument, Reference) and EACH in path_parts(argument.path)


def _fans_out(binding: Binding) -> bool:
    return any(_is_each(argument) for argument in binding.arguments.values())


def _docstring(run: GoodRun, slots: Sequence[Slot], words: Words) -> str:
    sections = [words.summary]
    if words.parameters:
        described = "\n".join(_filled(f"{name}: {about}") for name, about in words.parameters)
        sections.append(f"Args:\n{described}")
    sections += [
        f"Returns:\n{_filled(words.returns)}",
        _raises(run),
        f"Example:\n{_example(run, slots, words)}",
        f"Keywords: {', '.join(words.keywords)}",
    ]
    varies = sorted({word for _, tool in run.calls for word in tool.docstring.varies})
    if varies:
        sections.append(f"Varies: {' '.join(varies)}")
    if run.permissions:
        sections.append(f"Permissions: {' '.join(sorted(run.permissions))}")
    quoted = "\n\n".join(sections).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{quoted}\n"""\n'


def _filled(text: str) -> str:
    lines = textwrap.wrap(" ".join(text.split()), _WIDTH - 8, break_long_words=False)
    return textwrap.indent("\n    ".join(lines), _INDENT)


def _raises(run: GoodRun) -> str:
    """Return the `Raises:` section: whatever one of the steps raises."""
    said: dict[str, None] = {}
    for _, tool in run.calls:
        if tool.docstring.raises.strip().lower().rstrip(".") not in {"", "nothing"}:
            said |= dict.fromkeys(textwrap.dedent(tool.docstring.raises).strip().splitlines())
    if not said:
        return "Raises: nothing"
    return "Raises:\n" + textwrap.indent("\n".join(said), _INDENT)


def _example(run: GoodRun, slots: Sequence[Slot], words: Words) -> str:
    """Return the call that the goal was; what touches files only illustrates and is not run."""
    values = ", ".join(repr(slot.value) for slot in slots)
    skipped = "  # doctest: +SKIP" if run.permissions else ""
    return textwrap.indent(f">>> {words.name}({values}){skipped}\n{run.result!r}", _INDENT)
