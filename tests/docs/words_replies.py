"""What a good model says to the goal of the documents, "How many words has the file LICENSE?", by stage."""

from typing import Any

from scripted_author import FIRST_WORDS

STUB = '''\
def count_words(text: str) -> int:
    """Count the words of a text: whatever stands between blanks, tabs and line breaks.

    Args:
        text: Any text.

    Returns:
        How many words there are, 0 for an empty text.

    Raises: nothing

    Example:
        >>> count_words("to be or not to be")
        6

    Keywords: word count, number of words, length of a text
    """
'''

TESTS = """\
from tools import count_words


def test_words_between_blanks_and_line_breaks():
    assert count_words("to be\\tor\\nnot to be") == 6


def test_nothing_is_no_word():
    assert count_words("") == 0
    assert count_words(" \\n ") == 0


def test_punctuation_belongs_to_its_word():
    assert count_words("Well, well - well.") == 4
"""

REPLIES = {
    "decompose": """{"wants": "result", "steps": [
        {"step": "Read a text file.", "keywords": ["open", "load", "file content"]},
        {"step": "Count the words of a text.", "keywords": ["word count", "number of words"]}]}""",
    "classify": """{"matches": [
        {"step": 1, "verdict": "EXISTS_AND_GENERIC", "tool": "read_file", "reason": "reads any text file"},
        {"step": 2, "verdict": "NOT_EXISTS", "tool": "", "reason": "nothing here counts words"}]}""",
    "contract": f"```python\n{STUB}    ...\n```\n\n```python\n{TESTS}```",
    "generate": f"```python\n{STUB}    return len(text.split())\n```",
    "bind": """{"calls": [
        {"step": 1, "arguments": {"path": {"literal": "LICENSE"}}},
        {"step": 2, "arguments": {"text": {"step": 1, "path": "content"}}}]}""",
}


def answer(body: dict[str, Any]) -> str:
    """Return the reply to a chat-completions request."""
    prompt = body["messages"][-1]["content"]
    return next(REPLIES[stage] for words, stage in FIRST_WORDS.items() if prompt.startswith(words))
