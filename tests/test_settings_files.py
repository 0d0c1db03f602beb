"""Settings from `pyproject.toml` and `toolwright.toml`: their order, what they may not say, and `config`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolwright.errors import UsageError
from toolwright.sandbox.guarded_names import guard
from toolwright.settings import load

AGENT = str(Path(__file__).resolve().parents[1] / "agent.py")
SECRET = "tgp_v1_neverseen0123456789"


def write(folder: Path, file: str, text: str) -> None:
    """Write a file of the folder."""
    (folder / file).write_text(text, encoding="utf-8")


def test_each_source_wins_over_the_weaker_ones_and_is_named(tmp_path: Path) -> None:
    """Default, pyproject.toml, toolwright.toml, .env, environment, flag: the last that speaks is heard."""
    write(
        tmp_path,
        "pyproject.toml",
        "[project]\nattempts = 9\n\n[tool.toolwright]\nattempts = 2\nsamples = 2\ncandidates = 2\n"
        'top_p = 0.2\nmutation_budget = 2\npackages = ["requests", "numpy"]\n\n'
        '[tool.toolwright.review]\nbandit = "high"\n',
    )
    write(
        tmp_path,
        "toolwright.toml",
        "samples = 3\ncandidates = 3\ntop_p = 0.3\nmutation_budget = 3\npreview = false\n",
    )
    write(tmp_path, ".env", "TOOLWRIGHT_CANDIDATES=4\nTOOLWRIGHT_TOP_P=0.4\nTOOLWRIGHT_MUTATION_BUDGET=4\n")
    environ = {"TOOLWRIGHT_TOP_P": "0.5", "TOOLWRIGHT_MUTATION_BUDGET": "5"}
    settings = load({"mutation_budget": 6}, environ, tmp_path)
    assert (settings.attempts, settings.samples, settings.candidates) == (2, 3, 4)
    assert (settings.top_p, settings.mutation_budget, settings.preview) == (0.5, 6, False)
    assert settings.packages == ("requests", "numpy")
    assert settings.goal_limit == 20_000
    assert settings.origins == {
        "attempts": "pyproject.toml line 5",
        "samples": "toolwright.toml line 1",
        "candidates": ".env line 1",
        "top_p": "TOOLWRIGHT_TOP_P",
        "mutation_budget": "mutation_budget",
        "packages": "pyproject.toml line 10",
        "preview": "toolwright.toml line 5",
    }


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (
            "\natempts = 3",
            "line 2: 'atempts' is not a setting; did you mean attempts?",
            "remove or rename it in toolwright.toml",
        ),
        ("[model]\nname = 1", "'model' is", ""),
        (
            "attempts = 99",
            "attempts (toolwright.toml line 1) is '99', which is not allowed",
            "set attempts to",
        ),
        (
            "attempts = true",
            "attempts (toolwright.toml line 1) is 'true', which is not allowed",
            "set attempts to",
        ),
        (
            "attempts = 1979-05-27",
            "attempts (toolwright.toml line 1) is not allowed: it must be",
            "set attempts",
        ),
        ("attempts = [3]", "attempts (toolwright.toml line 1) is not allowed: it must be", "set attempts"),
        ("packages = [[]]", "packages (toolwright.toml line 1) is not allowed", "set packages"),
        (f"api_key = '{SECRET}'", "line 1: api_key is a secret", "put TOGETHER_API_KEY into .env"),
        ("yes = true", "line 1: yes is not taken from a file that comes with a folder", "use --yes or set"),
        ("unsafe = true", "unsafe is not taken", "use --unsafe"),
        ("allow = ['network']", "allow is not taken", "use --allow"),
        ("attempts = ", "toolwright.toml is not TOML", "mend toolwright.toml"),
    ],
)
def test_what_a_file_may_not_say_is_an_error_that_names_file_and_key(
    tmp_path: Path, text: str, said: str, hint: str
) -> None:
    """Unknown keys, bad values, secrets and what only the user may say: each is refused where it stands."""
    write(tmp_path, "toolwright.toml", text)
    if said == "'model' is":
        said = "model (toolwright.toml) is not allowed: it must be"
    with pytest.raises(UsageError) as caught:
        load({}, {}, tmp_path)
    assert said in str(caught.value)
    assert "toolwright.toml" in str(caught.value)
    assert caught.value.hint.startswith(hint)
    assert SECRET not in f"{caught.value}{caught.value.hint}"


def test_a_pyproject_of_others_is_left_alone_and_ours_is_checked(tmp_path: Path) -> None:
    """One without our table says nothing, whatever else is in it; a wrong key in ours is named."""
    write(tmp_path, "pyproject.toml", "[project]\nname = 'x'\natempts = 3\n")
    assert load({}, {}, tmp_path).origins == {}
    write(tmp_path, "pyproject.toml", "this is no TOML")
    assert load({}, {}, tmp_path).origins == {}
    write(tmp_path, "pyproject.toml", "[tool.toolwright]\natempts = 3\n")
    with pytest.raises(
        UsageError, match=r"pyproject\.toml line 2: 'atempts' is not a setting; did you mean attempts"
    ):
        load({}, {}, tmp_path)


@pytest.mark.parametrize("file", ["pyproject.toml", "toolwright.toml"])
def test_a_file_that_came_with_a_folder_sends_no_key_elsewhere(tmp_path: Path, file: str) -> None:
    """An address in such a file and a key in the environment do not go together."""
    head = "[tool.toolwright]\n" if file == "pyproject.toml" else ""
    write(tmp_path, file, f'{head}base_url = "https://elsewhere.example"\n')
    with pytest.raises(UsageError, match="would send your own key"):
        load({}, {"TOGETHER_API_KEY": SECRET}, tmp_path)
    write(tmp_path, file, f'{head}base_url = "http://127.0.0.1:1"\n')
    assert load({}, {"TOGETHER_API_KEY": SECRET}, tmp_path).base_url == "http://127.0.0.1:1"


def test_no_tool_can_write_the_files_that_settings_are_read_from() -> None:
    """Otherwise a tool that may write into the workspace could loosen its own confinement."""
    assert [guard(name, "") for name in (".env", "pyproject.toml", "toolwright.toml")] == [
        "hidden",
        "kept",
        "kept",
    ]


def test_config_prints_every_value_with_its_origin_and_no_secret(tmp_path: Path) -> None:
    """Text for people, an object for programs; a secret is said to be set, and not shown."""
    write(tmp_path, "toolwright.toml", "attempts = 3\n")
    environ = {"PATH": "/usr/bin:/bin", "TOGETHER_API_KEY": SECRET, "LANG": "C.UTF-8"}
    words = [sys.executable, AGENT, "config"]
    done = [
        subprocess.run([*words, *more], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
        for more in ([], ["--json", "--attempts", "4"])
    ]
    lines = {line.split()[0]: line.split() for line in done[0].stdout.splitlines()}
    assert lines["attempts"] == ["attempts", "3", "toolwright.toml", "line", "1"]
    assert lines["samples"] == ["samples", "1", "default"]
    said = json.loads(done[1].stdout)
    assert said["attempts"] == {"value": 4, "origin": "--attempts", "variable": "TOOLWRIGHT_ATTEMPTS"}
    assert said["api_key"]["origin"] == "TOGETHER_API_KEY"
    assert all(SECRET not in each.stdout + each.stderr for each in done)
