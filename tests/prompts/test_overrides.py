"""Prompts in the user's own words: every one can be overridden, a broken one is refused by file and line."""

import copy
import os
import shutil
from pathlib import Path

import pytest
from test_golden import asked

from toolwright.company import Company
from toolwright.errors import ReplyShapeError, UsageError
from toolwright.models.metered import MeteredModel
from toolwright.models.scripted import ScriptedModel
from toolwright.prompts import SHARED, TEXTS, render
from toolwright.prompts.asking import ask
from toolwright.prompts.overrides import Texts, read_texts
from toolwright.settings import load
from toolwright.types import Prompt
from toolwright.wiring import open_parts

MARK = "In our own words."


def test_every_prompt_can_be_said_in_other_words(tmp_path: Path) -> None:
    """Each question of each stage is worded by the override of its text, with the very same values."""
    for text in TEXTS.glob("*.md"):
        marked = text.read_text() if text.stem in SHARED else f"{MARK}\n{text.read_text()}"
        (tmp_path / text.name).write_text(marked)
    (tmp_path / ".note").write_text("$nothing")
    texts = read_texts(tmp_path)
    for name, prompt in asked().items():
        assert texts.reword(prompt).text == f"{MARK}\n{prompt.text}", name
        assert Texts().reword(prompt) is prompt


def test_one_override_changes_one_prompt_and_a_shared_text_those_that_hold_it(tmp_path: Path) -> None:
    """Others stay as they are; rules that stand in several prompts are overridden in all of them."""
    (tmp_path / "tool_rules.md").write_text("- Costs $5, or $nothing.\n")
    reworded = {name: read_texts(tmp_path).reword(prompt).text for name, prompt in asked().items()}
    changed = {name for name, prompt in asked().items() if reworded[name] != prompt.text}
    assert changed == {name for name in reworded if "Costs $5, or $nothing." in reworded[name]}
    assert {"contract", "generate", "apart"} & changed
    assert "decompose" not in changed


def test_a_second_question_keeps_the_words_and_the_complaint(tmp_path: Path) -> None:
    """An answer of the wrong shape is sent back under the overridden text; copies are alike."""
    (tmp_path / "judge.md").write_text(f"{MARK} $goal $calls")
    model = ScriptedModel(["no", "yes"])
    metered = MeteredModel(model, lambda _event: None)
    metered.in_words_of(read_texts(tmp_path).reword)

    def read(text: str) -> str:
        if text == "no":
            raise ReplyShapeError("not that")
        return text

    assert ask(metered, Prompt("judge", "g", render("judge", goal="$g", calls="c")), read) == "yes"
    first, second = (prompt.text for prompt in model.prompts)
    assert first == f"{MARK} $g c"
    assert second.startswith(f"{MARK} $g c\n\nYour last answer was:\nno\n\n")
    assert "could not be used: not that" in second
    kept = copy.deepcopy(render("judge", goal="g", calls="c"))
    assert (kept, kept.name, kept.values) == (render("judge", goal="g", calls="c"), "judge", kept.values)


@pytest.mark.parametrize(
    ("name", "text", "said", "hint"),
    [
        ("generat.md", b"x", "generat.md is none of the prompts; did you mean generate.md?", "bind.md"),
        ("judge.md", b"$goal\n$cals $calls", "judge.md line 2: there is no placeholder $cals; did", "$calls"),
        ("judge.md", b"$goal\n\n", "line 2: the text ends without the placeholder $calls", "$goal, $calls"),
        ("judge.md", b"$goal $calls\nfor $ 5", "line 2: a `$` that begins no placeholder", "write $$"),
        ("judge.md", b"$goal\n\xff$calls", "line 2: it is not a UTF-8 text", "as UTF-8"),
        ("judge.md", b"$goal $calls" + b"x" * 100_000, "is longer than 100000 bytes", ""),
        ("test_rules.md", b" \n", "test_rules.md line 1: the text is empty", "to use ours"),
    ],
)
def test_a_broken_override_is_refused(name: str, text: bytes, said: str, hint: str, tmp_path: Path) -> None:
    """File, line, what is wrong, and the nearest name; nothing is asked in such words."""
    (tmp_path / name).write_bytes(text)
    with pytest.raises(UsageError) as wrong:
        read_texts(tmp_path)
    assert said in str(wrong.value)
    assert hint in wrong.value.hint


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder that is none, a folder or a pipe in the place of a text, a link that goes nowhere."""
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_texts(tmp_path / "none")
    (tmp_path / "bind.md").mkdir()
    with pytest.raises(UsageError, match=r"bind\.md cannot be read: Is a directory"):
        read_texts(tmp_path)
    (tmp_path / "bind.md").rmdir()
    os.mkfifo(tmp_path / "bind.md")
    with pytest.raises(UsageError, match=r"bind\.md is not a file"):
        read_texts(tmp_path)
    (tmp_path / "bind.md").unlink()
    (tmp_path / "bind.md").symlink_to("nowhere")
    with pytest.raises(UsageError, match=r"bind\.md cannot be read"):
        read_texts(tmp_path)


def test_a_strangers_folder_words_the_prompts_only_from_below_it_and_never_unsaid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a settings file of a folder names must be below it, links and all, and is said."""
    mine = tmp_path / "mine"
    cloned = tmp_path / "cloned"
    for folder in (mine, cloned / "prompts"):
        folder.mkdir(parents=True)
        shutil.copy(TEXTS / "bind.md", folder)
    monkeypatch.chdir(cloned)

    def opened(text: str, environ: dict[str, str]) -> list[str]:
        (cloned / "toolwright.toml").write_text(text)
        said: list[str] = []
        company = Company((lambda event: said.append(event.message),))
        settings = load({"replay": None}, {"TOGETHER_API_KEY": "tgp_v1_overrides0123", **environ})
        open_parts(settings, "r", "g", company, sandbox=None)  # type: ignore[arg-type]  # none is asked
        return said

    notice = "the model is asked in the words of prompts/ (bind.md), as toolwright.toml line 1 says"
    assert opened('prompts_dir = "prompts"', {}) == [notice]
    assert opened("", {"TOOLWRIGHT_PROMPTS_DIR": str(mine)}) == []
    with pytest.raises(UsageError, match="which is not below this folder"):
        opened('prompts_dir = "../mine"', {})
    (cloned / "out").symlink_to(mine)
    with pytest.raises(UsageError, match="which is not below this folder"):
        opened('prompts_dir = "out"', {})
    (cloned / "prompts" / "tool_rules.md").symlink_to(mine / "bind.md")
    with pytest.raises(UsageError, match=r"tool_rules\.md cannot be read"):
        opened('prompts_dir = "prompts"', {})
