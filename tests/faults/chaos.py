"""Faults at random moments: what is done comes from a seed, what it hits is chance."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

from tests.faults.quick import LEASE
from tests.faults.services import Service
from tests.faults.stage import Stage

# How often each is chosen, in a hundred.
FAULTS = {
    "kill a worker": 56,
    "stop a worker past its lease": 8,
    "kill redis": 7,
    "stop redis": 5,
    "crash postgres": 9,
    "storm of wake-ups": 9,
    "refuse connections": 6,
}


class Chaos:
    """Faults, one at a time, on the thread that started the servers."""

    def __init__(self, stage: Stage, seed: str) -> None:
        self.stage = stage
        self.chance = random.Random(f"{seed}:chaos")
        self.done: Counter[str] = Counter()
        self._stopped: dict[str, float] = {}  # worker → when it goes on

    def plan(self, count: int) -> list[str]:
        """Return that many faults; at least one of each kind if there is room."""
        plan = list(FAULTS)[:count]
        plan += self.chance.choices(list(FAULTS), list(FAULTS.values()), k=count - len(plan))
        self.chance.shuffle(plan)
        return plan

    def rest(self, least: float, most: float) -> None:
        """Wait for a random time, and let go on whoever was stopped for long enough."""
        until = time.monotonic() + self.chance.uniform(least, most)
        while time.monotonic() < until:
            self._continue_stopped()
            time.sleep(0.02)

    def do(self, fault: str) -> None:
        """Do it."""
        self.done[fault] += 1
        stage, chance = self.stage, self.chance
        if fault == "kill a worker":
            worker = self._choose_worker()
            self._stopped.pop(worker.name, None)
            worker.kill()
            worker.start(wait=False)
        elif fault == "stop a worker past its lease":
            worker = self._choose_worker()
            worker.signal(signal.SIGSTOP)
            self._stopped[worker.name] = time.monotonic() + LEASE.total_seconds() + chance.uniform(1, 3)
        elif fault == "kill redis":
            stage.empty_redis()
        elif fault == "stop redis":
            stage.redis.signal(signal.SIGSTOP)
            self.rest(1, 4)
            stage.redis.signal(signal.SIGCONT)
        elif fault == "crash postgres":
            stage.restart_postgres()
        elif fault == "storm of wake-ups":
            self._storm()
        else:
            threading.Thread(target=stage.sink.refuse, args=(chance.uniform(0.5, 2),)).start()

    def calm(self) -> None:
        """Let everybody go on, and have all workers up."""
        for worker in self.stage.workers:
            worker.signal(signal.SIGCONT)
        self._stopped.clear()
        for worker in self.stage.workers:
            worker.wait_until_ready()

    def _choose_worker(self) -> Service:
        """Choose one that works, if there is any: killing what has just been started says little."""
        running = [worker for worker in self.stage.workers if worker.name not in self._stopped]
        ready = [worker for worker in running if worker.is_ready()]
        return self.chance.choice(ready or running or self.stage.workers)

    def _continue_stopped(self) -> None:
        for worker in self.stage.workers:
            if time.monotonic() > self._stopped.get(worker.name, float("inf")):
                worker.signal(signal.SIGCONT)
                del self._stopped[worker.name]

    def _storm(self) -> None:
        from kombu.exceptions import OperationalError

        from letters.tasks import wake

        with suppress(OperationalError, OSError):
            for _number in range(100):
                wake.apply_async(retry=False)
