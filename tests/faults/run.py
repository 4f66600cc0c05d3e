"""The long run: letters by the hundred, faults by the dozen, and then the count."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from uuid import UUID

from tests.faults.chaos import Chaos
from tests.faults.invariants import count_ends, find_violations
from tests.faults.stage import Stage, confirm_patiently, patiently, set_stage, wait_for, write_letters

PACE = 0.4  # the most that the server takes over an untroubled letter, in seconds: so that kills hit senders at work
CALM_SECONDS = 150
CONFIRM_SECONDS = 1200  # for all letters to be confirmed after the last fault, on a machine that is busy otherwise


class Supporters(threading.Thread):
    """Confirms letters, as many as are let in; now and then one withdraws."""

    def __init__(self, seed: str, letters: int) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(f"{seed}:supporters")
        self.waiting = write_letters(letters, seed)
        self.confirmed: set[UUID] = set()
        self.let_in = threading.Semaphore(0)
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._confirm_all()
        except BaseException as error:  # noqa: BLE001 the main thread tells of it
            self.error = error

    def _confirm_all(self) -> None:
        from letters.actions.withdraw import withdraw_letter
        from letters.models import Letter

        for letter in self.waiting:
            self.let_in.acquire()
            confirm_patiently(letter, wake=self.chance.random() > 0.1)
            self.confirmed.add(letter.pk)
            if self.chance.random() < 0.03:
                earlier = self.chance.choice(self.waiting[: len(self.confirmed)][-8:])
                patiently(lambda pk=earlier.pk: withdraw_letter(Letter.objects.get(pk=pk)))  # type: ignore[misc]


def run(folder: Path, seed: str, letters: int, faults: int, workers: int) -> int:
    """Send the letters amid the faults, print the tally; return how many promises were broken."""
    began = time.monotonic()
    with set_stage(folder, seed, troubled=True, pace=PACE) as stage:
        for number in range(workers):
            stage.add_worker(beat=number == 0, wait=False)
        supporters = Supporters(seed, letters)
        for worker in stage.workers:
            worker.wait_until_ready()
        chaos = Chaos(stage, seed)
        supporters.start()
        busy = time.monotonic()
        plan = chaos.plan(faults)
        for number, fault in enumerate(plan, 1):
            for _letter in range(letters * number // faults - letters * (number - 1) // faults):
                supporters.let_in.release()
            chaos.rest(0.4, 2)
            chaos.do(fault)
        supporters.join(CONFIRM_SECONDS)
        if supporters.error:
            raise supporters.error
        if supporters.is_alive():  # what is confirmed while it is counted would count as lost
            raise TimeoutError(f"only {len(supporters.confirmed)} letters were confirmed in time")
        stage.sink.heal()
        chaos.calm()
        wrong = _wait_for_calm()
        wrong += find_violations(supporters.confirmed, stage.sink.copies)
        if len(supporters.confirmed) != letters:
            wrong.append(f"{len(supporters.confirmed)} of {letters} letters could be confirmed")
        _print_tally(stage, chaos, len(supporters.confirmed), (busy - began, time.monotonic() - busy))
        for line in wrong:
            print(f"VIOLATED: {line}")
        if wrong:
            _print_errors(stage)
    return len(wrong)


def _wait_for_calm() -> list[str]:
    """Wait until no letter and no notice is on its way; what is left then is stuck."""
    from letters.models import LEASED, Letter, Notice, Status

    moving = Letter.objects.filter(status__in=[Status.QUEUED, *LEASED])
    owed = Notice.objects.filter(due_at__isnull=False)
    try:
        wait_for("every letter at an end", lambda: not moving.exists() and not owed.exists(), CALM_SECONDS)
    except AssertionError as error:
        return [f"{error}; stuck: {[f'{letter} {letter.status}' for letter in moving]}, {owed.count()} notices"]
    return []


def _print_tally(stage: Stage, chaos: Chaos, confirmed: int, seconds: tuple[float, float]) -> None:
    ends = count_ends()
    abandoned, late = ends.pop("abandoned"), ends.pop("heard late")
    letters = [copy for copy in stage.sink.copies if copy.reference]
    breaks = chaos.done["kill a worker"] + chaos.done["stop a worker past its lease"] + chaos.done["crash postgres"]
    unhappy = sum(count for way, count in stage.sink.met.items() if way != "ok")
    print(f"{len(stage.workers)} workers of 2 senders; {seconds[0]:.0f} s to set up, {seconds[1]:.0f} s to run")
    print("faults:         " + ", ".join(f"{fault} {count}" for fault, count in sorted(chaos.done.items())))
    print(
        f"mail server:    misbehaved {unhappy} times in {stage.sink.met.total()} messages, in {len(stage.sink.met) - 1} ways"
    )
    print(f"confirmed:      {confirmed} = " + " + ".join(f"{ends[status]} {status}" for status in sorted(ends)))
    print(f"at the server:  {len(letters)} letters, {len({copy.reference for copy in letters})} different")
    print(
        f"in doubt:       {abandoned} because their sender was cut off: {abandoned / max(breaks, 1):.2f} for each kill, stop or crash"
        f"; {late} more were accepted, as their senders heard later"
    )


def _print_errors(stage: Stage) -> None:
    """Print what went wrong in the workers' own words."""
    for log in sorted(stage.folder.glob("worker*.log")):
        told = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line or "Error" in line]
        print(f"{log.name}: {len(told)} errors", *told[-5:], sep="\n    ")
