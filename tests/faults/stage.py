"""Everything a run needs: servers, workers, the mail server, and Django on that database."""

from __future__ import annotations

import logging
import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.faults.services import Service, make_postgres, make_redis, make_worker
from tests.faults.sink import Sink

if TYPE_CHECKING:
    from letters.models import Letter

T = TypeVar("T")
PATIENCE = 2.0  # EMAIL_TIMEOUT in tests/faults/settings.py


@dataclass
class Stage:
    """What a run plays on."""

    folder: Path
    postgres: Service
    redis: Service
    sink: Sink
    workers: list[Service] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)

    def add_worker(self, *, beat: bool = False, wait: bool = True, clock: int = 0) -> Service:
        """Start one more worker, whose clock is that many seconds fast."""
        worker = make_worker(self.folder, f"worker{len(self.workers) + 1}", beat=beat, clock=clock)
        self.workers.append(worker)
        worker.start(wait=wait)
        return worker

    def restart_postgres(self) -> None:
        """Have PostgreSQL crash and recover."""
        self.postgres.quit_at_once()
        self.postgres.start()

    def stop_postgres(self) -> None:
        """Have all of PostgreSQL stand still; its back ends are in groups of their own."""
        assert self.postgres.pid is not None
        self.stopped = [self.postgres.pid, *list_children(self.postgres.pid)]
        for pid in self.stopped:
            os.kill(pid, signal.SIGSTOP)

    def continue_postgres(self) -> None:
        """Let it go on."""
        for pid in self.stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def empty_redis(self) -> None:
        """kill -9 of a Redis that keeps nothing, and a new, empty one."""
        self.redis.kill()
        self.redis.start()


@contextmanager
def set_stage(folder: Path, seed: str, *, troubled: bool, pace: float, disk: Path | None = None) -> Iterator[Stage]:
    """Start PostgreSQL, Redis and the mail server, and set up Django with an empty database. One stage a process.

    PostgreSQL's cluster is on `disk`, if one is given.
    """
    postgres, database = make_postgres(disk or folder)
    redis, broker = make_redis(folder)
    sink = Sink(seed, troubled=troubled, pace=pace, patience=PATIENCE)
    stage = Stage(folder, postgres, redis, sink)
    os.environ.pop("PYTEST_XDIST_WORKER", None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "PARLEY_DATA_DIR": str(folder / "data"),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
    }
    try:
        forkserver.ensure_running()  # with this environment; it imports while the servers start
        postgres.start(wait=False)
        redis.start()
        postgres.wait_until_ready()
        _set_up_django()
        yield stage
    finally:
        stage.continue_postgres()
        for service in (*stage.workers, redis, postgres):
            service.signal(signal.SIGCONT)
            service.kill()
        sink.close()


def list_children(pid: int) -> list[int]:
    """Return the processes that this one has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def _set_up_django() -> None:
    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command

    import campaign.celery  # noqa: F401 the web's way to the broker
    from tests.faults.quick import LEASE, quicken
    from tests.letters.factories import make_campaign, make_constituency

    assert settings.EMAIL_TIMEOUT == PATIENCE < LEASE.total_seconds()
    logging.disable(logging.CRITICAL)  # the web's side tells of a broker that hangs
    call_command("migrate", verbosity=0)
    quicken()
    make_campaign()
    make_constituency()


def write_letters(count: int, seed: str) -> list[Letter]:
    """Store letters that wait for their confirmation. The same seed gives the same references."""
    from django.db import transaction

    from letters.models import REFERENCE_ALPHABET
    from tests.letters.factories import make_letter

    chance = random.Random(f"{seed}:letters")
    letters = []
    with transaction.atomic():
        for _number in range(count):
            name = "".join(chance.choices(REFERENCE_ALPHABET, k=8))
            key = uuid.UUID(int=chance.getrandbits(128))
            letters.append(make_letter(queued=False, id=key, reference=f"{name[:4]}-{name[4:]}"))
    return letters


def confirm_patiently(letter: Letter, *, wake: bool = True) -> None:
    """Confirm the letter as its page does, again and again while the database is away.

    Without `wake`, the web process is as good as killed between commit and publish.
    """
    from letters.actions.confirm import confirm, confirm_now
    from letters.models import Status
    from letters.tasks import wake_worker

    def press() -> None:
        letter.refresh_from_db()
        if letter.status == Status.UNCONFIRMED:
            assert confirm_now(letter) if wake else confirm(letter)
            if wake:
                wake_worker()

    patiently(press)


def patiently(do: Callable[[], T], seconds: float = 60) -> T:
    """Do it, again while the database is away."""
    from django.db import InterfaceError, OperationalError, connection

    deadline = time.monotonic() + seconds
    while True:
        try:
            return do()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.1)


def wait_for(what: str, is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it is so. Raises AssertionError that says what it waited for."""
    deadline = time.monotonic() + seconds
    while not patiently(is_so):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} seconds: {what}")
        time.sleep(0.1)
