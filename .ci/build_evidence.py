"""Prove the tools that ship as the program proves a candidate, and write their evidence beside their tests.

Run `uv run python .ci/build_evidence.py` after every change of tools.py or tool_tests/; a test tells when
it is due.
"""

import sys
from dataclasses import replace
from pathlib import Path

from toolwright.library.bindings import bindings
from toolwright.library.evidence import evidence_json
from toolwright.library.standing import reach_hash
from toolwright.library.store import Store
from toolwright.making.rechallenging import Kept, rechallenged
from toolwright.parts import Rigor
from toolwright.permissions.verifying import verification_policy
from toolwright.protocols import Sandbox
from toolwright.sandbox.opening import open_sandbox
from toolwright.screen.words import faults_noticed
from toolwright.stages.review import finding_text, review_source
from toolwright.syntax.chunks import split
from toolwright.syntax.examples import docstring_examples
from toolwright.types import Admission, Candidate

RIGOR = Rigor(seconds=600)
"""No fault may be left untried for want of time."""
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write the evidence of every tool; 1 when one of them fails."""
    sandbox = open_sandbox()
    try:
        return _prove(sandbox, Store(ROOT))
    finally:
        sandbox.close()


def _prove(sandbox: Sandbox, store: Store) -> int:
    snapshot = store.read()
    known = bindings(split(snapshot.text))
    for name, tool in snapshot.tools.items():
        tests = store.tests_of(name) or ""
        findings = review_source(name, tool.source)
        policy = verification_policy(snapshot.text, tool)
        verdict = sandbox.verify(
            snapshot.text,
            tests,
            policy,
            function=name,
            examples=docstring_examples(tool),
        )
        if verdict.passed:
            verdict = rechallenged(sandbox, Kept(snapshot.text, tool, tests, policy), verdict, RIGOR)
        refused = [finding_text(finding) for finding in findings if finding.rule == "documented"]
        if refused or not verdict.passed:
            print(f"{name}: {'; '.join(refused) or verdict.why}")
            return 1
        if verdict.mutants:
            print(f"{name}: {faults_noticed(verdict.mutants)}", *verdict.mutants.survivors, sep="\n  ")
            if verdict.mutants.share < RIGOR.threshold:
                return 1
        # The calls of these tools depend on the machine they were made on, so they are no record for others.
        proven = replace(verdict, calls=())
        candidate = Candidate(name, tool.source, tests)
        admission = Admission(candidate, proven, tool.docstring.summary, "ships with Toolwright", "")
        path = ROOT / "tool_tests" / "evidence" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        reach = reach_hash(known, name, snapshot.tools)
        path.write_text(evidence_json(admission, tool.source, tool, reach), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
