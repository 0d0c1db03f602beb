"""The defaults in, the text of `.env.example` out."""

from toolwright.settings import Settings, as_text
from toolwright.settings.variable import Variable
from toolwright.settings.variables import VARIABLES


def example(defaults: Settings) -> str:
    """Return every setting that may stand in `.env`, with its meaning, what is allowed and its default."""
    lines = ["# Copy this file to .env and change what you need. Flags and the environment win over it.", ""]
    for variable in VARIABLES:
        if variable.in_file:
            lines += [f"# {variable.about} Allowed: {variable.allowed}."]
            lines += [f"# {variable.name}={_default(defaults, variable)}", ""]
    return "\n".join(lines)


def _default(defaults: Settings, variable: Variable) -> str:
    """Return a default as it would be written in `.env`."""
    value = getattr(defaults, variable.field)
    if variable.field == "workspace":
        return "."
    return "" if value is None or variable.secret else as_text(value)
