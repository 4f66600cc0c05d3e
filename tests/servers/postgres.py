"""A PostgreSQL cluster in a temporary folder. Fast, because a test's data need not survive a power cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import find_free_port, running

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "140",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = dict.fromkeys(DURABLE, "off")


@contextmanager
def run_postgres(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Yield the DATABASE_URL of a cluster of its own; a `durable` one survives a power cut, as in production."""
    programs = find_programs()
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    cluster = folder / "cluster"
    cluster.mkdir(mode=0o700)
    if user:
        shutil.chown(cluster, user, user)
        for parent in (folder, *folder.parents):  # a temporary folder of root's is closed to others
            if parent.owner() == "root" and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    init: list[str | Path] = [
        programs / "initdb",
        "-D",
        cluster,
        "-U",
        "parley",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
    ]
    init += ["--locale=C.UTF-8"]
    made = subprocess.run(init, user=user, group=user, cwd="/", capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = find_free_port()
    options = [
        part
        for name, value in (OPTIONS | (DURABLE if durable else FLEETING)).items()
        for part in ("-c", f"{name}={value}")
    ]

    def is_ready() -> bool:
        asked: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        return subprocess.run(asked).returncode == 0

    with running(
        [programs / "postgres", "-D", cluster, "-p", str(port), *options],
        log=folder / "postgres.log",
        is_ready=is_ready,
        user=user,
        stop_signal=signal.SIGINT,  # "fast": hang up on whoever is still connected
    ):
        yield f"postgres://parley@127.0.0.1:{port}/postgres"


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server installed; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if found:
        return found[-1]
    if on_path:
        return Path(on_path).parent
    raise RuntimeError("PostgreSQL's server is missing; `make test` installs it (package postgresql).")
