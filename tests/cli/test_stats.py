"""`stats` tells what a library's past comes to: for people, for programs, and as a page."""

import json
from html.parser import HTMLParser

import pytest
from command_line import run

NAME = "apply_op_1"


class Page(HTMLParser):
    """What a page holds: its elements, its text, and addresses from which it would load something."""

    def __init__(self):
        super().__init__()
        self.elements, self.text, self.loads = [], "", []

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append(tag)
        self.loads += [value for name, value in attrs if name in {"src", "href", "data", "action"}]

    def handle_data(self, data):
        """Note text."""
        self.text += data


@pytest.fixture(scope="module")
def lived_in(first_run):
    """A library in which one goal of two steps ran."""
    folder, ended = first_run
    assert ended.code == 0
    return folder


def test_people_programs_and_the_page_get_the_same_numbers(lived_in, tmp_path):
    """One goal and its tools: in words, in JSON, and on a page that loads nothing from anywhere."""
    ended = run("--library", lived_in, "stats", cwd=tmp_path)
    assert ended.code == 0
    assert "1: 1 done" in ended.out
    assert NAME in ended.out
    told = json.loads(run("--library", lived_in, "stats", "--json", cwd=tmp_path).out)
    assert told["goals"] == {"done": 1}
    assert (told["library"], told["reuse_rate"], told["pass_rate"], told["versions_per_tool"]) == (
        None,
        0,
        1,
        1,
    )
    assert NAME in {tool["tool"] for tool in told["tools"]}
    assert {stage["stage"] for stage in told["stages"]} >= {"decompose", "contract", "generate"}
    made = run("--library", lived_in, "stats", "--html", "stats.html", cwd=tmp_path)
    assert (made.code, made.out) == (0, "wrote stats.html\n")
    page = Page()
    page.feed((tmp_path / "stats.html").read_text())
    assert page.elements.count("svg") == 8
    assert page.loads == []
    assert "script" not in page.elements
    assert NAME in page.text
    assert [path.name for path in tmp_path.iterdir()] == ["stats.html"]


def test_where_nothing_happened_there_is_nothing_to_tell(tmp_path):
    """A library without a past has no numbers, and asking leaves nothing behind."""
    ended = run("stats", cwd=tmp_path)
    assert (ended.code, ended.out) == (0, f"nothing has happened in {tmp_path}\n")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_done_is_one_sentence(lived_in, tmp_path):
    """A wrong time, a folder that is not there, two formats at once, a word too many."""
    for words, says in (
        (("--since", "3x"), "--since is '3x', but must be a number with h, d or w"),
        (("--html", "nowhere/page.html"), "cannot write 'nowhere/page.html' (No such file or directory)"),
        (("--html", "page.html", "--json"), "--json and --html contradict each other"),
        (("everything",), "stats takes nothing, not 'everything'"),
    ):
        ended = run("--library", lived_in, "stats", *words, cwd=tmp_path)
        assert ended.code in {1, 2}
        assert ended.problem == says
    assert list(tmp_path.iterdir()) == []
