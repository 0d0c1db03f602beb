"""What negative controls are made of: false values, changes of files, and the same changes made again."""

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolwright.sandbox.cells.wire import decode, encode
from toolwright.sandbox.comparing import same_json
from toolwright.sandbox.effects import changes, read_tree
from toolwright.sandbox.false_values import falsify, salt_of
from toolwright.sandbox.replaying import make_again

BACKENDS = ("process",)  # nothing here starts a cell

SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab~^"), inner, max_size=4),
    max_leaves=10,
)
SALTS = st.integers(0, 97)


@given(VALUES, SALTS)
@example(-0.75, 0)
@example(1.7976931348623157e308, 97)
@example("~", 0)
@example("", 3)
@example({"~": []}, 0)
def test_a_false_value_is_of_the_same_type_and_never_the_true_one(value, salt):
    """It is wrong, and may be sent: JSON of the same type (a text for None), other than the true value."""
    false = falsify(value, salt)

    assert type(false) is (str if value is None else type(value))
    assert not same_json(false, value)
    assert decode(encode(false)) == false
    assert falsify(value, salt) == false


@given(VALUES, SALTS)
def test_a_false_value_is_wrong_wherever_it_holds_anything(value, salt):
    """No part of it can be compared with the true part and found right."""
    pairs = [(value, falsify(value, salt))]
    while pairs:
        true, false = pairs.pop()
        assert not same_json(true, false)
        if isinstance(true, list) and true:
            assert len(true) == len(false)
            pairs += zip(true, false, strict=True)
        elif isinstance(true, dict) and true:
            assert true.keys() == false.keys()
            pairs += [(true[key], false[key]) for key in true]


@given(st.dictionaries(st.text(max_size=3), SCALARS, max_size=3), SCALARS)
def test_the_salt_of_a_call_depends_on_its_arguments_alone(arguments, value):
    """Equal arguments get equal lies; the salt is small and never the 0 of the first control."""
    assert salt_of(arguments) == salt_of(json.loads(json.dumps(arguments)))
    assert 1 <= salt_of(value) <= 97


NAMES = st.sampled_from(["a", "b", "a/a", "a/b", "a/a/b", "b/a"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "folder", "link", "remove", "mode"]),
        NAMES,
        st.sampled_from(["", "x", "longer text", "\n"]),
    ),
    max_size=8,
)


def take(place, steps, outside):
    """Do to the files below `place` what a tool might; what cannot be done is left."""
    for what, name, text in steps:
        path = place / name
        with contextlib.suppress(OSError):
            if what == "write" and not path.is_symlink():
                path.write_text(text)
            elif what == "folder":
                path.mkdir()
            elif what == "link":
                path.symlink_to(outside if text else "a")
            elif what == "mode" and not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o640)
            elif what == "remove" and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif what == "remove":
                path.unlink()


def contents(folder):
    """Every file below a folder with its text, its mode and its time."""
    return {
        str(path): (
            path.read_text() if path.is_file() else "",
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
        )
        for path in folder.rglob("*")
    }


def alike(one, other):
    """Whether nobody who reads two trees could tell them apart."""
    return one.keys() == other.keys() and all(one[path].is_like(other[path]) for path in one)


@settings(max_examples=150)
@given(STEPS, STEPS)
def test_changes_can_be_taken_back_and_made_again(first, then):
    """Reversed, the files are as before; made again, they are as after; and no link is followed."""
    with tempfile.TemporaryDirectory() as folder:
        outside = Path(folder, "outside")
        outside.mkdir()
        (outside / "canary").write_text("alive")
        place = Path(folder, "run", "work", "1")
        place.mkdir(parents=True)
        root = str(Path(folder, "run"))

        take(place, first, outside)
        before = read_tree(root, {})
        take(place, then, outside)
        after = read_tree(root, before)
        left = contents(outside)  # the tool itself may have followed its links, in its cell
        made = changes(before, after)
        make_again(root, [change.reversed for change in made])
        taken_back = read_tree(root, {})
        make_again(root, made)

        assert alike(taken_back, before)
        assert alike(read_tree(root, {}), after)
        assert changes(before, before) == changes(before, taken_back) == ()
        assert {change.path for change in made} == {
            path
            for path in before.keys() | after.keys()
            if path not in before or path not in after or not before[path].is_like(after[path])
        }
        assert contents(outside) == left


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_change_says_what_happened(before, after):
    """Words for the record: created, changed or removed, with the size and the start of the hash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "work", "1", "a.bin")
        path.parent.mkdir(parents=True)
        empty = read_tree(folder, {})
        path.write_bytes(before)
        one = read_tree(folder, empty)
        path.write_bytes(after)
        os.utime(path, ns=(1, 1))  # the same length within one tick of the clock: only its times differ
        two = read_tree(folder, one)

        (created,) = changes(empty, one)
        (removed,) = changes(one, empty)
        assert str(created).startswith(f"created file a.bin ({len(before)} bytes, sha256 ")
        assert str(removed) == "removed file a.bin"
        said = [str(change) for change in changes(one, two)]
        assert len(said) == (before != after)
        assert all(words.startswith(f"changed file a.bin ({len(after)} bytes") for words in said)
