"""A wanted function and a kept one -> one of the wanted name that passes its calls on, where that can be.

The kept one stands in when a call that the wanted one takes is a call of it too:

* each parameter of the wanted one has a parameter of its own there: by name, where the kept one has all those
  names, else by its place in the signature;
* the kept one requires nothing else, and nothing that may be left out of a call of the wanted one;
* for no pair of types, that of the answers included, it is sure that no value of the one fits the other.

What may be left out has the default that the wanted one promises.
"""

import ast

from toolwright.syntax.fitting import can_fit
from toolwright.syntax.parsing import literal, parse_text
from toolwright.types import Tool


def stand_in(wanted: Tool, kept: Tool) -> str:
    """Return the text of the function, "" where the kept one cannot be called like the wanted one."""
    names = _pairs(wanted, kept)
    if names is None or not can_fit(kept.returns, wanted.returns) or kept.name in names:
        return ""
    function = next(
        (
            node
            for node in parse_text(wanted.source).body
            if isinstance(node, ast.FunctionDef) and node.name == wanted.name
        ),
        None,
    )
    if function is None or not _plain_defaults(function.args):
        return ""
    for argument in (*function.args.args, *function.args.kwonlyargs):
        argument.annotation = None
    given = ", ".join(f"{theirs}={ours}" for ours, theirs in names.items())
    return f"def {wanted.name}({ast.unparse(function.args)}):\n    return {kept.name}({given})\n"


def _pairs(wanted: Tool, kept: Tool) -> dict[str, str] | None:
    """Map every parameter of the one to that of the other that takes its values, None where none can."""
    ours, theirs = wanted.parameters["properties"], kept.parameters["properties"]
    if len(ours) > len(theirs):
        return None
    by_name = all(name in theirs for name in ours)
    pairs = {name: name for name in ours} if by_name else dict(zip(ours, theirs, strict=False))
    given = {pairs[name] for name in wanted.parameters["required"]}
    if not given.issuperset(kept.parameters["required"]):
        return None
    fits = all(can_fit(ours[name], theirs[other]) for name, other in pairs.items())
    return pairs if fits else None


def _plain_defaults(arguments: ast.arguments) -> bool:
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if default is not None:
            try:
                literal(default)
            except ValueError:
                return False
    return True
