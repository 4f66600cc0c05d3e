"""Single faults, each at the moment where it hurts most."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.invariants import find_violations
from tests.faults.quick import LEASE
from tests.faults.services import Service
from tests.faults.stage import Stage, set_stage, wait_for, write_letters

if TYPE_CHECKING:
    from letters.models import Letter

PAGE_SECONDS = 6  # one timeout of 2 s towards Redis, and a busy machine; connecting again and again took 6 and more


class Play:
    """The scenarios, in an order that starts few workers; each leaves behind what the next one finds."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.letters = write_letters(40, "scenarios")
        self.confirmed: list[Letter] = []

    def confirm(self, count: int, *meets: str, wake: bool = True) -> list[Letter]:
        """Confirm the next letters in one transaction, with one wake-up; the first one meets this at the server.

        Without `wake`, the web process is as good as killed between commit and publish.
        """
        from django.db import transaction

        from letters.actions.confirm import confirm
        from letters.tasks import wake_worker

        with transaction.atomic():
            letters = [self.letters.pop() for _number in range(count)]
            for letter in letters:
                assert confirm(letter)
            self.stage.sink.script[letters[0].envelope_sender] = deque(meets)
            if wake:
                wake_worker()
        self.confirmed += letters
        return letters

    def wait_for(self, statuses: str, *letters: Letter) -> None:
        """Wait until these letters have that status, or one of several."""

        def have_it() -> bool:
            for letter in letters:
                letter.refresh_from_db()
            return all(letter.status in statuses.split() for letter in letters)

        wait_for(f"{len(letters)} letters {statuses}", have_it)

    def count(self, *letters: Letter) -> list[int]:
        """Return how many copies of each the server has."""
        return [self.stage.sink.count(letter.reference) for letter in letters]

    def redis_forgets_everything(self) -> None:
        letters = self.confirm(3)
        self.stage.empty_redis()
        self.sweeper = self.stage.add_worker(beat=True)
        self.wait_for("sent", *letters)
        assert self.count(*letters) == [1, 1, 1]

    def redis_hangs_while_a_page_is_asked_for(self) -> None:
        from django.test import Client
        from django.urls import reverse

        from letters.privacy.tokens import make_token

        letter = self.letters.pop()
        self.confirmed.append(letter)
        self.stage.redis.signal(signal.SIGSTOP)
        began = time.monotonic()
        page = Client().post(reverse("confirm", args=[make_token(letter.id, "confirm")]), headers={"host": "localhost"})
        took = time.monotonic() - began
        self.wait_for("queued", letter)
        self.stage.redis.signal(signal.SIGCONT)
        assert page.status_code == 302, page.status_code
        assert took < PAGE_SECONDS, f"the page took {took:.1f} s"
        self.wait_for("sent", letter)

    def a_sender_goes_on_after_its_lease(self) -> None:
        self.sweeper.kill()
        stopped = self.stage.add_worker()
        letters = self.confirm(4, "take-slow-mail")
        first, *others = letters
        wait_for("its offer", lambda: self.stage.sink.met["take-slow-mail"] == 1)
        stopped.signal(signal.SIGSTOP)
        self.sweeper.start()
        self.wait_for("unknown", first)
        self.wait_for("sent", *others)
        stopped.signal(signal.SIGCONT)
        wait_for("its end", lambda: says(stopped, "letters.tasks.wake", "succeeded"))
        assert self.count(*letters) == [0, 1, 1, 1], f"copies: {self.count(*letters)}"
        self.wait_for("unknown", first)

    def a_sender_hears_the_reply_after_its_lease(self) -> None:
        for worker in self.stage.workers:
            worker.kill()
        stopped = self.stage.add_worker()
        first, second = letters = self.confirm(2, "take-slow")
        wait_for("its text", lambda: self.count(first) == [1])
        stopped.signal(signal.SIGSTOP)
        self.sweeper.start()
        self.wait_for("unknown", first)
        self.wait_for("sent", second)
        stopped.signal(signal.SIGCONT)
        self.wait_for("sent", first)
        assert self.count(*letters) == [1, 1]
        stopped.kill()

    def a_sender_dies_after_the_final_dot(self) -> None:
        first, second = letters = self.confirm(2, "take-hang")
        wait_for("its text", lambda: self.count(first) == [1])
        for worker in self.stage.workers:
            worker.kill()
        self.sweeper.start()
        self.wait_for("unknown", first)
        self.wait_for("sent", second)
        time.sleep(3)  # sweeps go by
        assert self.count(*letters) == [1, 1]
        self.wait_for("unknown", first)

    def the_web_dies_between_commit_and_publish(self) -> None:
        letters = self.confirm(2, wake=False)
        self.wait_for("sent", *letters)
        assert self.count(*letters) == [1, 1]

    def wake_ups_storm_over_two_workers(self) -> None:
        from letters.tasks import wake

        self.second = self.stage.add_worker()
        letters = self.confirm(4)
        for _number in range(100):
            wake.apply_async(retry=False)
        self.wait_for("sent", *letters)
        assert self.count(*letters) == [1, 1, 1, 1]

    def a_worker_is_asked_to_stop_in_mid_batch(self) -> None:
        slow = self.stage.sink.met["take-slow-mail"]
        self.second.kill()
        letters = self.confirm(4, "take-slow-mail")
        wait_for("its offer", lambda: self.stage.sink.met["take-slow-mail"] == slow + 1)
        self.sweeper.signal(signal.SIGTERM)
        self.sweeper.join()
        assert self.sweeper.has_ended(), "the worker does not stop"
        self.sweeper.start()
        self.wait_for("sent", *letters)
        assert self.count(*letters) == [1, 1, 1, 1]

    def postgres_stands_still_past_the_lease(self) -> None:
        slow = self.stage.sink.met["take-slow-mail"]
        letters = self.confirm(3, "take-slow-mail")
        wait_for("its offer", lambda: self.stage.sink.met["take-slow-mail"] == slow + 1)
        self.stage.stop_postgres()
        time.sleep(LEASE.total_seconds() + 1)
        self.stage.continue_postgres()
        wait_for("an end", lambda: self.find_open(letters) == [])
        assert max(self.count(*letters)) == 1, f"copies: {self.count(*letters)}"
        self.wait_for("sent unknown", letters[0])
        self.wait_for("sent", *letters[1:])

    def postgres_crashes_while_a_reply_is_on_its_way(self) -> None:
        letters = self.confirm(3, "take-slow")
        wait_for("its text", lambda: self.count(letters[0]) == [1])
        self.stage.restart_postgres()
        self.wait_for("sent", *letters)
        assert self.count(*letters) == [1, 1, 1]

    def a_clock_jumps(self, hours: int) -> None:
        slow = self.stage.sink.met["take-slow-mail"]
        letters = self.confirm(4, "take-slow-mail")
        wait_for("its offer", lambda: self.stage.sink.met["take-slow-mail"] == slow + 1)
        jumper = self.stage.add_worker(beat=True, clock=hours * 3600)
        wait_for("an end", lambda: self.find_open(letters) == [])
        time.sleep(2)  # sweeps of both go by
        jumper.kill()
        wait_for("an end", lambda: self.find_open(letters) == [])
        assert max(self.count(*letters)) == 1, f"copies: {self.count(*letters)}"
        self.wait_for("sent unknown", letters[0])
        self.wait_for("sent", *letters[1:])

    def a_clock_jumps_ahead(self) -> None:
        self.a_clock_jumps(1)

    def a_clock_jumps_back(self) -> None:
        self.a_clock_jumps(-1)

    def find_open(self, letters: list[Letter]) -> list[str]:
        """Return the references of those letters that are still on their way."""
        from letters.models import Letter

        mine = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
        return list(mine.filter(status__in=["queued", "claimed", "sending"]).values_list("reference", flat=True))


def says(service: Service, *words: str) -> bool:
    """Whether a line of its log has all these words."""
    return any(all(word in line for word in words) for line in service.log.read_text(errors="replace").splitlines())


def play_scenarios(folder: Path) -> int:
    """Play them all; return 1 if a promise was broken. The first that fails ends it: others build on it."""
    with set_stage(folder, "scenarios", troubled=False, pace=0) as stage:
        play = Play(stage)
        scenes: list[Callable[[], None]] = [
            play.redis_forgets_everything,
            play.redis_hangs_while_a_page_is_asked_for,
            play.a_sender_goes_on_after_its_lease,
            play.a_sender_hears_the_reply_after_its_lease,
            play.a_sender_dies_after_the_final_dot,
            play.the_web_dies_between_commit_and_publish,
            play.wake_ups_storm_over_two_workers,
            play.a_worker_is_asked_to_stop_in_mid_batch,
            play.postgres_stands_still_past_the_lease,
            play.postgres_crashes_while_a_reply_is_on_its_way,
            play.a_clock_jumps_ahead,
            play.a_clock_jumps_back,
        ]
        for scene in scenes:
            name = scene.__name__.replace("_", " ")
            began = time.monotonic()
            try:
                scene()
                wrong = find_violations([letter.pk for letter in play.confirmed], stage.sink.copies)
                assert not wrong, wrong
            except AssertionError as error:
                print(f"FAILED  {name}: {error}")
                return 1
            print(f"ok      {name} ({time.monotonic() - began:.0f} s)", flush=True)
    return 0
