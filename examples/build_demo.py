"""Turn demo_replies.md, which people read and edit, into demo.jsonl, which `--demo` replays.

Run `python examples/build_demo.py` after every change; a test checks that the two agree.
"""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
NOTE = "The replies of this demo were written by hand; no model was asked. Token counts are estimates (characters / 4)."
CHARACTERS_A_TOKEN = 4


def build(text: str) -> str:
    """Return the transcript for the sections `# stage | subject` of `text`."""
    sections = re.split(r"^# (\w+) \| (.+)$", text, flags=re.MULTILINE)[1:]
    goal = sections[1]
    lines = [json.dumps({"toolwright_transcript": 1, "note": NOTE, "goal": goal})]
    for stage, subject, body in zip(sections[::3], sections[1::3], sections[2::3], strict=True):
        reply = body.strip("\n") + "\n"
        usage = {"calls": 1, "prompt_tokens": 0, "output_tokens": len(reply) // CHARACTERS_A_TOKEN, "seconds": 0.0}
        exchange = {"stage": stage, "subject": subject, "reply": reply, "model": "demo", "usage": usage}
        lines.append(json.dumps(exchange, ensure_ascii=False))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (HERE / "demo.jsonl").write_text(build((HERE / "demo_replies.md").read_text(encoding="utf-8")), encoding="utf-8")
