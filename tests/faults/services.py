"""Processes that can be killed, stopped and started again in the middle of their work."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.servers import postgres
from tests.servers.processes import START_SECONDS, _die_with_parent, answers, find_free_port

Ready = Callable[["Service"], bool]
# Celery workers are forked from a process that has imported everything: a new one takes a blink instead of five
# seconds of both cores, so that kills find senders at work.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.faults.app", "campaign.urls", "weasyprint", "celery.apps.worker", "celery.beat"])


class Service:
    """One server process in a group of its own; it dies with the thread that started it."""

    def __init__(
        self, name: str, command: Sequence[str | Path], folder: Path, is_ready: Ready, user: str | None = None
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.folder = folder
        self.user = user
        self.starts = 0
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the process says, one file a start."""
        return self.folder / f"{self.name}-{self.starts}.log"

    def start(self, *, wait: bool = True) -> None:
        """Start the process; with `wait`, return when it is ready."""
        self.starts += 1
        self.launch()
        if wait:
            self.wait_until_ready()

    def launch(self) -> None:
        """Start the process, in a group of its own."""
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                process_group=0,
                preexec_fn=_die_with_parent,
            )

    @property
    def pid(self) -> int | None:
        """The process, if it was ever started."""
        return self._process.pid if self._process else None

    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def join(self) -> None:
        """Wait until it has ended."""
        if self._process is not None:
            self._process.wait(START_SECONDS)

    def is_ready(self) -> bool:
        """Whether it serves. Raises RuntimeError with its log if it ended by itself."""
        if self.has_ended():
            raise RuntimeError(f"{self.name} ended:\n{self.log.read_text(errors='replace')[-3000:]}")
        return self._is_ready(self)

    def wait_until_ready(self) -> None:
        """Wait until it serves. Raises RuntimeError if it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} was not ready in time")
            time.sleep(0.03)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self.pid is not None and not self.has_ended():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """kill -9, children too; return when it is gone."""
        self.signal(signal.SIGKILL)
        self.join()

    def quit_at_once(self) -> None:
        """What `pg_ctl -m immediate stop` does: no checkpoint, no goodbye; return when it is gone."""
        assert self.pid is not None
        os.kill(self.pid, signal.SIGQUIT)
        self.join()


class Worker(Service):
    """A Celery worker, forked from the nursery."""

    _child: multiprocessing.process.BaseProcess | None = None
    clock = 0  # seconds fast

    def launch(self) -> None:
        self.log.touch()
        self._child = NURSERY.Process(target=work, args=(self.command, self.log, self.clock))
        self._child.start()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def has_ended(self) -> bool:
        return self._child is not None and not self._child.is_alive()

    def join(self) -> None:
        if self._child is not None:
            self._child.join(START_SECONDS)


def work(arguments: list[str], log: Path, clock: int) -> None:
    """Be a Celery worker, in a process of its own whose clock is that many seconds fast."""
    os.setpgid(0, 0)
    _die_with_parent()
    with log.open("ab") as output, open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    from tests.faults.app import app
    from tests.faults.quick import put_clock

    put_clock(clock)
    app.worker_main(arguments)


def make_postgres(folder: Path) -> tuple[Service, str]:
    """Return a durable PostgreSQL, not yet started, and its URL."""
    with postgres.run_postgres(folder):
        pass  # it leaves a cluster behind
    programs, port = postgres.find_programs(), find_free_port()
    options = [
        part for name, value in (postgres.OPTIONS | postgres.DURABLE).items() for part in ("-c", f"{name}={value}")
    ]

    def is_ready(_service: Service) -> bool:
        asked: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        return subprocess.run(asked, check=False).returncode == 0

    command: list[str | Path] = [programs / "postgres", "-D", folder / "cluster", "-p", str(port), *options]
    user = "postgres" if os.geteuid() == 0 else None
    return Service("postgres", command, folder, is_ready, user), f"postgres://parley@127.0.0.1:{port}/postgres"


def make_redis(folder: Path) -> tuple[Service, str]:
    """Return a Redis that keeps nothing, not yet started, and its URL."""
    port = find_free_port()
    command = [shutil.which("redis-server") or "redis-server", "--bind", "127.0.0.1", "--port", str(port)]
    command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
    return Service("redis", command, folder, lambda _service: answers(port)), f"redis://127.0.0.1:{port}/0"


def make_worker(folder: Path, name: str, *, beat: bool = False, clock: int = 0) -> Worker:
    """Return a Celery worker, not yet started. Without `beat` in any of them nothing sweeps."""
    command = ["worker", "-P", "threads", "-c", "3", "-n", f"{name}@faults", "--loglevel", "INFO"]
    command += ["--without-gossip", "--without-mingle"]
    if beat:
        command += ["-B", "--schedule", str(folder / f"{name}-beat")]
    worker = Worker(name, command, folder, lambda service: b" ready." in service.log.read_bytes())
    worker.clock = clock
    return worker
