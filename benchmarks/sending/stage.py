"""The servers that every contender sends through: durable PostgreSQL, Redis, Postfix's smtp-sink."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.postgres import run_postgres
from tests.servers.processes import answers, find_free_port, running
from tests.servers.redis import run_redis

# Where the sink writes, which is no part of sending: in memory, because ext4 may take a millisecond for a new file
# after others have been deleted, whoever's letters they were.
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None
MESSAGE_ID = re.compile(rb"^Message-I[dD]:\s*(<[^>]+>)", re.MULTILINE)


class Sink:
    """Postfix's smtp-sink. What it wrote down is the proof of delivery."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder

    def collect(self) -> Counter[str]:
        """Return how many copies of each Message-ID came since the last call."""
        copies: Counter[str] = Counter()
        for file in self._folder.iterdir():
            copies.update(found.decode() for found in MESSAGE_ID.findall(file.read_bytes()))
            file.unlink()
        return copies


@dataclass(frozen=True)
class Stage:
    """Where to send."""

    sink: Sink
    folder: Path


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """Run the servers, and point this process's environment at them."""
    with ExitStack() as stack:
        for name in ("postgres", "redis", "data"):
            (folder / name).mkdir()
        database = stack.enter_context(run_postgres(folder / "postgres", durable=True))
        redis = stack.enter_context(run_redis(folder / "redis"))
        sink = stack.enter_context(_run_sink(folder))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.sending.settings",
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "PARLEY_DATA_DIR": str(folder / "data"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(sink.port),
        }
        yield Stage(sink, folder)


@contextmanager
def _run_sink(folder: Path) -> Iterator[Sink]:
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise RuntimeError("smtp-sink is missing; `make test` installs it (package postfix).")
    port = find_free_port()
    with tempfile.TemporaryDirectory(prefix="parley-bench-", dir=MEMORY) as name:
        dump = Path(name)
        dump.chmod(0o777)
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [program, *user, "-D", f"{dump}/%H%M%S", f"127.0.0.1:{port}", "1000"]
        with running(command, log=folder / "sink.log", is_ready=lambda: answers(port)):
            yield Sink(port, dump)
