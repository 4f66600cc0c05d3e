"""Whoever asks for much at once holds up nobody else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from campaign.core import bulkhead
from campaign.core.bulkhead import MAX_EACH, MAX_INSIDE, Bulkhead, CrowdedError
from campaign.core.logs import HideSecretPaths
from letters.views import throttling
from letters.views.throttling import require_room
from letters.writing.session import load_draft
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.views.test_journey import DETAILS, come_to_details, go, words

HERE = "127.0.0.1"
THREADS = 8  # of a process (gunicorn.conf.py)
WAIT = 30  # seconds; only what fails takes so long


class Visits:
    """Visitors in threads of their own, who stay at work until they are let go."""

    def __init__(self, room: Bulkhead, threads: ThreadPoolExecutor) -> None:
        self.room, self.threads = room, threads
        self.at_work: list[str] = []
        self.moved = threading.Condition()
        self.leave: dict[str, threading.Semaphore] = {}

    def come(self, visitor: str) -> Future[None]:
        self.leave.setdefault(visitor, threading.Semaphore(0))
        return self.threads.submit(self._visit, visitor)

    def _visit(self, visitor: str) -> None:
        with self.room.enter(visitor):
            with self.moved:
                self.at_work.append(visitor)
                self.moved.notify_all()
            self.leave[visitor].acquire()
            with self.moved:
                self.at_work.remove(visitor)

    def expect(self, *visitors: str) -> None:
        with self.moved:
            assert self.moved.wait_for(lambda: sorted(self.at_work) == sorted(visitors), WAIT), self.at_work

    def expect_inside(self, count: int) -> None:
        with self.room._changed:
            assert self.room._changed.wait_for(lambda: self.room._inside.total() == count, WAIT)


@pytest.fixture
def visits() -> Iterator[Visits]:
    with ThreadPoolExecutor(8) as threads:
        visits = Visits(Bulkhead(), threads)
        yield visits
        for leave in visits.leave.values():
            leave.release(8)


def test_a_visitor_works_at_one_thing_at_a_time_and_others_beside(visits: Visits) -> None:
    first, second = visits.come("a"), visits.come("a")
    visits.expect("a")
    third = visits.come("b")
    visits.expect("a", "b")
    visits.leave["a"].release()
    wait([first, second], WAIT, FIRST_COMPLETED)
    visits.expect("a", "b")
    for visitor in ("a", "b"):
        visits.leave[visitor].release()
    for visit in (first, second, third):
        visit.result(WAIT)
    visits.expect_inside(0)
    assert visits.room._inside == {}, "nobody's address is kept"


def test_a_visitor_who_comes_sixteen_times_leaves_places_to_others(visits: Visits) -> None:
    for place in range(MAX_EACH):
        visits.come("a")
        visits.expect_inside(place + 1)
    for _ in range(16 - MAX_EACH):
        with pytest.raises(CrowdedError), visits.room.enter("a"):
            pass
    with visits.room.enter("b"):
        visits.expect("a")
    assert MAX_EACH < MAX_INSIDE < THREADS, "others find room, and threads are left for everybody else"


def test_nobody_waits_for_ever(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.come("a")
    visits.expect("a")
    monkeypatch.setattr(bulkhead, "WAIT_SECONDS", 0.01)
    with pytest.raises(CrowdedError), visits.room.enter("a"):
        pass
    visits.expect_inside(1)


def test_work_that_fails_makes_room(visits: Visits) -> None:
    for _ in range(4):
        with pytest.raises(ZeroDivisionError), visits.room.enter("a"):
            raise ZeroDivisionError
    with visits.room.enter("a"):
        pass


# --- The pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Bulkhead:
    """A room in which nobody waits."""
    room = Bulkhead()
    monkeypatch.setattr(throttling, "BULKHEAD", room)
    monkeypatch.setattr(bulkhead, "WAIT_SECONDS", 0)
    return room


@pytest.fixture
def ready(client: Client, db: None) -> Client:
    make_constituency()
    make_campaign(own_words_minimum=0)
    come_to_details(client)
    return client


COSTLY_STEPS: list[tuple[str, dict[str, Any] | None]] = [
    ("write-words", None),
    ("write-check", DETAILS),
    ("write-download", DETAILS),
    ("write-text", DETAILS),
    ("write-send", DETAILS | {"consent": "on"}),
]


@pytest.mark.parametrize(("step", "data"), COSTLY_STEPS)
def test_without_room_a_costly_page_says_when_to_try_again_and_then_goes_on(
    ready: Client, room: Bulkhead, step: str, data: dict[str, Any] | None
) -> None:
    with room.enter(HERE):
        page = go(ready, step, data)
    assert (page.status_code, page["Retry-After"]) == (503, "3")
    text = page.content.decode()
    assert "in a few seconds" in text
    assert all(f'name="{name}" value="{value}"' in text for name, value in (data or {}).items())
    again = go(ready, step, dict(page.context["typed"]) if data else None)
    assert again.status_code in (200, 302)


def test_without_room_the_cheap_pages_and_other_visitors_costly_ones_answer(ready: Client, room: Bulkhead) -> None:
    with room.enter(HERE):
        for path in (reverse("campaign", args=["peace"]), reverse("write-mp", args=["peace"])):
            assert ready.get(path).status_code == 200
        assert go(ready, "write-details").status_code == 200
        path = reverse("write-words", args=["peace"])
        assert ready.get(path).status_code == 503
        assert ready.get(path, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_save_without_room_is_asked_to_wait_and_a_later_one_brings_all(ready: Client, room: Bulkhead) -> None:
    typed = words(ready, own_words="Typed while it was crowded.", action="save", turn=1)
    path, script = reverse("write-words", args=["peace"]), {"HX-Request": "true"}
    with room.enter(HERE):
        refused = ready.post(path, typed, headers=script)
    assert (refused.status_code, refused["Retry-After"], refused.content) == (503, "3", b"")
    assert "HX-Trigger" not in refused
    assert ready.post(path, typed | {"turn": 2}, headers=script).status_code == 200
    assert load_draft(ready.session, "peace").own_words == "Typed while it was crowded."


@pytest.mark.django_db
def test_ones_own_pdf_waits_too(client: Client, room: Bulkhead) -> None:
    make_constituency()
    path = client.get(f"/letter/{_make_token(make_letter())}/letter.pdf")
    assert path.status_code == 200
    with room.enter(HERE):
        assert client.get(path.wsgi_request.path).status_code == 503


def _make_token(letter: Any) -> str:
    from letters.privacy.tokens import make_token

    return make_token(letter.id, "letter")


@pytest.mark.django_db
def test_who_finds_no_room_is_a_warning_without_their_link_and_no_error(
    client: Client, room: Bulkhead, caplog: pytest.LogCaptureFixture
) -> None:
    make_constituency()
    token = _make_token(make_letter())
    with room.enter(HERE), caplog.filtering(HideSecretPaths()):
        page = client.get(f"/letter/{token}/letter.pdf")
    assert (page.status_code, page["Retry-After"]) == (503, "3")
    assert caplog.record_tuples == [("django.request", logging.WARNING, "No room yet: /letter/…/letter.pdf")]


def test_a_household_of_ipv6_is_one_visitor(room: Bulkhead, rf: RequestFactory) -> None:
    @require_room
    def show(_request: Any) -> HttpResponse:
        return HttpResponse("costly")

    ask: Callable[[str], int] = lambda address: show(rf.get("/", REMOTE_ADDR=address)).status_code  # noqa: E731
    with room.enter("2001:db8:1:2::/64"):
        assert ask("2001:db8:1:2:3::4") == 503
        assert ask("2001:db8:1:3::4") == 200
