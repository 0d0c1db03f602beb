"""read_file returns text as it stands in the file, and counts the bytes and lines of the whole file."""

import pytest

from tools import read_file


def _write(folder, data):
    path = folder / "file.txt"
    path.write_bytes(data)
    return str(path)


def test_empty_file(tmp_path):
    assert read_file(_write(tmp_path, b"")) == {"content": "", "size": 0, "lines": 0}


def test_several_lines(tmp_path):
    path = _write(tmp_path, b"one\ntwo\nthree\n")

    assert read_file(path) == {"content": "one\ntwo\nthree\n", "size": 14, "lines": 3}


def test_last_line_without_line_end_counts(tmp_path):
    assert read_file(_write(tmp_path, b"one\ntwo")) == {"content": "one\ntwo", "size": 7, "lines": 2}


def test_a_single_line_end_is_one_line(tmp_path):
    assert read_file(_write(tmp_path, b"\n")) == {"content": "\n", "size": 1, "lines": 1}


def test_line_ends_are_not_translated(tmp_path):
    path = _write(tmp_path, b"dos\r\nunix\nmac\rend")

    assert read_file(path) == {"content": "dos\r\nunix\nmac\rend", "size": 17, "lines": 3}


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_other_separators_do_not_end_a_line(tmp_path, separator):
    text = f"a{separator}b\n"
    path = _write(tmp_path, text.encode())

    assert read_file(path) == {"content": text, "size": len(text.encode()), "lines": 1}


def test_size_counts_bytes_and_content_holds_characters(tmp_path):
    text = "größe 日本 😀\n"
    path = _write(tmp_path, text.encode())

    assert read_file(path) == {"content": text, "size": 20, "lines": 1}


def test_a_byte_order_mark_stays(tmp_path):
    assert read_file(_write(tmp_path, b"\xef\xbb\xbfa")) == {"content": "\ufeffa", "size": 4, "lines": 1}


def test_null_characters_are_text(tmp_path):
    assert read_file(_write(tmp_path, b"a\x00b")) == {"content": "a\x00b", "size": 3, "lines": 1}


def test_max_lines_cuts_the_content_but_not_the_counts(tmp_path):
    path = _write(tmp_path, b"one\ntwo\nthree\n")

    assert read_file(path, max_lines=1) == {"content": "one\n", "size": 14, "lines": 3}
    assert read_file(path, 2) == {"content": "one\ntwo\n", "size": 14, "lines": 3}


@pytest.mark.parametrize("max_lines", [3, 4, 1000])
def test_max_lines_may_exceed_the_file(tmp_path, max_lines):
    path = _write(tmp_path, b"one\ntwo\nthree")

    assert read_file(path, max_lines=max_lines) == {"content": "one\ntwo\nthree", "size": 13, "lines": 3}


def test_max_lines_none_reads_all_of_a_long_file(tmp_path):
    text = "".join(f"{number}\n" for number in range(1500))
    path = _write(tmp_path, text.encode())

    assert read_file(path, max_lines=None) == {"content": text, "size": 6390, "lines": 1500}


def test_max_lines_of_1000_in_a_longer_file(tmp_path):
    path = _write(tmp_path, b"x\n" * 1001)

    assert read_file(path, max_lines=1000) == {"content": "x\n" * 1000, "size": 2002, "lines": 1001}


@pytest.mark.parametrize("max_lines", [0, -1, 1001, 10**20])
def test_max_lines_out_of_range_is_named(tmp_path, max_lines):
    path = _write(tmp_path, b"one\n")

    with pytest.raises(ValueError, match=f"max_lines must be from 1 to 1000, not {max_lines}$"):
        read_file(path, max_lines=max_lines)


def test_max_lines_is_checked_before_the_file(tmp_path):
    with pytest.raises(ValueError, match="not 0"):
        read_file(str(tmp_path / "missing.txt"), max_lines=0)


def test_bytes_that_are_not_utf8_are_located(tmp_path):
    path = _write(tmp_path, b"good\nbad \xff here\n")

    with pytest.raises(ValueError, match=r"file\.txt' is not UTF-8 text: byte 0xff at offset 9$"):
        read_file(path)


def test_a_character_cut_off_at_the_end_is_not_utf8(tmp_path):
    path = _write(tmp_path, "aé".encode()[:-1])

    with pytest.raises(ValueError, match=r"byte 0xc3 at offset 1$"):
        read_file(path)


def test_the_whole_file_must_be_utf8_also_when_cut(tmp_path):
    path = _write(tmp_path, b"one\ntwo\n\xe9\n")

    with pytest.raises(ValueError, match=r"byte 0xe9 at offset 8$"):
        read_file(path, max_lines=1)


def test_links_are_followed(tmp_path):
    path = _write(tmp_path, b"one\n")
    (tmp_path / "link").symlink_to(path)

    assert read_file(str(tmp_path / "link")) == {"content": "one\n", "size": 4, "lines": 1}


def test_unusual_file_name(tmp_path):
    path = tmp_path / "größe \n 日本.txt"
    path.write_bytes(b"x")

    assert read_file(str(path)) == {"content": "x", "size": 1, "lines": 1}


def test_reading_changes_nothing(tmp_path):
    path = _write(tmp_path, b"one\r\n")

    for _ in range(2):
        assert read_file(path) == {"content": "one\r\n", "size": 5, "lines": 1}
    assert (tmp_path / "file.txt").read_bytes() == b"one\r\n"


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        read_file(str(tmp_path / "missing.txt"))


def test_broken_link(tmp_path):
    (tmp_path / "broken").symlink_to(tmp_path / "missing")

    with pytest.raises(FileNotFoundError, match="broken"):
        read_file(str(tmp_path / "broken"))


def test_directory(tmp_path):
    (tmp_path / "folder").mkdir()

    with pytest.raises(IsADirectoryError, match="folder"):
        read_file(str(tmp_path / "folder"))


def test_a_device_is_refused_instead_of_waited_for():
    with pytest.raises(ValueError, match="'/dev/zero' is a pipe, a socket or a device, not a file"):
        read_file("/dev/zero")
