"""A tool's JSON Schema -> the flags that its parameters are on a command line, with what each takes."""

import json

from toolwright.records import dataclass
from toolwright.syntax.checking import described
from toolwright.types import Json, Schema, Tool


@dataclass(frozen=True, slots=True)
class Flag:
    """One parameter as a flag: `--max-lines`; `schema` is that of its values, without description."""

    name: str
    schema: Schema
    required: bool
    secret: bool = False

    @property
    def word(self) -> str:
        """The flag as it is shown; with `_` it is taken too."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of its values besides null, "enum" for one of a list."""
        return tuple(kind for kind in map(kind_of, options_of(self.schema)) if kind != "null")

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value: `--deep`, `--no-deep`."""
        return self.kinds == ("boolean",)

    @property
    def is_list(self) -> bool:
        """Whether it may be given again, each time with one item."""
        return self.kinds == ("array",)

    @property
    def array(self) -> Schema:
        """The schema of the list, where it is one."""
        return next(option for option in options_of(self.schema) if option.get("type") == "array")

    @property
    def negative(self) -> str:
        """The flag for false, or for null; "" where the parameter takes neither."""
        can = self.is_switch or any(kind_of(option) == "null" for option in options_of(self.schema))
        return f"--no-{self.word[2:]}" if can else ""


def flags_of(tool: Tool) -> tuple[Flag, ...]:
    """Return the flags of a tool in the order of its parameters."""
    required = tool.parameters["required"]
    return tuple(
        Flag(name, schema, name in required, name in tool.docstring.secrets)
        for name, schema in tool.parameters["properties"].items()
    )


def words_of(tool: Tool) -> dict[str, tuple[Flag, bool]]:
    """Return every word that is a flag of a tool, with its parameter and whether it says no."""
    flags = flags_of(tool)
    known = {word: (flag, False) for flag in flags for word in (flag.word, f"--{flag.name}")}
    for flag in flags:
        if flag.negative:
            known.setdefault(flag.negative, (flag, True))
    return known


def wanted(flag: Flag, schema: Schema | None = None) -> str:
    """Say what a flag takes, as somebody types it."""
    schema = flag.schema if schema is None else schema
    if flag.is_list and schema is flag.schema:
        return f"{value_words(flag.array.get('items', {}))}, and may be given again"
    return value_words(schema)


def value_words(schema: Schema) -> str:
    """Say in words what is typed for a schema."""
    said = []
    for option in options_of(schema):
        match kind_of(option):
            case "enum":
                choices = [one if isinstance(one, str) else shown_json(one) for one in option["enum"]]
                said.append(f"one of {', '.join(choices)}")
            case "object" | "array" | "any":
                said.append(f"{described(option)} as JSON")
            case "string":
                said.append("a text")
            case "null":
                continue
            case _:
                said.append(described(option))
    return " or ".join(dict.fromkeys(said))


def options_of(schema: Schema) -> list[Schema]:
    """Return what a value may be, one schema for each."""
    options: list[Schema] = schema.get("anyOf") or [schema]
    return options


def kind_of(schema: Schema) -> str:
    """Return the type that a schema names, "enum" for a choice, "any" for no type."""
    return "enum" if "enum" in schema else str(schema.get("type", "any"))


def shown_json(value: Json) -> str:
    """Return a value as it is typed where it is no text."""
    return json.dumps(value, ensure_ascii=False)
