"""Markdown files go in; out come their code blocks, what those did when they were run, and what differs.

A comment above a block says what is special about it: `<!-- output -->` is what the block before it prints,
`<!-- not run: WHY -->` stands above commands that a test cannot run.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CUT = "[…]"
_BLOCK = re.compile(
    r"^(?:<!-- (?P<remark>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_UV = """#!/bin/sh
# `uv run` in the environment that runs the tests.
[ "$1" = run ] && shift
case "$1" in
  toolwright) shift; exec python -m toolwright "$@" ;;
  *.py) exec python "$@" ;;
  *) exec "$@" ;;
esac
"""
_VARYING = (
    (re.compile(r"^ +\.\.\. .*\n", re.MULTILINE), ""),  # signs of life come when something takes long
    (re.compile(r"\b(\d+ min )?\d+(\.\d)? s\b"), "N s"),
    (re.compile(r" · N s\b"), ""),  # left out when it was quick
    (re.compile(r"\b[\d,]+ tokens?\b"), "N tokens"),
    (re.compile(r"/\S*/toolwright-demo-\w+"), "/tmp/toolwright-demo-X"),
    (re.compile(r"(?<=N s)( +\d+) +[\d,]+$", re.MULTILINE), r"\1 N"),  # tokens in a table
)


@dataclass(frozen=True)
class Block:
    """A code block; `output` is what it is said to print."""

    document: str
    line: int
    language: str
    text: str
    remark: str = ""
    output: str = ""

    @property
    def runs(self) -> bool:
        """Whether it can be run."""
        return self.language in {"sh", "python"} and not self.remark.startswith("not run")


def read_blocks(document: str) -> list[Block]:
    """List the blocks of a document of the project, each output with the block that prints it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks: list[Block] = []
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("language")) + 1
        block = Block(document, line, found["language"], found["text"], found["remark"] or "")
        if block.remark == "output":
            blocks[-1] = replace(blocks[-1], output=block.text)
        else:
            blocks.append(block)
    return blocks


class Place:
    """A copy of the checkout in which blocks are run, with a server that answers as a model would."""

    def __init__(self, folder: Path, server: str) -> None:
        bin_folder = folder / "bin"
        self._folder = folder / "toolwright"
        bin_folder.mkdir()
        (folder / "tmp").mkdir()
        (bin_folder / "uv").write_text(_UV, encoding="utf-8")
        (bin_folder / "uv").chmod(0o755)
        self._folder.mkdir()
        for name in ("agent.py", "tools.py", "LICENSE", "README.md", "tool_tests", "examples"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, self._folder / name)
        (self._folder / "toolwright").symlink_to(ROOT / "toolwright")
        paths = [str(bin_folder), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
        self._environment = {
            "PATH": os.pathsep.join(paths),
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TOGETHER_BASE_URL": server,
            "TOGETHER_API_KEY": "k-docs-0123456789abcdef",
        }

    def run(self, block: Block) -> tuple[int, str]:
        """Run a block; return its exit code and what a terminal would show."""
        shell = ["bash", "-euo", "pipefail", "-c"]
        command = [*shell, block.text] if block.language == "sh" else ["python", "-c", block.text]
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        return done.returncode, done.stdout.decode()


def differs(said: str, real: str) -> str:
    """Return "" when `real` is what was said, else the part of it that is not.

    `[…]` stands for any lines, or within a line for any text. Times, tokens and names of temporary folders
    are not compared, nor is how columns are aligned.
    """
    here, lines = 0, _stable(real)
    for part in _parts(_stable(said)):
        places = [at for at in range(here, len(lines) - len(part) + 1) if _all_fit(part, lines[at:])]
        if not places:
            return "\n".join(part)
        here = places[0] + len(part)
    return ""


def _stable(text: str) -> list[str]:
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _parts(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == CUT:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _all_fit(said: list[str], real: list[str]) -> bool:
    patterns = (re.escape(line).replace(re.escape(CUT), ".*") for line in said)
    return all(re.fullmatch(pattern, line) for pattern, line in zip(patterns, real, strict=False))
