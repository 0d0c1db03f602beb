"""The one place that runs `uv`: names in, exact wheels out, then those in a folder. Wheels run no code."""

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from toolwright.errors import PackageError
from toolwright.packages.pins import Pin
from toolwright.records import dataclass
from toolwright.syntax.requirements import Requirement, normalized
from toolwright.temporary.folders import fresh_folder

_PINNED: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.+!-]+)")
_HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_VIA: Final = re.compile(r"#\s+(?:via\s+)?(?P<name>[A-Za-z0-9][\w.-]*)\s*$")
_SHOWN: Final = 600


@dataclass(frozen=True, slots=True)
class Uv:
    """Runs `uv` with an environment; what it says about indexes in its own configuration holds."""

    environment: Mapping[str, str]

    def resolve(self, wanted: Sequence[Requirement], known: Sequence[Pin] = ()) -> tuple[Pin, ...]:
        """Return the wheels that the wanted packages and all they need come down to; `known` ones stay.

        Raises:
            PackageError: there is no `uv`, no index, no such package, or no wheels that fit together.
        """
        with fresh_folder("packages") as folder:
            names, keep = Path(folder, "wanted.txt"), Path(folder, "known.txt")
            names.write_text("".join(f"{requirement}\n" for requirement in wanted))
            keep.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in known))
            words = ["pip", "compile", str(names), "--constraints", str(keep), "--generate-hashes"]
            words += ["--only-binary", ":all:", "--no-header", "--no-sources", "--python", sys.executable]
            what = ", ".join(map(str, wanted))
            said = self._run([*words, "--quiet"], folder, f"no wheels were found for {what}")
        return _read_resolved(said)

    def install(self, pins: Sequence[Pin], target: Path) -> None:
        """Put exactly these wheels into a folder, which is made.

        Raises:
            PackageError: there is no `uv`, or a wheel is not to be had as it was pinned.
        """
        with fresh_folder("packages") as folder:
            exact = Path(folder, "exact.txt")
            exact.write_text("".join(_exactly(pin) for pin in pins))
            words = ["pip", "install", "--requirements", str(exact), "--target", str(target), "--no-deps"]
            words += ["--only-binary", ":all:", "--require-hashes", "--no-sources", "--link-mode", "copy"]
            words += ["--python", sys.executable, "--quiet"]
            self._run(words, folder, f"{', '.join(map(str, pins))} cannot be installed")

    def _run(self, words: Sequence[str], folder: str, failed: str) -> str:
        """Run where no project's configuration is found: a library that was cloned must not name an index."""
        import subprocess

        try:
            ended = subprocess.run(
                [*self._command(), *words],
                env=dict(self.environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise PackageError(
                f"uv cannot be started: {error.strerror}", hint="python -m uv --version"
            ) from error
        if ended.returncode != 0:
            why = " ".join(re.sub(r"[^\x20-\x7e]", " ", ended.stderr).split())
            raise PackageError(
                f"{failed}: {why[:_SHOWN]}", hint="look at the name, the version and the connection"
            )
        return ended.stdout

    def _command(self) -> list[str]:
        found = shutil.which("uv", path=self.environment.get("PATH"))
        if found:
            return [found]
        if find_spec("uv"):
            return [sys.executable, "-m", "uv"]
        raise PackageError(
            "packages are installed by `uv`, which is not installed", hint="python -m pip install uv"
        )


def _exactly(pin: Pin) -> str:
    return " ".join([f"{pin.name}=={pin.version}", *(f"--hash={value}" for value in pin.hashes)]) + "\n"


def _read_resolved(text: str) -> tuple[Pin, ...]:
    """Read `NAME==VERSION` with the hashes and the `# via NAME` lines below it."""
    found: list[Pin] = []
    for line in text.splitlines():
        pinned = None if line.startswith((" ", "#")) else _PINNED.match(line)
        if pinned:
            found.append(Pin(normalized(pinned["name"]), pinned["version"]))
        elif found:
            pin, via, hashes = found[-1], _VIA.search(line), tuple(_HASH.findall(line))
            by = (normalized(via["name"]),) if via and via["name"] != "via" else ()
            found[-1] = Pin(pin.name, pin.version, (*pin.via, *by), (*pin.hashes, *hashes))
    return tuple(found)
