"""A supporter corrects name and address: what has not gone yet goes out with it, what was sent stays as it was (letters/forms/correcting.py, letters/views/correcting.py)."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.actions.confirm import confirm
from letters.actions.correct import CorrectionResult, correct_letter
from letters.actions.erase import erase_letter, erase_text
from letters.delivery import worker
from letters.delivery.leases import lease_letters
from letters.delivery.worker import build_mails, drain_queue, start_letter
from letters.models import Letter, Status, apply_transitions
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db
NEW = {"name": "Jane Dove", "address_1": "2 New Street", "address_2": "", "town": "London", "postcode": "sw1a2aa"}
HELD = {"sender_name": "Jane Dove", "sender_address": "2 New Street\nLondon", "sender_postcode": "SW1A 2AA"}
OLD = {"sender_name": "Jane Doe", "sender_address": "1 Test Street\nLondon", "sender_postcode": "SW1A 1AA"}


def held(letter: Letter) -> dict[str, str]:
    return {name: getattr(Letter.objects.get(pk=letter.pk), name) for name in HELD}


def path(letter: Letter) -> str:
    return reverse("letter-correct", args=[make_token(letter.pk, "letter")])


def bring(letter: Letter, status: Status) -> Letter:
    """Put the letter there, past its moves."""
    now = timezone.now()
    changes: dict[str, Any] = {"status": status, "next_attempt_at": now if status == Status.QUEUED else None}
    if status in (Status.CLAIMED, Status.SENDING):
        changes |= {"lease_token": uuid.uuid4(), "lease_until": now}
    if status in (Status.SENT, Status.BOUNCED):
        changes |= {"sent_at": now}
    Letter.objects.filter(pk=letter.pk).update(**changes)
    if status in (Status.SENT, Status.BOUNCED, Status.UNKNOWN):
        letter.events.create(type=status)
    letter.refresh_from_db()
    return letter


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.QUEUED, Status.HELD])
def test_until_it_is_sent_the_letter_goes_out_corrected(
    client: Client, scripted: ScriptedServer, status: Status
) -> None:
    letter = bring(make_letter(queued=status != Status.UNCONFIRMED), status)
    page = client.get(path(letter)).content.decode()
    assert 'value="1 Test Street"' in page
    assert "it will go out with the details you enter here" in page
    page = client.post(path(letter), NEW, follow=True).content.decode()
    assert "will go out with the new details" in page
    assert "You corrected your details." in page
    assert held(letter) == HELD
    assert letter.events.get(type="corrected").note == "name, address, postcode"
    letter.refresh_from_db()
    assert letter.status == status
    assert (
        confirm(letter)
        if status == Status.UNCONFIRMED
        else status == Status.QUEUED or letter.transition_to(Status.QUEUED, next_attempt_at=timezone.now())
    )
    drain_queue()
    assert b"Jane Dove" in scripted.taken[0].content
    assert b"Jane Doe " not in scripted.taken[0].content


def test_one_that_a_sender_has_prepared_is_taken_from_it_and_goes_out_once_and_corrected(
    client: Client, scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, other = make_letter(), make_letter()
    prepared: list[int] = []

    def prepare_then_correct(letters: list[Letter], lease: uuid.UUID) -> Any:
        ready = build_mails(letters, lease)
        if not prepared:
            assert "will go out with the new details" in client.post(path(letter), NEW, follow=True).content.decode()
        prepared.append(len(ready))
        return ready

    monkeypatch.setattr(worker, "build_mails", prepare_then_correct)
    drain_queue()
    assert prepared == [2, 1]
    names = {taken.sender: b"Jane Dove" in taken.content for taken in scripted.taken}
    assert names == {letter.envelope_sender: True, other.envelope_sender: False}
    assert len(scripted.taken) == 2
    page = client.get(reverse("letter", args=[make_token(letter.pk, "letter")])).content.decode()
    assert "asked us to wait" not in page
    assert [event.type for event in letter.events.all()][:4] == ["queued", "claimed", "queued", "corrected"]


def test_while_it_is_being_sent_nothing_changes(client: Client) -> None:
    letter = bring(make_letter(), Status.SENDING)
    page = client.post(path(letter), NEW, follow=True).content.decode()
    assert "being sent right now" in page
    assert held(letter) == OLD
    assert not letter.events.filter(type="corrected").exists()


@pytest.mark.parametrize("status", [Status.SENT, Status.BOUNCED, Status.UNKNOWN, Status.FAILED, Status.WITHDRAWN])
def test_afterwards_the_copy_is_corrected_and_what_was_sent_stays(client: Client, status: Status) -> None:
    letter = bring(make_letter(), status)
    Letter.objects.update(pdf_sha256="a" * 64)
    assert "We cannot change what was sent" in client.get(path(letter)).content.decode()
    page = client.post(path(letter), NEW, follow=True).content.decode()
    went = status in (Status.SENT, Status.BOUNCED, Status.UNKNOWN)
    assert ("You corrected the copy here. We cannot change what was sent." in page) is went
    assert held(letter) == HELD
    letter.refresh_from_db()
    assert (letter.status, letter.pdf_sha256) == (status, "a" * 64)  # which says what was sent


def test_from_the_confirmation_it_leads_back_there(client: Client) -> None:
    letter = make_letter(queued=False)
    confirmation = reverse("confirm", args=[make_confirm_token(letter)])
    correct = reverse("confirm-correct", args=[make_confirm_token(letter)])
    assert f'href="{correct}"' in client.get(confirmation).content.decode()
    assert client.post(correct, NEW)["Location"] == confirmation
    assert "Jane Dove" in client.get(confirmation).content.decode()


def test_another_constituency_is_refused_and_what_was_typed_is_kept(client: Client) -> None:
    letter = make_letter()
    page = client.post(path(letter), NEW | {"postcode": "AB10 1AB"}).content.decode()
    assert page.count("write a new letter to your own MP") == 2  # in the summary and at the field
    assert 'value="2 New Street"' in page
    assert held(letter) == OLD
    letter.sender_postcode = "AB10 1AB"  # but one that is held, and was right then, stays
    letter.save()
    assert client.post(path(letter), NEW | {"postcode": "AB10 1AB"}).status_code == 302
    assert held(letter) == HELD | {"sender_postcode": "AB10 1AB"}


def test_what_is_deleted_cannot_be_corrected(client: Client) -> None:
    letter = bring(make_letter(), Status.SENT)
    assert erase_text(letter)
    assert 'name="address_1"' not in client.get(path(letter)).content.decode()
    client.post(path(letter), NEW)
    assert held(letter) == {"sender_name": "Jane Dove", "sender_address": "", "sender_postcode": ""}
    assert erase_letter(letter)
    page = client.post(path(letter), NEW, follow=True).content.decode()
    assert "there is nothing to correct" in page
    assert correct_letter(letter.pk, HELD) is CorrectionResult.GONE
    assert set(held(letter).values()) == {""}


def test_nothing_new_writes_nothing(client: Client) -> None:
    letter = make_letter()
    same = NEW | {"name": "Jane Doe", "address_1": "1 Test Street", "postcode": "SW1A 1AA"}
    assert "Nothing was changed" in client.post(path(letter), same, follow=True).content.decode()
    assert not letter.events.filter(type="corrected").exists()


def test_the_old_name_leaves_the_notes_while_it_is_still_known() -> None:
    letter = make_letter(last_answer="550 Jane Doe is unknown")
    letter.log_event("note", note="Jane Doe rang")  # type: ignore[arg-type]
    assert correct_letter(letter.pk, {"sender_name": "Ann Other"}) is CorrectionResult.GOES
    letter.refresh_from_db()
    assert "Jane" not in letter.last_answer + "".join(letter.events.values_list("note", flat=True))


@pytest.mark.django_db(transaction=True)
def test_corrections_and_claims_at_once_send_no_old_name_after_a_promise() -> None:
    campaign = make_campaign()
    letters = [make_letter(campaign) for _number in range(8)]
    outcomes: dict[uuid.UUID, CorrectionResult] = {}
    started: dict[uuid.UUID, str] = {}

    def run(work: Any) -> threading.Thread:
        def do() -> None:
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=do)
        thread.start()
        return thread

    def correct() -> None:
        for letter in letters:
            outcomes[letter.pk] = correct_letter(letter.pk, HELD)

    def send() -> None:
        while len(started) < len(letters):
            lease = uuid.uuid4()
            for letter in lease_letters(lease, 3):
                if apply_transitions(start_letter(letter, lease)) == [True]:
                    started[letter.pk] = letter.sender_name

    for thread in [run(correct), run(send)]:
        thread.join(60)
    assert len(started) == len(outcomes) == len(letters)
    told = {pk: "Jane Dove" if outcome is CorrectionResult.GOES else "Jane Doe" for pk, outcome in outcomes.items()}
    assert started == told
    assert set(outcomes.values()) <= {CorrectionResult.GOES, CorrectionResult.BUSY}
