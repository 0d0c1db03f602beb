"""The judge's process: a test file in, pytest's records and the calls of the tool out, each as a frame.

The tool is not here. `tools` is a stand-in whose functions ask the parent, which runs each call elsewhere.
"""

import json
import os
import sys
from importlib.util import find_spec
from typing import Any

from toolwright.sandbox.cells.bounds import bound
from toolwright.sandbox.cells.recorder import Recorder, name_of
from toolwright.sandbox.cells.rounds import RoundLoop
from toolwright.sandbox.cells.stand_in import Caller, stand_in
from toolwright.sandbox.cells.wire import encode, read_frame, send_frame

_UNUSED = (
    "pastebin",
    "doctest",
    "faulthandler",
    "setuponly",
    "setupplan",
    "stepwise",
    "junitxml",
    "logging",
)


def main(request_fd: int, answer_fd: int) -> None:
    """Run the one test file and end the process."""
    request = json.loads(read_frame(request_fd))
    for descriptor in (request_fd, answer_fd):
        os.set_inheritable(descriptor, False)
    bound(request["limits"])
    sys.path.extend(path for path in request["site"] if path not in sys.path)
    # what the tests print is nobody's evidence and must not fill the pipe
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
    caller = Caller(request_fd, answer_fd, request["packages"], os.path.basename(request["file"]))  # noqa: PTH119 - no pathlib here
    sys.modules["tools"] = stand_in(caller, request["functions"], request["exceptions"])
    status = _run_pytest(request, answer_fd)
    send_frame(answer_fd, encode({"kind": "finish", "status": status}))
    os._exit(0)


def rehearse(folder: str, name: str) -> None:
    """Run a test file of our own, so that pytest has loaded and built what it needs; nobody is told."""
    streams = sys.stdout, sys.stderr
    os.chdir(folder)
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    request = {
        "folder": folder,
        "file": f"{folder}/{name}",
        "temporary": f"{folder}/pytest",
        "hypothesis": False,
        "httpserver": False,
        "max_examples": 1,
        "skip": (),
        "rounds": (),
        "seed": 0,
    }
    nowhere = os.open(os.devnull, os.O_WRONLY)
    sys.stdout = sys.stderr = open(nowhere, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - closed below
    try:
        _run_pytest(request, nowhere)
    finally:
        sys.stdout.close()
        sys.stdout, sys.stderr = streams
        os.close(nowhere)
        os.chdir("/")
    own = name.removesuffix(".py")
    for module in [module for module in sys.modules if module.rpartition(".")[2] == own]:
        del sys.modules[module]


def _run_pytest(request: dict[str, Any], answer_fd: int) -> int:
    import pytest

    if request["hypothesis"]:
        _tame_hypothesis(request["max_examples"], shrink=request["shrink"])
    folder = request["folder"]
    options = ["-q", "-s", "--tb=short", "--noconftest", "--import-mode=importlib", "-p", "no:cacheprovider"]
    options += [
        "-c",
        f"{folder}/pytest.ini",
        "--rootdir",
        folder,
        "--confcutdir",
        folder,
        "--basetemp",
        request["temporary"],
    ]
    for name in _UNUSED:
        options += ["-p", f"no:{name}"]
    # without it pytest itself says that there is no such fixture
    if request["httpserver"] and find_spec("pytest_httpserver"):
        options += ["-p", "pytest_httpserver.pytest_plugin"]
    recorder = Recorder(answer_fd, request["file"], request["max_examples"], request["skip"], request["seed"])
    plugins: list[Any] = [recorder]
    if request["rounds"]:
        plugins.append(RoundLoop(answer_fd, request["rounds"], name_of))
    return int(pytest.main([*options, request["file"]], plugins=plugins))


def _tame_hypothesis(max_examples: int, *, shrink: bool) -> None:
    """The same examples each time, none stored, no deadline: every example costs a process."""
    try:
        from hypothesis import HealthCheck, Phase, settings
    except ImportError:  # the test file's own import then says so
        return
    settings.register_profile(
        "judge",
        max_examples=max_examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if shrink or phase.name not in {"shrink", "explain"}],
    )
    settings.load_profile("judge")
