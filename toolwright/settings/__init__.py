"""Where every setting comes from: flags, environment and `.env` go in, one frozen `Settings` comes out.

Flags win over the environment, that over `.env`, that over `toolwright.toml`, that over `[tool.toolwright]`
in `pyproject.toml`, all of the current folder, and that over the defaults. The environment is read only here.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolwright.errors import UsageError
from toolwright.redaction import Secret
from toolwright.settings.record import Settings, Terminal
from toolwright.settings.servers import SERVERS, key_of, name_defaults, used_servers
from toolwright.settings.strangers import ENV_FILE, OWN_FILE, PROJECT_FILE, from_folder, refuse_stranger
from toolwright.settings.variable import Variable
from toolwright.settings.variables import BY_FIELD, BY_NAME, MODEL_NAMES, VARIABLES

if TYPE_CHECKING:
    from toolwright.settings.env_file import Assignment

__all__ = [
    "VARIABLES",
    "Secret",
    "Settings",
    "Terminal",
    "Variable",
    "editor",
    "env_example",
    "from_folder",
    "installer_environment",
    "level_cache",
    "load",
    "secret_value",
    "secrets",
    "shown_address",
    "terminal",
]

PREFIX: Final = "TOOLWRIGHT_"
SHORTEST_FOREIGN_SECRET: Final = 8
LONGEST_SHOWN: Final = 80
_SECRET_NAME: Final = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$")


def load(
    overrides: Mapping[str, object],
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Return the settings of this run; `overrides` holds flags by field name, None where one was not given.

    `directory` is the folder whose files are read, by default the current one.

    Raises:
        UsageError: a value is not allowed, or a file cannot be read or says what it must not.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    notices: list[str] = []
    texts = tuple(_texts(overrides, environ, directory or Path()))
    used = used_servers(text for name, text, _ in texts if name in MODEL_NAMES)
    for name, text, origin in texts:
        variable = BY_NAME.get(name)
        if variable is None:
            if name.startswith(PREFIX):
                raise _unknown(name, origin)
        elif variable.in_file or not origin.startswith(ENV_FILE):
            try:
                values[variable.field] = _parsed(variable, text, origin)
            except UsageError:
                if not variable.server or variable.server in used:
                    raise
            else:
                origins[variable.field] = origin
        else:
            notices.append(f"{name} in {origin} is ignored; use {variable.flag} or set it in the environment")
    notices += _check_addresses(values, origins, environ)
    name_defaults(values)
    try:
        return Settings(**values, origins=origins, notices=tuple(notices))  # type: ignore[arg-type]  # parsed by field
    except FileNotFoundError:
        raise UsageError("the current folder is gone", hint="cd to a folder that exists") from None


def _check_addresses(
    values: Mapping[str, object], origins: Mapping[str, str], environ: Mapping[str, str]
) -> list[str]:
    """Return what the user should know of the servers that were set.

    Raises:
        UsageError: a file that came with a folder would send the user's own key or password elsewhere.
    """
    for server in SERVERS.values():
        refuse_stranger(server, values, origins)
    memory = values.get("memory")
    if not isinstance(memory, Secret):
        return []
    from toolwright.settings.memory_address import check_address

    return check_address(memory, origins["memory"], environ)


def terminal(environ: Mapping[str, str] | None = None) -> Terminal:
    """Return what the environment says about the terminal (NO_COLOR, TERM, COLORTERM)."""
    environ = os.environ if environ is None else environ
    return Terminal(
        colour=not environ.get("NO_COLOR"),
        term=environ.get("TERM", ""),
        colorterm=environ.get("COLORTERM", ""),
    )


def level_cache(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the file of this user that remembers the sandbox's level, None for a user without a home.

    It is not in a library: a library may have come from somebody else.
    """
    environ = os.environ if environ is None else environ
    folder = Path(environ.get("XDG_CACHE_HOME", ""))
    if not folder.is_absolute():
        home = Path(environ.get("HOME", ""))
        if not home.is_absolute():
            return None
        folder = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return folder / "toolwright" / f"level-{os.getuid()}.json"


def secrets(settings: Settings | None = None, environ: Mapping[str, str] | None = None) -> tuple[Secret, ...]:
    """Return every secret this process knows of, ours and other programs', for a `Redactor`."""
    environ = os.environ if environ is None else environ
    others = (
        Secret(value)
        for name, value in environ.items()
        if _SECRET_NAME.search(name.upper()) and len(value) >= SHORTEST_FOREIGN_SECRET
    )
    own = [key_of(settings, server) for server in SERVERS] if settings else []
    if settings and isinstance(settings.memory, Secret):
        from toolwright.settings.memory_address import passwords

        own += [settings.memory, *passwords(settings.memory)]
    return tuple(secret for secret in (*own, *others) if secret)


def secret_value(
    name: str, environ: Mapping[str, str] | None = None, directory: Path | None = None
) -> Secret:
    """Return the secret that a tool gets by name: from the environment, else from `.env`; empty if not set.

    Raises:
        UsageError: it is a setting of this program, which no tool gets, or `.env` cannot be read.
    """
    if name in BY_NAME or name.startswith(PREFIX):
        raise UsageError(
            f"{name} belongs to Toolwright itself and is given to no tool",
            hint="put the secret of the tool into a variable of its own",
        )
    environ = os.environ if environ is None else environ
    entries = () if environ.get(name) else _in_file((directory or Path()) / ENV_FILE)
    kept = [entry.value for entry in entries if entry.key == name]
    return Secret(environ.get(name) or "".join(kept[-1:]))


def installer_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for `uv`: what it is configured by, without secrets of others and of ours."""
    environ = os.environ if environ is None else environ
    return {
        name: value
        for name, value in environ.items()
        if name.startswith(("UV_", "PIP_")) or not _is_ours_or_secret(name)
    }


def editor(environ: Mapping[str, str] | None = None) -> tuple[str, dict[str, str]]:
    """Return the user's editor (VISUAL, else EDITOR, "" for none), and its environment: without secrets."""
    environ = os.environ if environ is None else environ
    command = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    kept = {name: value for name, value in environ.items() if not _is_ours_or_secret(name)}
    return command, kept


def _is_ours_or_secret(name: str) -> bool:
    return name in BY_NAME or name.startswith(PREFIX) or _SECRET_NAME.search(name.upper()) is not None


def env_example() -> str:
    """Return the text of `.env.example`: every setting with its meaning, what is allowed and its default."""
    from toolwright.settings.example import example

    return example(Settings())


def _texts(
    overrides: Mapping[str, object], environ: Mapping[str, str], directory: Path
) -> Iterator[tuple[str, str, str]]:
    """Yield name, text and origin of everything that was set, the weakest first; empty means not set."""
    yield from _of_project(directory)
    for entry in _in_file(directory / ENV_FILE):
        if entry.value:
            yield entry.key, entry.value, f"{ENV_FILE} line {entry.line}"
    for name, text in environ.items():
        if text and (name in BY_NAME or name.startswith(PREFIX)):
            yield name, text, name
    unknown = set(overrides) - set(Settings.__match_args__)
    if unknown:
        raise TypeError(f"no such settings: {', '.join(sorted(unknown))}")
    for name, value in overrides.items():
        if value is not None:
            variable = BY_FIELD[name]
            yield variable.name, as_text(value), variable.flag or name


def _of_project(directory: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what the files of a project set; their reader is loaded where there is one."""
    if any(os.path.lexists(directory / file) for file in (PROJECT_FILE, OWN_FILE)):
        from toolwright.settings.project_files import settings_in

        for name, value, origin in settings_in(directory):
            yield name, as_text(value), origin


def _in_file(path: Path) -> "tuple[Assignment, ...]":
    """Return the assignments of a `.env` file; its reader is loaded where there is one."""
    try:
        path.lstat()
    except FileNotFoundError:
        return ()
    except OSError:  # the reader says what is wrong
        pass
    from toolwright.settings import env_file

    return env_file.read(path)


def as_text(value: object) -> str:
    """Return a value as somebody would type it, so that one reader checks all three sources."""
    match value:
        case Secret():
            return value.reveal()
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return ",".join(str(each).replace(",", r"\,") for each in value) if value else "none"
    return str(value)


def _parsed(variable: Variable, text: str, origin: str) -> object:
    try:
        return variable.parse(text)
    except (ValueError, OverflowError, RuntimeError) as error:
        own = variable.field if origin.startswith((PROJECT_FILE, OWN_FILE)) else variable.name
        name = origin if origin in {variable.name, variable.flag} else f"{own} ({origin})"
        where = variable.flag if origin == variable.flag and variable.flag else own
        given = "" if variable.secret or (variable.hidden and ":" in text) else f" is {_shown(text)}, which"
        message = f"{name}{given} is not allowed: it must be {variable.allowed}"
        hint = f"set {where} to {variable.allowed}"
        raise UsageError(message, hint=hint) from (None if variable.secret or variable.hidden else error)


def _shown(text: str) -> str:
    """Return a value for a message: short, quoted, and without a password that an address may hold."""
    text = shown_address(text)
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}...")


def shown_address(text: str) -> str:
    """Return a text without the password that an address in it may hold."""
    return re.sub(r"(?<=://)[^/\s]*@", "***@", text)


def _unknown(name: str, origin: str) -> UsageError:
    import difflib

    nearest = difflib.get_close_matches(name, BY_NAME, n=1)
    offer = f"; did you mean {nearest[0]}?" if nearest else ""
    where = "the environment" if origin == name else origin
    away = f"unset {name}" if origin == name else f"remove or rename it in {ENV_FILE}"
    return UsageError(f"{where}: {name} is not a setting{offer}", hint=away)
