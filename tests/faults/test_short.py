"""A short, seeded run of the fault harness, and its single faults. `make faults` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: both keep two cores busy


def play(*arguments: str) -> None:
    """Run the harness in a process of its own; fails with its words if a promise was broken."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DATABASE_", "REDIS_"))
    }
    command = [sys.executable, "-m", "tests.faults", *arguments]
    done = subprocess.run(command, env=ours, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]


def test_every_promise_is_kept_in_a_short_run() -> None:
    play("run", "--letters", "80", "--faults", "10", "--workers", "2", "--seed", "3")


def test_single_faults_at_their_worst_moments() -> None:
    play("scenarios")
