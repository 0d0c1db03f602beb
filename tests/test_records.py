"""What `toolwright.records` makes behaves as what `dataclasses` makes."""

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from toolwright import records


def _classes(module: Any) -> tuple[type, type]:
    """Return a frozen and a changing class, made by the one module or the other."""

    @module.dataclass(frozen=True, slots=True)
    class Frozen:
        """A point with a name."""

        x: int
        y: float = 1.5
        names: tuple[str, ...] = ()
        notes: dict[str, int] = module.field(default_factory=dict)
        seen: bool = module.field(default=False, compare=False)
        key: str = module.field(default="", repr=False)

        @property
        def double(self) -> int:
            """Twice x."""
            return self.x * 2

    @module.dataclass(slots=True)
    class Changing:
        """What is counted."""

        name: str
        found: list[int] = module.field(default_factory=list)
        _told: set[str] = module.field(default_factory=set, init=False)

    return Frozen, Changing


OURS, STANDARD = _classes(records), _classes(dataclasses)
Kept, KeptStandard = (
    made.dataclass(frozen=True, slots=True)(
        type("Kept", (), {"__annotations__": {"a": int, "b": str}, "b": "b", "__module__": __name__})
    )
    for made in (records, dataclasses)
)


@pytest.mark.parametrize("which", [0, 1])
def test_a_record_is_a_dataclass_to_the_standard_module(which: int) -> None:
    """Fields with their options, the signature, `__match_args__`, `asdict` and `replace` are the same."""
    ours, standard = OURS[which], STANDARD[which]
    assert dataclasses.is_dataclass(ours)
    for mine, other in zip(dataclasses.fields(ours), dataclasses.fields(standard), strict=True):
        for part in ("name", "type", "default", "default_factory", "init", "compare", "repr"):
            assert getattr(mine, part) == getattr(other, part)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(standard).parameters)
    assert ours.__match_args__ == standard.__match_args__
    assert ours.__slots__ == standard.__slots__
    assert ours.__doc__ == standard.__doc__
    assert dataclasses.asdict(ours(7)) == dataclasses.asdict(standard(7))
    assert dataclasses.astuple(dataclasses.replace(ours(7), **{ours.__match_args__[0]: 8})) == (
        dataclasses.astuple(standard(8))
    )


def test_a_frozen_record_compares_hashes_and_shows_itself_as_a_standard_one() -> None:
    """By value and class, without what is not compared; with a value that cannot be hashed neither can be."""
    ours, standard = OURS[0], STANDARD[0]
    assert ours(1) == ours(1, seen=True) != ours(2)
    assert ours(1) != standard(1)
    assert ours(1).double == 2
    assert repr(ours(1, names=("a",))) == repr(standard(1, names=("a",)))
    assert ours(1).notes is not ours(1).notes
    assert Kept(1) == Kept(1, "b")
    assert hash(Kept(1)) == hash(Kept(1, "b")) == hash(KeptStandard(1))
    for made in (ours, standard):
        with pytest.raises(TypeError, match="unhashable"):
            hash(made(1))
    for made in (*OURS, *STANDARD):
        with pytest.raises(TypeError, match=r"missing 1 required positional argument"):
            made()
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'other'"):
            made(1, other=1)


@pytest.mark.parametrize("made", [OURS[0], STANDARD[0]])
def test_a_frozen_record_cannot_be_changed(made: Any) -> None:
    """Neither a field nor anything else can be set or deleted."""
    record = made(1)
    for change in (
        lambda: setattr(record, "x", 2),
        lambda: setattr(record, "other", 2),
        lambda: delattr(record, "x"),
    ):
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            change()
    assert record.x == 1


def test_a_record_can_be_copied_pickled_and_replaced() -> None:
    """A copy of each kind is equal and of the same class; fields that are no parameters begin anew."""
    for record in (Kept(1, "c"), OURS[0](1, notes={"a": 1})):
        assert copy.copy(record) == copy.deepcopy(record) == record
    assert pickle.loads(pickle.dumps(Kept(1, "c"))) == Kept(1, "c")
    assert records.replace(Kept(1, "c"), a=2) == Kept(2, "c")
    assert records.replace(KeptStandard(1, "c"), a=2) == KeptStandard(2, "c")
    with pytest.raises(TypeError, match="other"):
        records.replace(Kept(1), other=2)
    changing = OURS[1]("a", [1])
    changing.name = "b"
    changing._told.add("said")
    again = records.replace(changing, name="c")
    assert (again.name, again.found, again._told) == ("c", [1], set())
    with pytest.raises(TypeError, match="unhashable"):
        hash(changing)


@pytest.mark.parametrize("module", [records, dataclasses])
def test_what_is_left_to_the_class_is_done_by_it(module: Any) -> None:
    """`__post_init__` sets what is no parameter; with `eq=False` a record equals itself only."""

    @module.dataclass(frozen=True, slots=True)
    class Doubled:
        x: int
        twice: int = module.field(init=False, compare=False, repr=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", 2 * self.x)

    @module.dataclass(slots=True, eq=False)
    class Single:
        x: int = 0

    assert Doubled(4).twice == 8
    assert repr(Doubled(4)).endswith("Doubled(x=4)")
    assert module.replace(Doubled(4), x=5).twice == 10
    one, other = Single(), Single()
    assert one != other
    assert len({one, other, one}) == 2


def test_records_become_dictionaries_as_standard_ones_do() -> None:
    """`asdict` goes into lists, tuples and dictionaries, and leaves all else as it is."""
    (ours, ours_changing), (standard, standard_changing) = OURS, STANDARD
    filled, other = (
        kind(1, names=("a",), notes={"b": [changing("c", [2]), (kind(3),)]})
        for kind, changing in ((ours, ours_changing), (standard, standard_changing))
    )
    assert records.asdict(filled) == dataclasses.asdict(other) == dataclasses.asdict(filled)


def test_what_records_cannot_be_is_refused() -> None:
    """A default that all would share, a class without slots, and what no field knows."""
    with pytest.raises(TypeError, match="kw_only"):
        records.field(kw_only=True)
    body = {"__annotations__": {"a": list}, "a": [], "__module__": __name__}
    with pytest.raises(ValueError, match="a of Shared would share its default"):
        records.dataclass(frozen=True, slots=True)(type("Shared", (), {**body, "__qualname__": "Shared"}))
    with pytest.raises(TypeError, match="slots"):
        records.dataclass(frozen=True, slots=False)
