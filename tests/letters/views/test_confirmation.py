"""Between "send" and the mail: the message again, or to another address, only in the supporter's own session (letters/actions/resend.py)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.core.ciphers import make_index
from letters.actions.confirm import confirm
from letters.actions.resend import MAX_ADDRESSES, MAX_REPEATS
from letters.mail.messages import build_notice_mail
from letters.models import Letter, Notice, Status
from letters.privacy.tokens import make_confirm_token
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, come_to_details, go

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(client: Client) -> Letter:
    make_constituency()
    make_campaign()
    come_to_details(client)
    go(client, "write-send", DETAILS | {"consent": "on"})
    return Letter.objects.get()


def settle(minutes: int = 2) -> None:
    """As if the confirmation had been sent that long ago."""
    Notice.objects.update(due_at=None, sent_at=timezone.now() - dt.timedelta(minutes=minutes))


def is_owed() -> bool:
    return Notice.objects.get(kind=Notice.Kind.CONFIRM).due_at is not None


def look_behind(client: Client, token: str) -> int:
    return int(client.get(reverse("confirm", args=[token])).status_code)


def test_the_page_shows_the_address_in_full_to_the_session_that_typed_it_and_to_no_other(
    client: Client, letter: Letter
) -> None:
    page = go(client, "write-sent").content.decode()
    assert "One more step" in page
    assert "<strong>jane@supporter.example</strong>" in page
    assert "jane@supporter.example" not in go(Client(), "write-sent").content.decode()


def test_a_likely_slip_in_an_address_is_asked_about_once(client: Client, letter: Letter) -> None:
    page = go(client, "write-address", {"email": "jane@gmial.com"})
    assert "Did you mean jane@gmail.com?" in page.content.decode()
    assert 'name="email" value="jane@gmail.com">Yes, use jane@gmail.com<' in page.content.decode()
    meant = page.context["form"]["email_meant"].value()
    go(client, "write-address", {"email": "jane@gmial.com", "email_meant": meant})
    letter.refresh_from_db()
    assert letter.sender_email == "jane@gmial.com"


def test_the_message_is_sent_again_three_times_and_not_within_a_minute(client: Client, letter: Letter) -> None:
    settle(minutes=0)
    go(client, "write-resend", {})
    assert not is_owed()
    for number in range(1, MAX_REPEATS + 1):
        settle()
        go(client, "write-resend", {})
        assert is_owed()
        letter.refresh_from_db()
        assert f"<confirm{number}.{letter.id}@" in build_notice_mail(letter, "confirm").content.decode()
    settle()
    go(client, "write-resend", {})
    assert not is_owed()
    assert look_behind(client, make_confirm_token(letter)) == 200


def test_a_message_that_is_on_its_way_is_not_sent_twice(client: Client, letter: Letter) -> None:
    due = Notice.objects.get().due_at
    go(client, "write-resend", {})
    assert Notice.objects.get().due_at == due
    letter.refresh_from_db()
    assert letter.confirm_repeats == 0


def test_the_answer_is_the_same_whether_or_not_there_is_a_letter(client: Client, letter: Letter) -> None:
    def ask(someone: Client) -> list[str]:
        response: Any = someone.post(reverse("write-resend", args=["peace"]), follow=True)
        return [str(message) for message in response.context["messages"]]

    answers = [ask(client), ask(client), ask(Client())]
    settle()
    answers.append(ask(client))
    assert len(answers[0]) == 1
    assert all(answer == answers[0] for answer in answers)


def test_another_address_gets_a_new_link_and_the_old_one_dies(client: Client, letter: Letter) -> None:
    old = make_confirm_token(letter)
    before = Notice.objects.get().pk
    go(client, "write-address", {"email": "Jane@Büro.example"})
    letter.refresh_from_db()
    assert letter.sender_email == "Jane@xn--bro-hoa.example"
    assert letter.sender_email_index == make_index(letter.sender_email), "organisers find the letter by it"
    new = make_confirm_token(letter)
    assert (look_behind(client, old), look_behind(client, new)) == (404, 200)
    client.post(reverse("confirm", args=[old]))
    letter.refresh_from_db()
    assert letter.status == Status.UNCONFIRMED
    notice = Notice.objects.get()
    assert notice.due_at is not None
    assert notice.pk != before, "a worker that is sending to the old address cannot settle the new mail"
    mail = build_notice_mail(letter, "confirm")
    assert mail.recipient == letter.sender_email
    assert f"/confirm/{new}/" in mail.content.decode().replace("=\r\n", "")


def test_the_address_changes_three_times_at_most(client: Client, letter: Letter) -> None:
    for number in range(MAX_ADDRESSES + 1):
        go(client, "write-address", {"email": f"jane{number}@supporter.example"})
    letter.refresh_from_db()
    assert letter.sender_email == f"jane{MAX_ADDRESSES - 1}@supporter.example"
    assert "Enter your details again" in go(client, "write-sent").content.decode()


@pytest.mark.parametrize("typed", ["", "nonsense", "jané@supporter.example", "office@parliament.uk"])
def test_a_wrong_address_is_refused_with_what_was_typed(client: Client, letter: Letter, typed: str) -> None:
    page = go(client, "write-address", {"email": typed})
    assert page.context["form"].errors["email"]
    assert f'value="{typed}"' in page.content.decode() or not typed
    letter.refresh_from_db()
    assert letter.sender_email == "jane@supporter.example"


def test_after_confirmation_neither_is_possible(client: Client, letter: Letter) -> None:
    confirm(letter)
    settle()
    go(client, "write-resend", {})
    go(client, "write-address", {"email": "other@supporter.example"})
    letter.refresh_from_db()
    assert (letter.sender_email, letter.confirm_repeats) == ("jane@supporter.example", 0)
    assert not is_owed()
    assert "You have confirmed this letter" in go(client, "write-sent").content.decode()


def test_in_another_session_there_is_no_letter_to_see_or_change(client: Client, letter: Letter) -> None:
    stranger = Client()
    page = go(stranger, "write-sent").content.decode()
    assert "There is no letter here to confirm" in page
    assert "supporter.example" not in page
    go(stranger, "write-address", {"email": "other@supporter.example"})
    letter.refresh_from_db()
    assert letter.sender_email == "jane@supporter.example"
