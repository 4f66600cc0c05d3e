"""`python -m tests.faults run [--letters N] [--faults N] [--seed S]`, or `scenarios`, or as root `full-disk`."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.faults.full_disk import play_full_disk
from tests.faults.run import run
from tests.faults.scenarios import play_scenarios


def main() -> int:
    """Return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("what", choices=["run", "scenarios", "full-disk"])
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=120)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-faults-", ignore_cleanup_errors=True) as name:
        if given.what == "scenarios":
            return play_scenarios(Path(name))
        if given.what == "full-disk":
            return play_full_disk(Path(name))
        seed = given.seed or str(secrets.randbelow(10**6))
        print(f"seed:           {seed}", flush=True)
        broken = run(Path(name), seed, given.letters, given.faults, given.workers)
        print(f"{broken} promises broken; repeat with SEED={seed}" if broken else "every promise kept")
        return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
