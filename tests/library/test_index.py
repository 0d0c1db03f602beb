"""toolwright.library.index: the right tool first, whatever is asked and whatever became of the index file."""

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_admissions import add

from toolwright.library.index import Index
from toolwright.library.search import terms
from toolwright.library.store import Store

TOOLS = {
    "read_csv_rows": ("Read a table of comma separated values.", "spreadsheet, excel"),
    "group_by_key": ("Collect records that share a value.", "aggregate, bucket"),
    "sum_by_key": ("Add up a number for every group of records.", "total, aggregate"),
    "write_json_file": ("Save a value as JSON.", "store, dump"),
    "zaehle_woerter": ("Zähle die Wörter: 计数 单词.", "слова"),
    "fetchUrlText": ("Get a page.", "download, http"),
}


def library(directory, tools=TOOLS):
    """Write a library and return its index."""
    text = ""
    for name, (summary, keywords) in tools.items():
        docstring = f'"""{summary}\n\n    Keywords: {keywords}\n    """'
        text += f"def {name}(path: str) -> str:\n    {docstring}\n    return path\n\n\n"
    (directory / "tools.py").write_text(text)
    return Index(Store(directory))


def names(hits):
    """Names of the tools that were found, best first."""
    return [hit.tool.name for hit in hits]


@pytest.mark.parametrize(
    ("text", "keywords", "first"),
    [
        ("reading the rows of a CSV file", (), "read_csv_rows"),
        ("load an Excel sheet", ("spreadsheets",), "read_csv_rows"),
        ("total the numbers of each group", (), "sum_by_key"),
        ("download a page", (), "fetchUrlText"),
        ("url", (), "fetchUrlText"),
        ("zahle worter", (), "zaehle_woerter"),
        ("слова", (), "zaehle_woerter"),
        ("", ("dumping",), "write_json_file"),
    ],
)
def test_the_right_tool_first(tmp_path, text, keywords, first):
    """Identifiers are taken apart, words stemmed, accents dropped; keywords count."""
    hits = library(tmp_path).search(text, keywords)
    assert hits[0].tool.name == first
    assert hits[0].score > 0
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_nothing_and_no_more_than_asked(tmp_path):
    """Stop words find nothing, `k` bounds the answer, an empty library answers with nothing."""
    index = library(tmp_path)
    assert index.search("the of and to which should") == ()
    assert index.search("xylophone") == ()
    assert len(index.search("csv json key url records", k=2)) == 2
    assert index.search("csv", k=0) == ()
    (tmp_path / "empty").mkdir()
    assert Index(Store(tmp_path / "empty")).search("csv") == ()
    assert not (tmp_path / "empty/.toolwright").exists()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text() | st.text("\"'*():^-+ANDORNOTEAR{}[]\0csv%_;\ud800😀"),
    st.lists(st.text(max_size=9), max_size=3),
)
def test_any_text_will_do(tmp_path, text, keywords):
    """No operator, quote, emoji or script makes search fail."""
    index = library(tmp_path)
    assert len(index.search(text, keywords)) <= len(TOOLS)
    assert names(index.search(text + ' csv"', keywords, k=10)).count("read_csv_rows") == 1


def test_a_hundred_kilobytes(tmp_path):
    """A goal of absurd length is searched by its beginning."""
    index = library(tmp_path)
    assert names(index.search("csv rows " + "blah " * 20_000))[0] == "read_csv_rows"
    assert names(index.search(" ".join(f"word{n}" for n in range(30_000)), k=1)) == []


def test_fresh_after_every_change(tmp_path):
    """What was added, edited or removed by anybody is known at the next search."""
    index = library(tmp_path)
    assert names(index.search("frobnicate")) == []
    library(tmp_path, {**TOOLS, "frobnicate": ("Do.", "")})
    assert names(index.search("frobnicate")) == ["frobnicate"]
    library(tmp_path, {**TOOLS, "other": ("Frobnicates.", "")})
    assert names(index.search("frobnicate")) == ["other"]
    library(tmp_path)
    assert names(index.search("frobnicate")) == []
    add(Store(tmp_path))
    assert names(index.search("count the rows"))[0] == "count_rows"


@pytest.mark.parametrize("damage", ["text", "torn", "foreign", "format", "folder", "empty", "lied"])
def test_any_index_file(tmp_path, damage):
    """A damaged, foreign or outdated index is made anew; a folder in its place is worked around."""
    library(tmp_path).search("csv")
    path = tmp_path / ".toolwright/index.db"
    if damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "text":
        path.write_text("not a database " * 100)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "torn":
        path.write_bytes(path.read_bytes()[:5000] + b"\xff" * 4000)
    else:
        with sqlite3.connect(path) as db:
            if damage == "foreign":
                db.executescript(
                    "DROP TABLE meta; CREATE TABLE meta(a); INSERT INTO meta VALUES (1); DROP TABLE tool;"
                )
            elif damage == "format":
                db.executescript("UPDATE meta SET value = '0' WHERE key = 'format'; DROP TABLE words;")
            else:
                db.executescript("DROP TABLE words")
        db.close()
    assert names(library(tmp_path).search("reading csv"))[0] == "read_csv_rows"
    if damage != "folder":
        with sqlite3.connect(path) as db:
            assert db.execute("SELECT count(*) FROM tool").fetchone() == (len(TOOLS),)
        db.close()


def test_a_locked_index(tmp_path):
    """When another program holds the index, search goes on in memory."""
    library(tmp_path).search("csv")
    db = sqlite3.connect(tmp_path / ".toolwright/index.db", isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    try:
        library(tmp_path, {**TOOLS, "frobnicate": ("Do.", "")})
        assert names(Index(Store(tmp_path)).search("frobnicate")) == ["frobnicate"]
    finally:
        db.close()


def test_how_words_are_taken_apart():
    """snake_case, camelCase and acronyms become words; digits stay with their letters."""
    assert terms("read_csv_rows readCSVRows HTTPServer utf8 don't Größe") == [
        *("read", "csv", "rows", "read", "csv", "rows", "http", "server", "utf8", "don", "t", "größe")
    ]


def test_chinese_is_found_by_parts_of_a_run(tmp_path):
    """Text without blanks is indexed by pairs of signs."""
    index = library(tmp_path, {"list_dir": ("列出目录中的文件。", ""), "age": ("计算年龄。", "")})
    (hit,) = index.search("列出所有文件")
    assert (hit.tool.name, hit.why) == ("list_dir", {"docstring": ("列出", "文件")})
