"""Start one cell: `python -I -S start.py CELL REQUEST_FD ANSWER_FD`, with CELL the module to run.

The package's own `__init__` files are not run: empty packages stand in while the cell's modules load.
"""

import os
import sys


def _stand_in() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs more than the start
    for name in ("toolwright.sandbox.cells", "toolwright.sandbox", "toolwright"):
        package = type(sys)(name)
        package.__path__ = [folder]
        sys.modules[name] = package
        folder = os.path.dirname(folder)  # noqa: PTH120 - as above


def _start(cell: str, request: int, answer: int) -> None:
    _stand_in()
    if cell == "judge_cell":
        from toolwright.sandbox.cells.judge_cell import main
    elif cell == "warm_cell":
        from toolwright.sandbox.cells.warm_cell import main
    else:
        from toolwright.sandbox.cells.tool_cell import main
    for name in [name for name in sys.modules if name.startswith("toolwright")]:
        del sys.modules[name]
    sys.argv = [cell]
    main(request, answer)


if __name__ == "__main__":
    _start(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
