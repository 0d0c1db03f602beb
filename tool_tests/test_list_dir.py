"""list_dir lists the entries of one directory, sorted, with their types and sizes."""

import os
import threading

import pytest

from tools import list_dir


def test_empty_directory(tmp_path):
    assert list_dir(str(tmp_path)) == {"entries": [], "count": 0}


def test_one_file_with_its_size_in_bytes(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"12345")

    assert list_dir(str(tmp_path)) == {
        "entries": [{"name": "a.txt", "type": "file", "size": 5}],
        "count": 1,
    }


def test_empty_file_has_size_zero(tmp_path):
    (tmp_path / "empty").touch()

    assert list_dir(str(tmp_path))["entries"] == [{"name": "empty", "type": "file", "size": 0}]


def test_size_counts_bytes_not_characters(tmp_path):
    (tmp_path / "a.txt").write_text("größe", encoding="utf-8")

    assert list_dir(str(tmp_path))["entries"] == [{"name": "a.txt", "type": "file", "size": 7}]


def test_directories_have_size_zero_and_are_not_entered(tmp_path):
    (tmp_path / "sub" / "deeper").mkdir(parents=True)
    (tmp_path / "sub" / "inside.txt").write_text("x", encoding="utf-8")

    assert list_dir(str(tmp_path)) == {
        "entries": [{"name": "sub", "type": "directory", "size": 0}],
        "count": 1,
    }


def test_links_are_not_followed(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "file.txt").write_bytes(b"12345")
    (inside / "to-file").symlink_to(tmp_path / "file.txt")
    (inside / "to-directory").symlink_to(tmp_path)
    (inside / "to-nothing").symlink_to(tmp_path / "missing")

    assert list_dir(str(inside)) == {
        "entries": [
            {"name": "to-directory", "type": "link", "size": 0},
            {"name": "to-file", "type": "link", "size": 0},
            {"name": "to-nothing", "type": "link", "size": 0},
        ],
        "count": 3,
    }


def test_a_link_to_a_directory_can_be_listed_itself(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert list_dir(str(tmp_path / "link"))["entries"] == [{"name": "a", "type": "file", "size": 1}]


def test_hidden_entries_are_listed(tmp_path):
    (tmp_path / ".hidden").write_bytes(b"1")
    (tmp_path / "..almost").write_bytes(b"12")

    assert list_dir(str(tmp_path)) == {
        "entries": [
            {"name": "..almost", "type": "file", "size": 2},
            {"name": ".hidden", "type": "file", "size": 1},
        ],
        "count": 2,
    }


def test_sorted_by_code_point_whatever_the_type(tmp_path):
    for name in ["b", "B", "10", "9", "ä", "a b", "aa", "日本"]:
        (tmp_path / name).touch()
    (tmp_path / "_dir").mkdir()

    names = [entry["name"] for entry in list_dir(str(tmp_path))["entries"]]

    assert names == ["10", "9", "B", "_dir", "a b", "aa", "b", "ä", "日本"]


def test_count_with_many_entries(tmp_path):
    for number in range(250):
        (tmp_path / f"{number:03}").touch()

    listing = list_dir(str(tmp_path))

    assert listing["count"] == 250
    assert [entry["name"] for entry in listing["entries"]] == [f"{number:03}" for number in range(250)]


def test_unusual_characters_in_names(tmp_path):
    names = ["\n", " ", '"quoted"', "#", "-rf", "\\", "😀"]
    for name in names:
        (tmp_path / name).touch()

    assert [entry["name"] for entry in list_dir(str(tmp_path))["entries"]] == names


def test_names_that_are_not_utf8_are_written_with_escapes(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9")).touch()
        expected = ["caf\\xe9"]
    except OSError:
        expected = []  # macOS refuses such names: then there is none to list

    assert [entry["name"] for entry in list_dir(str(tmp_path))["entries"]] == expected


def test_a_trailing_slash_and_dots_change_nothing(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_bytes(b"1")
    expected = list_dir(str(tmp_path))

    assert list_dir(f"{tmp_path}/") == expected
    assert list_dir(f"{tmp_path}/sub/..") == expected
    assert expected["count"] == 2


def test_the_default_is_the_current_directory():
    assert list_dir() == list_dir(".")


def test_missing_directory(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-directory"):
        list_dir(str(tmp_path / "no-such-directory"))


def test_empty_path():
    with pytest.raises(FileNotFoundError):
        list_dir("")


def test_a_file_is_not_a_directory(tmp_path):
    (tmp_path / "plain.txt").touch()

    with pytest.raises(NotADirectoryError, match=r"plain\.txt"):
        list_dir(str(tmp_path / "plain.txt"))


def test_files_that_vanish_meanwhile_are_left_out(tmp_path):
    (tmp_path / "stays").write_bytes(b"1")
    stop = threading.Event()

    def churn():
        while not stop.is_set():
            for number in range(10):
                (tmp_path / f"t{number}").touch()
            for number in range(10):
                (tmp_path / f"t{number}").unlink()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        listings = [list_dir(str(tmp_path)) for _ in range(30)]
    finally:
        stop.set()
        thread.join()

    for listing in listings:
        assert {"name": "stays", "type": "file", "size": 1} in listing["entries"]
        assert listing["count"] == len(listing["entries"])
