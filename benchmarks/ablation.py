"""How many attacks are contained when a layer is left out: `uv run python benchmarks/ablation.py`.

Nobody runs unconfined attacks as root: started by root, it becomes an ordinary user first. Without a layer
some attacks do what they say, to the folders and processes that are put up for them.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORDINARY = 60577
LEFT_OUT = ((), ("seccomp",), ("landlock",), ("seccomp", "landlock"))


def become_ordinary() -> None:
    """Leave root's rights for good."""
    if os.getuid() == 0:
        os.chdir("/")
        os.setgroups([])
        os.setresgid(ORDINARY, ORDINARY, ORDINARY)
        os.setresuid(ORDINARY, ORDINARY, ORDINARY)


def contained(level: str, without: tuple[str, ...]) -> tuple[int, int, list[str]]:
    """Return how many of how many attacks are contained, and the names of the others."""
    from attack_runs import Arena, fitting

    arena = Arena(level, without)
    try:
        attacks = [attack for attack in fitting(level) if not attack.policy.execute]
        escaped = [attack.name for attack in attacks if arena.judge(attack)]
        for _ in escaped:
            arena.canaries.restore(arena.user)
    finally:
        arena.close()
    return len(attacks) - len(escaped), len(attacks), escaped


def main() -> None:
    """Print one line for each level and layer left out."""
    become_ordinary()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "sandbox_kernel")]
    for level in ("full", "landlock"):
        for without in LEFT_OUT:
            good, all_of_them, escaped = contained(level, without)
            print(f"{level:9} without {' and '.join(without) or 'nothing':20} {good:3} of {all_of_them}")
            if "-v" in sys.argv:
                print("".join(f"          {name}\n" for name in escaped), end="")


if __name__ == "__main__":
    main()
