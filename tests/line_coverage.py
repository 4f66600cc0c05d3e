"""Notes which lines of the site the tests run: `COVERAGE_DIR=… pytest -p tests.line_coverage`, one file a process.

slipcover has a plugin for xdist of its own, whose processes take probes out of running code, which threads do not
survive. Immediate ones stay where they are, and cost a tenth of the processor time that coverage.py takes here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import slipcover

SOURCES = ["campaign", "letters"]
OMITTED = ["*/migrations/*"]

lines = slipcover.Slipcover(immediate=True, source=SOURCES, omit=OMITTED)
slipcover.ImportManager(lines, slipcover.FileMatcher(sources=SOURCES, omit=OMITTED)).__enter__()


def pytest_sessionfinish() -> None:
    """Write what this process has run."""
    file = Path(os.environ["COVERAGE_DIR"], f"{os.getpid()}.json")
    file.write_text(json.dumps(lines.get_coverage()))
