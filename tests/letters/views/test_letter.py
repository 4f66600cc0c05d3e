"""Pages behind secret links: GET shows, POST confirms, and the supporter keeps the say (letters/actions/confirm.py, letters/actions/note.py, letters/actions/follow_up.py, letters/actions/withdraw.py)."""

from __future__ import annotations

import datetime as dt
import io
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pypdf import PdfReader

from campaign.content.models import Campaign
from campaign.parliament.models import Member
from letters.actions.erase import finish_erasures
from letters.actions.follow_up import ASK_AFTER, queue_question
from letters.models import Letter, Notice, Status
from letters.privacy.tokens import make_token
from tests.letters.factories import make_constituency, make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    make_constituency()
    return make_letter(queued=False)


def confirm_path(letter: Letter) -> str:
    return reverse("confirm", args=[make_token(letter.id, "confirm")])


def letter_path(letter: Letter, name: str = "letter") -> str:
    return reverse(name, args=[make_token(letter.id, "letter")])


def status(letter: Letter) -> str:
    return Letter.objects.values_list("status", flat=True).get(pk=letter.pk)


def test_looking_at_the_link_confirms_nothing_however_often(client: Client, letter: Letter) -> None:
    for _ in range(5):
        page = client.get(confirm_path(letter))
        client.head(confirm_path(letter))
    assert page.status_code == 200
    assert "I have thought about this for years." in page.content.decode()
    assert status(letter) == Status.UNCONFIRMED


def test_whoever_rehearses_is_told_what_a_real_page_says_next(client: Client, letter: Letter) -> None:
    letter.rehearsal = True
    letter.save()
    client.post(confirm_path(letter))
    page = client.get(letter_path(letter)).content.decode()
    assert "this is a rehearsal, which reaches no MP" in page
    assert "Most answers take" not in page


def test_the_button_queues_the_letter_once(client: Client, letter: Letter) -> None:
    for _ in range(3):
        assert client.post(confirm_path(letter))["Location"] == letter_path(letter)
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED
    assert letter.confirmed_at is not None
    assert letter.message_id == f"<{letter.id}@parley.localhost>"
    assert [event.type for event in letter.events.all()] == ["queued"]
    page = client.get(letter_path(letter)).content.decode()
    assert "Your letter is queued." in page


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_confirm_once() -> None:
    make_constituency()
    letter = make_letter(queued=False)
    answers: list[int] = []

    def press() -> None:
        try:
            answers.append(Client().post(confirm_path(letter)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 50
    assert [event.type for event in letter.events.all()] == ["queued"]


@pytest.mark.parametrize(
    "change", [{"email": "new@parliament.example"}, {"name_full_title": "Mr New MP"}, {"sitting": False}]
)
def test_a_letter_whose_mp_has_changed_is_held_for_a_person(
    client: Client, letter: Letter, change: dict[str, Any]
) -> None:
    Member.objects.update(**change)
    client.post(confirm_path(letter))
    assert status(letter) == Status.HELD
    assert "someone from the campaign will read your letter" in client.get(letter_path(letter)).content.decode()


def test_an_old_link_is_explained_and_confirms_nothing(client: Client, letter: Letter) -> None:
    Letter.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    page = client.post(confirm_path(letter))
    assert (page.status_code, status(letter)) == (404, Status.UNCONFIRMED)
    assert "This link is too old" in page.content.decode()


def test_a_closed_campaign_takes_no_confirmation(client: Client, letter: Letter) -> None:
    Campaign.objects.update(mode=Campaign.Mode.CLOSED)
    page = client.post(confirm_path(letter), follow=True)
    assert "This campaign has closed" in page.content.decode()
    assert status(letter) == Status.UNCONFIRMED


def test_a_wrong_link_tells_nothing(client: Client, letter: Letter) -> None:
    paths = [
        reverse("confirm", args=["x" * 43]),
        reverse("letter", args=[make_token(letter.id, "confirm")]),
        reverse("confirm", args=[make_token(letter.id, "letter")]),
        reverse("letter-pdf", args=["é"]),
    ]
    pages = [client.get(path) for path in paths]
    assert {page.status_code for page in pages} == {404}
    assert not any(letter.reference in page.content.decode() for page in pages)


@pytest.mark.parametrize("name", ["confirm", "letter", "letter-pdf"])
def test_secret_pages_stay_out_of_caches_and_referrers(client: Client, letter: Letter, name: str) -> None:
    path = confirm_path(letter) if name == "confirm" else letter_path(letter, name)
    for page in (client.get(path), client.get(reverse(name, args=["wrong"]))):
        assert page["Cache-Control"] == "no-store, private"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["X-Robots-Tag"] == "noindex"


def test_the_supporter_gets_the_pdf(client: Client, letter: Letter) -> None:
    response = client.get(letter_path(letter, "letter-pdf"))
    text = PdfReader(io.BytesIO(b"".join(response))).pages[0].extract_text()
    assert "Jane Doe" in text
    assert letter.reference in text
    large = client.get(letter_path(letter, "letter-pdf") + "?large")
    assert large.content.startswith(b"%PDF-")
    assert large.content != response.content


def test_the_supporter_can_withdraw_until_it_is_being_sent(client: Client, letter: Letter) -> None:
    client.post(confirm_path(letter))
    client.post(letter_path(letter, "letter-act"), {"action": "withdraw"})
    assert status(letter) == Status.WITHDRAWN
    assert "You withdrew your letter" in client.get(letter_path(letter)).content.decode()


def test_the_link_of_a_withdrawn_letter_says_so_and_sends_nothing(client: Client, letter: Letter) -> None:
    client.post(letter_path(letter, "letter-act"), {"action": "withdraw"})
    for ask in (client.get, client.post):
        page = ask(confirm_path(letter), follow=True).content.decode()
        assert "You have withdrawn this letter, so it will not be sent." in page
    assert status(letter) == Status.WITHDRAWN


def test_the_supporter_gets_the_letter_as_plain_text(client: Client, letter: Letter) -> None:
    page = client.get(letter_path(letter, "letter-text"))
    assert "Dear Ms Example," in page.context["plain"]
    assert "I have thought about this for years." in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"


def test_the_secret_link_is_not_among_those_to_pass_on(client: Client, letter: Letter) -> None:
    page = client.get(letter_path(letter)).content.decode()
    shared = page.split('<section class="share"')[1].split("</section>")[0]
    assert make_token(letter.id, "letter") not in shared
    assert letter.reference not in shared


def test_a_paused_campaign_is_named_as_what_the_letter_waits_for(client: Client, letter: Letter) -> None:
    Campaign.objects.update(mode=Campaign.Mode.PAUSED)
    assert "The organisers have paused this campaign." in client.get(confirm_path(letter)).content.decode()
    client.post(confirm_path(letter))
    assert "The organisers have paused this campaign." in client.get(letter_path(letter)).content.decode()


def test_a_letter_confirmed_during_a_pause_stays_what_its_supporter_was_shown(client: Client, letter: Letter) -> None:
    for rehearsal in (True, False):
        Letter.objects.update(rehearsal=rehearsal, status=Status.UNCONFIRMED, message_id=None, confirmed_at=None)
        Campaign.objects.update(mode=Campaign.Mode.PAUSED)
        page = client.get(confirm_path(letter)).content.decode()
        assert ("organisers’ test address instead" in page) is rehearsal
        assert ("Rehearsal: this letter goes to" in page) is rehearsal
        assert "Ms Ann Example MP (Cities of London and Westminster), Independent" in page
        client.post(confirm_path(letter))
        letter.refresh_from_db()
        assert (letter.status, letter.rehearsal) == (Status.QUEUED, rehearsal)
        assert not Letter.objects.due().exists()
        for mode in (Campaign.Mode.PAUSED, Campaign.Mode.LIVE):  # a rehearsed letter never goes to an MP
            Campaign.objects.update(mode=mode)
            page = client.get(letter_path(letter)).content.decode()
            assert ("Rehearsal: this letter goes to" in page) is rehearsal


def test_a_sent_letter_can_no_longer_be_withdrawn(client: Client, letter: Letter) -> None:
    client.post(confirm_path(letter))
    Letter.objects.update(status=Status.SENT, sent_at=timezone.now())
    page = client.post(letter_path(letter, "letter-act"), {"action": "withdraw"}, follow=True)
    assert "too late to withdraw" in page.content.decode()
    assert status(letter) == Status.SENT


def bring_to(letter: Letter, status: str, **fields: Any) -> None:
    """Bring a letter to this status by the shortest way that the database allows."""
    now = timezone.now()
    if status not in ("unconfirmed", "withdrawn"):
        fields |= {"confirmed_at": now, "message_id": "<1@parley.localhost>", "next_attempt_at": now}
    if status in ("sent", "bounced"):
        fields.setdefault("sent_at", now)
    if status == "sending":
        fields |= {"lease_token": letter.id, "lease_until": now}
    Letter.objects.filter(pk=letter.pk).update(status=status, **fields)


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("unconfirmed", ["withdraw"]),
        ("queued", ["withdraw"]),
        ("held", ["posted", "withdraw"]),
        ("sending", []),
        ("sent", ["answered"]),
        ("unknown", ["answered", "posted"]),
        ("failed", ["posted"]),
        ("bounced", ["posted"]),
        ("withdrawn", []),
    ],
)
def test_only_what_fits_can_be_done(client: Client, letter: Letter, status: str, offered: list[str]) -> None:
    bring_to(letter, status)
    page = client.get(letter_path(letter)).content.decode()
    assert [act for act in ("answered", "posted", "withdraw") if f'value="{act}"' in page] == offered
    for act in ("answered", "posted"):
        client.post(letter_path(letter, "letter-act"), {"action": act})
        letter.refresh_from_db()
        assert bool(getattr(letter, f"{act}_at")) is (act in offered)


def test_a_posted_letter_can_be_answered(client: Client, letter: Letter) -> None:
    bring_to(letter, "failed")
    for act in ("posted", "answered"):
        client.post(letter_path(letter, "letter-act"), {"action": act})
    letter.refresh_from_db()
    assert letter.answered_at


def test_who_has_sent_a_letter_is_thanked_and_told_what_happens_next(client: Client, letter: Letter) -> None:
    bring_to(letter, "queued", rehearsal=False)
    page = client.get(letter_path(letter)).content.decode()
    assert f"Thank you. Your letter is on its way to {letter.member_name}" in page
    assert 'data-watch="queued"' in page
    sent_at = timezone.now() - dt.timedelta(days=5)
    bring_to(letter, "sent", sent_at=sent_at)
    page = client.get(letter_path(letter)).content.decode()
    assert f"Thank you. Your letter has been sent to {letter.member_name}" in page
    assert "data-watch" not in page
    asked_on = timezone.localdate(sent_at + ASK_AFTER)
    assert f"On {date_format(asked_on, 'j F Y')} we will email you once" in page
    client.post(letter_path(letter, "letter-act"), {"action": "answered"})
    page = client.get(letter_path(letter)).content.decode()
    assert f"{letter.member_name} has answered your letter" in page
    assert "we will email you" not in page


def test_who_would_rather_not_be_asked_is_not(client: Client, letter: Letter) -> None:
    bring_to(letter, "sent", rehearsal=False)
    page = client.post(letter_path(letter, "letter-act"), {"action": "do-not-ask"}, follow=True).content.decode()
    assert "We will not ask you about an answer." in page
    assert "we will email you once" not in page
    letter.refresh_from_db()
    queue_question(letter)
    assert [notice.due_at for notice in letter.notices.all()] == [None]


@pytest.mark.parametrize(
    ("action", "field", "before"),
    [("posted", "posted_at", Status.FAILED), ("answered", "answered_at", Status.SENT)],
)
def test_the_supporter_tells_once(client: Client, letter: Letter, action: str, field: str, before: Status) -> None:
    bring_to(letter, before)
    for _ in range(2):
        client.post(letter_path(letter, "letter-act"), {"action": action})
    letter.refresh_from_db()
    assert getattr(letter, field) is not None
    assert [event.type for event in letter.events.all()] == [action]


@pytest.mark.parametrize("confirmed", [True, False])
def test_erasing_withdraws_and_forgets_everything_personal(client: Client, letter: Letter, confirmed: bool) -> None:
    if confirmed:
        client.post(confirm_path(letter))
    client.post(letter_path(letter, "letter-act"), {"action": "erase"})
    letter.refresh_from_db()
    assert letter.status == Status.WITHDRAWN
    assert letter.scrubbed_at is not None
    kept = " ".join(str(value) for value in Letter.objects.values().get().values())
    kept += " ".join(str(row) for row in letter.paragraphs.values()) + " ".join(
        str(row) for row in letter.events.values()
    )
    assert not any(
        gone in kept for gone in ("Jane Doe", "supporter.example", "Test Street", "SW1A 1AA", "thought about")
    )
    assert not Notice.objects.exists()
    page = client.get(letter_path(letter)).content.decode()
    assert "We deleted your name, address and words." in page
    assert client.get(letter_path(letter, "letter-pdf")).status_code == 302


@pytest.mark.parametrize("then", [Status.SENT, Status.QUEUED, Status.UNKNOWN, Status.FAILED])
def test_a_letter_being_sent_is_erased_by_itself_right_afterwards(client: Client, letter: Letter, then: Status) -> None:
    client.post(confirm_path(letter))
    Letter.objects.update(status=Status.SENDING, lease_token=letter.id, lease_until=timezone.now())
    page = client.post(letter_path(letter, "letter-act"), {"action": "erase"}, follow=True)
    assert "as soon as that is done" in page.content.decode()
    letter.refresh_from_db()
    assert letter.sender_name == "Jane Doe"
    assert finish_erasures() == 0
    now = timezone.now()
    assert letter.transition_to(then, next_attempt_at=now, sent_at=now if then == Status.SENT else None)
    assert not Letter.objects.due().exists()
    assert finish_erasures() == 1
    letter.refresh_from_db()
    assert (letter.sender_name, letter.status) == ("", Status.WITHDRAWN if then == Status.QUEUED else then)
    assert not Notice.objects.exists()
