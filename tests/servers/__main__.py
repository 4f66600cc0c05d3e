"""`python -m tests.servers COMMAND …`: run a command with DATABASE_URL and REDIS_URL of servers of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers.postgres import run_postgres
from tests.servers.redis import run_redis


def main(command: list[str]) -> int:
    """Run the command on PostgreSQL and Redis; return its exit code."""
    with tempfile.TemporaryDirectory(prefix="parley-servers-") as name:
        folder = Path(name)
        with run_postgres(folder) as database, run_redis(folder) as redis:
            env = os.environ | {"DATABASE_URL": database, "REDIS_URL": redis}
            return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
