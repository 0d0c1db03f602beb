"""`tools search` and `tools [list]` with filters: what is found, why, which of it and in which order."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import run


def listed(folder: Path, *options: str) -> list[str]:
    """Names that `tools` lists with those options."""
    return [tool["name"] for tool in json.loads(run("tools", *options, "--json", cwd=folder).out)["tools"]]


def test_search_says_what_met_and_where(grown: Path) -> None:
    """Scores and words for a person, the same as JSON, and what a model would be shown."""
    name = listed(grown)[0]
    words = name.replace("_", " ")
    text = run("tools", "search", f"please {words}", cwd=grown)
    assert text.code == 0
    assert name in text.out
    assert "name: " in text.out
    assert "% of the words" in text.out
    found = json.loads(run("tools", "search", *words.split(), "-k", "1", "--json", cwd=grown).out)
    assert [hit["name"] for hit in found["hits"]] == [name]
    assert found["hits"][0]["share"] == 1.0
    assert found["hits"][0]["standing"] == "verified"
    assert f"verified, {found['hits'][0]['quality']['tests']} tests passed" in text.out
    assert found["shown_to_model"] == 1
    assert "no tool shares a word" in run("tools", "search", "xylophone", cwd=grown).out
    assert "'the of' has no word to search by" in run("tools", "search", "the", "of", cwd=grown).out
    assert run("tools", "search", "x", "-k", "0", cwd=grown).code == 2
    assert run("tools", "search", cwd=grown).code == 2
    alone = run("tools", "search", name, cwd=grown, env={"TOOLWRIGHT_EMBEDDER": "local:nowhere"})
    assert name in alone.out
    assert "search goes by words only: nowhere holds no config.json" in alone.err


@pytest.mark.slow
def test_lists_are_filtered_sorted_and_paged(grown: Path) -> None:
    """Every filter keeps what it says; a wrong one is one sentence with what it takes."""
    first, second = listed(grown)
    assert listed(grown, "--sort", "name") == sorted([first, second])
    assert listed(grown, "--permission", "network") == []
    assert listed(grown, "--unused-for", "1h") == []
    assert listed(grown, "--edited") == listed(grown, "--quarantined") == []
    assert "no tool of the library is like that" in run("tools", "--edited", cwd=grown).out

    tools = grown / "tools.py"
    tools.write_text(tools.read_text().replace(f"def {second}(", f"def {second}( "))
    assert listed(grown, "--edited") == [second]
    assert listed(grown, "--sort", "quality") == [second, first]
    assert "broken copies noticed" in run("tools", "--sort", "quality", cwd=grown).out
    old = time.time() - 40 * 86_400
    private = grown / ".toolwright"
    for path in (grown / "tool_tests" / "evidence").iterdir():
        said = json.loads(path.read_text())
        said["origin"]["time"] = datetime.fromtimestamp(old, UTC).isoformat()
        path.write_text(json.dumps(said))
    spool = private / "executions.jsonl"
    lines = [json.loads(line) for line in spool.read_text().splitlines()]
    assert listed(grown, "--unused-for", "30d") == []
    spool.write_text("".join(json.dumps(line) + "\n" for line in lines if line.get("tool") != second))
    assert listed(grown, "--unused-for", "30d") == [second]
    assert listed(grown, "--sort", "used") == [first, second]

    many = "".join(f'def extra_{n}() -> int:\n    """Extra."""\n    return {n}\n\n\n' for n in range(120))
    tools.write_text(f"{tools.read_text()}\n\n{many}")
    page = run("tools", cwd=grown).out
    assert "page 1 of 2, 122 tools" in page
    assert "extra_110" not in page
    assert "extra_110" in run("tools", "--page", "2", cwd=grown).out
    for wrong in (("--page", "3"), ("--sort", "size"), ("--permission", "root"), ("--unused-for", "soon")):
        ended = run("tools", *wrong, cwd=grown)
        assert ended.code == 2
        assert repr(wrong[1]) in ended.err
    assert "go with: tools" in run("tools", "show", first, "--edited", cwd=grown).err
