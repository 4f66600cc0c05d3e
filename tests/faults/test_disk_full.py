"""A full disk: what was promised is kept, what cannot be kept is not promised. SQLite's own limit plays the disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from letters.delivery import worker
from letters.delivery.leases import recover_leases
from letters.delivery.worker import drain_queue
from letters.mail.smtp import Connection
from letters.models import Letter, LetterEvent, Status, Transition, apply_transitions
from letters.privacy.tokens import make_confirm_token
from tests.letters.factories import make_constituency, make_letter
from tests.letters.scripted_smtp import ScriptedServer

JUNK = "x" * 500

pytestmark = pytest.mark.django_db(transaction=True)


def set_limit(pages: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {pages}")


def fill_disk(letter: Letter) -> None:
    """Leave the database no room to grow, and use up what it has."""
    set_limit(1)  # SQLite takes the file's present size instead
    for note in (JUNK, JUNK[:1]):  # the last free pages, then what is left in the last of them
        with suppress(OperationalError):
            while True:
                LetterEvent.objects.create(letter=letter, type="note", note=note)


def make_room() -> None:
    set_limit(1_000_000)
    LetterEvent.objects.filter(note__startswith="x").delete()


@pytest.fixture(autouse=True)
def room_again() -> Iterator[None]:
    yield
    set_limit(1_000_000)


def test_a_letter_that_cannot_be_queued_is_not_said_to_be(client: Client) -> None:
    make_constituency()
    letter = make_letter(queued=False)
    client.raise_request_exception = False
    fill_disk(letter)
    page = client.post(reverse("confirm", args=[make_confirm_token(letter)]))
    assert page.status_code == 500
    letter.refresh_from_db()
    assert letter.status == Status.UNCONFIRMED
    make_room()
    assert client.post(reverse("confirm", args=[make_confirm_token(letter)])).status_code == 302
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED


def test_a_sender_without_room_sends_nothing_and_goes_on_later(scripted: ScriptedServer) -> None:
    letter = make_letter()
    fill_disk(letter)
    with pytest.raises(OperationalError, match="full"):
        drain_queue()
    assert scripted.taken == []
    make_room()
    assert drain_queue() == {"sent": 1}
    assert len(scripted.taken) == 1


def test_a_letter_whose_end_cannot_be_written_down_is_in_doubt_and_never_sent_again(
    scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    send = Connection.send

    def send_and_fill(*given: Any, **more: Any) -> Any:
        answer = send(*given, **more)
        fill_disk(letter)
        monkeypatch.setattr(worker, "apply_transitions", write_on_a_full_disk)
        return answer

    def write_on_a_full_disk(*moves: Transition) -> list[bool]:
        set_limit(1)  # a limit goes with its connection, and a sender that could not write takes a fresh one
        return apply_transitions(*moves)

    monkeypatch.setattr(Connection, "send", send_and_fill)
    monkeypatch.setattr(worker, "lease_length", lambda: dt.timedelta(seconds=1))
    with pytest.raises(OperationalError, match="full"):
        drain_queue()
    make_room()
    letter.refresh_from_db()
    assert letter.status == Status.SENDING
    Letter.objects.update(lease_until=letter.created_at)
    assert recover_leases() == {"unknown": 1}
    assert drain_queue() == {}
    assert len(scripted.taken) == 1
