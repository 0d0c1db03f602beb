"""`dataclass`, `field`, `replace`, `asdict`, quickly: a class of annotated fields in, one with slots out.

The standard module does the same, but to load it, with all that it loads to look at code, takes longer than
Python takes to start, and every record half a millisecond: too much on the way of a single call. To a type
checker these are the standard ones; so they are to `dataclasses.fields` and its like, whenever one is asked.
"""

import operator

__all__ = ["asdict", "dataclass", "field", "replace"]

TYPE_CHECKING = False  # the one of `typing` takes longer to load than all of this

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import asdict, dataclass, field, replace
    from typing import Any, NoReturn

_NONE = object()


class _Field:
    """One field: its default or what makes one, and whether it is a parameter, compared and shown."""

    __slots__ = ("compare", "default", "factory", "init", "repr")

    def __init__(self, default: object, factory: object, **how: bool) -> None:
        self.default = default
        self.factory = factory
        self.init = how.pop("init", True)
        self.compare = how.pop("compare", True)
        self.repr = how.pop("repr", True)
        if how:
            raise TypeError(f"a field of a record knows no {', '.join(how)}")

    def standard(self) -> object:
        """Return the field as the standard module has it."""
        import dataclasses

        default: dict[str, Any] = {} if self.default is _NONE else {"default": self.default}
        made: dict[str, Any] = {} if self.factory is _NONE else {"default_factory": self.factory}
        return dataclasses.field(**default, **made, init=self.init, compare=self.compare, repr=self.repr)


class _Standard:
    """What makes a record a dataclass to the standard module, which makes it itself when it looks."""

    __slots__ = ("_fields", "_frozen", "_name")

    def __init__(self, name: str, fields: "Mapping[str, _Field]", *, frozen: bool) -> None:
        self._name = name
        self._fields = fields
        self._frozen = frozen

    def __get__(self, _record: object, owner: type) -> object:
        import dataclasses

        body = {name: one.standard() for name, one in self._fields.items()}
        twin = type(owner.__name__, (), {**body, "__annotations__": owner.__annotations__})
        standard = getattr(dataclasses.dataclass(frozen=self._frozen, slots=True)(twin), self._name)
        setattr(owner, self._name, standard)
        return standard


class _Initializer:
    """`__init__`, written when the first record of its class is made: of most, a program makes none."""

    __slots__ = ("_fields", "_then")

    def __init__(self, fields: "Mapping[str, _Field]", *, then: bool) -> None:
        self._fields = fields
        self._then = then

    def __get__(self, record: object, owner: type) -> object:
        made: Any = _initializer(self._fields, then=self._then)
        owner.__init__ = made  # type: ignore[misc]  # from here on it stands there itself
        return made.__get__(record, owner)


def _field(*, default: object = _NONE, default_factory: object = _NONE, **how: bool) -> _Field:
    return _Field(default, default_factory, **how)


def _replace(record: "Any", /, **changes: object) -> object:
    """Return a record with some fields changed."""
    kept = {name: getattr(record, name) for name in type(record).__match_args__ if name not in changes}
    return type(record)(**kept, **changes)


def _asdict(record: object) -> "dict[str, Any]":
    """Return the fields of a record by name; records in lists, tuples and dictionaries become such too."""
    return {name: _plain(getattr(record, name)) for name in vars(type(record))["__slots__"]}


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return type(value)([_plain(one) for one in value])
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    return _asdict(value) if "__dataclass_fields__" in vars(type(value)) else value


def _dataclass(*, slots: bool, frozen: bool = False, eq: bool = True) -> "Callable[[type], type]":
    """Return what makes a class a record; slots are a must here, and there are no fields to inherit."""
    if not slots or (frozen and not eq):
        raise TypeError("a record has slots, and one that is frozen is compared by its values")
    if frozen:
        return _frozen_record
    return _changing_record if eq else _single_record


def _changing_record(plain: type) -> type:
    fields = _fields(plain)
    return _record(plain, fields, {**_equality(fields), "__hash__": None}, frozen=False)


def _single_record(plain: type) -> type:
    """Make a record that equals only itself."""
    return _record(plain, _fields(plain), {}, frozen=False)


def _frozen_record(plain: type) -> type:
    fields = _fields(plain)
    compared = _compared(fields)
    put = object.__setattr__

    def state(record: object) -> "list[object]":
        return [getattr(record, name) for name in fields]

    def set_state(record: object, values: "list[object]") -> None:
        for name, value in zip(fields, values, strict=True):
            put(record, name, value)

    methods = {
        **_equality(fields),
        "__hash__": lambda record: hash(compared(record)),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": state,
        "__setstate__": set_state,
    }
    return _record(plain, fields, methods, frozen=True)


def _refuse(_record: object, name: str, _value: object = None) -> "NoReturn":
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _fields(plain: type) -> "dict[str, _Field]":
    """Return the fields by name, in order."""
    fields = {}
    for name in plain.__annotations__:
        value = vars(plain).get(name, _NONE)
        if type(value).__hash__ is None:
            raise ValueError(f"{name} of {plain.__qualname__} would share its default: {value!r}")
        fields[name] = value if isinstance(value, _Field) else _Field(value, _NONE)
    return fields


def _record(
    plain: type, fields: "Mapping[str, _Field]", methods: "Mapping[str, object]", *, frozen: bool
) -> type:
    """Make the class anew, for slots cannot be added to one; what it defines itself stands."""
    title = plain.__qualname__
    told = [name for name, one in fields.items() if one.repr]

    def shown(record: object) -> str:
        return f"{title}({', '.join([f'{name}={getattr(record, name)!r}' for name in told])})"

    replaced = {"__dict__", "__weakref__", *fields}
    body = {
        "__init__": _Initializer(fields, then="__post_init__" in vars(plain)),
        "__repr__": shown,
        **methods,
        **{name: value for name, value in vars(plain).items() if name not in replaced},
        "__slots__": tuple(fields),
        "__match_args__": tuple([name for name, one in fields.items() if one.init]),
        "__dataclass_fields__": _Standard("__dataclass_fields__", fields, frozen=frozen),
        "__dataclass_params__": _Standard("__dataclass_params__", fields, frozen=frozen),
    }
    return type(plain)(plain.__name__, plain.__bases__, body)


def _equality(fields: "Mapping[str, _Field]") -> "dict[str, object]":
    compared = _compared(fields)

    def same(record: object, other: object) -> bool:
        return compared(record) == compared(other) if other.__class__ is record.__class__ else NotImplemented

    return {"__eq__": same}


def _compared(fields: "Mapping[str, _Field]") -> "Callable[[object], object]":
    """Return what tells the values that count when records are compared."""
    names = [name for name, one in fields.items() if one.compare]
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _initializer(fields: "Mapping[str, _Field]", *, then: bool) -> "Callable[..., None]":
    """Return `__init__` with a parameter for each field: only as text can it be written for any of them.

    With `then`, the class has a `__post_init__` that goes on from there.
    """
    names: dict[str, Any] = {"_put": object.__setattr__, "_none": _NONE}
    parameters = ["self"]
    lines = ["pass"]
    for name, one in fields.items():
        value = name
        default = ""
        if one.factory is not _NONE:
            names[f"_make_{name}"] = one.factory
            default = "=_none"
            value = f"_make_{name}() if {name} is _none else {name}" if one.init else f"_make_{name}()"
        elif one.default is not _NONE:
            names[f"_default_{name}"] = one.default
            default = f"=_default_{name}"
            value = name if one.init else f"_default_{name}"
        elif not one.init:
            continue  # `__post_init__` sets it
        if one.init:
            parameters.append(name + default)
        lines.append(f"_put(self, {name!r}, {value})")
    if then:
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), names)  # noqa: S102 - the names of a class's own fields
    return names["__init__"]  # type: ignore[no-any-return]  # made by the line above


if not TYPE_CHECKING:
    asdict, dataclass, field, replace = _asdict, _dataclass, _field, _replace
