"""A short, seeded run of the fault harness, and its single faults. `make faults` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: both keep two cores busy


def play(*arguments: str, within: tuple[str, ...] = ()) -> None:
    """Run the harness in a process of its own; fails with its words if a promise was broken."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DATABASE_", "REDIS_"))
    }
    command = [*within, sys.executable, "-m", "tests.faults", *arguments]
    done = subprocess.run(command, env=ours, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]


def test_every_promise_is_kept_in_a_short_run() -> None:
    play("run", "--letters", "80", "--faults", "10", "--workers", "2", "--seed", "3")


def test_single_faults_at_their_worst_moments() -> None:
    play("scenarios")


def test_a_full_disk_loses_and_doubles_nothing() -> None:
    alone = ("unshare", "--mount")  # the disk goes with the process, however it ends
    # A container's root often may not either.
    if os.geteuid() or subprocess.run([*alone, "mount", "-t", "tmpfs", "none", "/mnt"], check=False).returncode:
        pytest.skip("Nobody here may mount the small disk that is to fill up.")
    play("full-disk", within=alone)
