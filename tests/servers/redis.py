"""A Redis without persistence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import answers, find_free_port, running


@contextmanager
def run_redis(folder: Path) -> Iterator[str]:
    """Yield the address of a Redis of its own."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is missing; `make test` installs it (package redis-server).")
    port = find_free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    with running([program, *options], log=folder / "redis.log", is_ready=lambda: answers(port)):
        yield f"redis://127.0.0.1:{port}/0"
