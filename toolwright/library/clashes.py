"""Library + candidate -> the imports it lacks, or a MergeClashError that tells the author what to rename."""

import keyword

from toolwright.errors import MergeClashError
from toolwright.library.bindings import Bindings, Import
from toolwright.library.candidate import Part, Parts, meaning
from toolwright.syntax.names import BUILTIN_NAMES, is_standard_module


def check_names(
    library: Bindings,
    parts: Parts,
    *,
    replaced: int | None = None,
    owned: frozenset[int] | set[int] = frozenset(),
) -> None:
    """Refuse a candidate whose function or helpers would rebind a name.

    `replaced` is the chunk of the function that goes, `owned` are those of helpers that may go with it.

    Raises:
        MergeClashError: naming the first clash.
    """
    if library.chunks.get(parts.name) != replaced or parts.name in library.header:
        raise MergeClashError(f"`{parts.name}` is already in the library; give the function another name")
    if replaced is None:
        _check_public_name(parts.name)
    seen = {parts.name}
    for part in parts.helpers:
        for name in part.names:
            if name in seen:
                raise MergeClashError(f"`{name}` is defined twice; define it once")
            seen.add(name)
            if name in BUILTIN_NAMES:
                raise MergeClashError(f"`{name}` is a builtin of Python; rename it to `_{name}`")
        _check_helper(library, parts, part, owned)


def check_imports(library: Bindings, parts: Parts) -> None:
    """Refuse a candidate whose imports would rebind a name.

    Raises:
        MergeClashError: naming the first clash.
    """
    own = {name for part in (*parts.helpers, parts.function) for name in part.names}
    origins: dict[str, tuple[str, str]] = {}
    for item in parts.imports:
        name = item.bound
        if name in own or origins.setdefault(name, item.origin) != item.origin:
            raise MergeClashError(
                f"`{item}` binds `{name}`, which the candidate binds otherwise too; rename one"
            )
        known = library.imports.get(name, set()) | library.conditional.get(name, set())
        if any(other.origin != item.origin for other in known):
            theirs = next(str(other) for other in known if other.origin != item.origin)
            raise MergeClashError(
                f"`{item}` would rebind `{name}`, which the library has from `{theirs}`; "
                f"{_other_import(item)}"
            )
        if not known and library.binds(name):
            raise MergeClashError(
                f"`{item}` would rebind `{name}`, which the library defines; {_other_import(item)}"
            )
        if not known and name in BUILTIN_NAMES:
            raise MergeClashError(
                f"`{item}` would hide the builtin `{name}` from every other tool; {_other_import(item)}"
            )


def missing_imports(library: Bindings, parts: Parts) -> list[Import]:
    """Return the imports of a candidate that the library does not have yet."""
    known = {str(item) for items in library.imports.values() for item in items}
    return [item for item in parts.imports if str(item) not in known]


def _check_public_name(name: str) -> None:
    if name in BUILTIN_NAMES or keyword.issoftkeyword(name):
        raise MergeClashError(f"`{name}` is a name of Python itself; give the function another name")
    if is_standard_module(name):
        raise MergeClashError(f"`{name}` is a module of the standard library; give the function another name")
    if name.startswith("test_") or name == "test":
        raise MergeClashError(f"pytest would take `{name}` for a test; give the function another name")


def _check_helper(library: Bindings, parts: Parts, part: Part, owned: frozenset[int] | set[int]) -> None:
    places = {library.chunks.get(name) for name in part.names}
    if places == {None} and not any(name in library.header for name in part.names):
        return
    place = places.pop() if len(places) == 1 else None
    if place is not None and not any(name in library.header for name in part.names):
        same_names = part.names == (library.sections.chunks[place].name,)
        if (same_names and place in owned) or meaning(library.sections.chunks[place].text) == part.meaning:
            return
    name = next(name for name in part.names if library.binds(name))
    raise MergeClashError(
        f"`{name}` is already in the library and means something else there; rename yours, for instance to "
        f"`_{parts.name}_{name.strip('_')}`"
    )


def _other_import(item: Import) -> str:
    if item.name:
        return f"use `import {item.module}` and `{item.module}.{item.name}`, or import it inside the function"
    return f"use `import {item.module} as _{item.module.replace('.', '_')}`, or import it inside the function"
