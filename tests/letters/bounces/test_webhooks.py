"""A mail provider's events: only a lasting failure of exactly this letter makes it BOUNCED, and only with the secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import types
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches, include, path
from django.utils import timezone

from campaign import urls
from campaign.content.models import Campaign
from letters import checks
from letters.bounces import webhooks
from letters.mail.messages import build_letter_mail
from letters.models import Letter, Status
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db

SECRET = "provider:0123456789abcdef0123"
KEY = "signing-key"
LOGIN = "Basic " + base64.b64encode(SECRET.encode()).decode()


def make_sent(campaign: Campaign) -> Letter:
    letter = make_letter(campaign)
    Letter.objects.filter(pk=letter.pk).update(status=Status.SENT, sent_at=timezone.now())
    letter.refresh_from_db()
    return letter


@pytest.fixture
def letter() -> Letter:
    return make_sent(make_campaign(mode=Campaign.Mode.LIVE))


@pytest.fixture
def provider(settings: Any) -> Any:
    """Set a provider up, as the settings do at start."""

    def set_up(name: str) -> None:
        settings.ANYMAIL_PROVIDER = name
        settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
        webhooks.start_listening()
        routes: Any = types.ModuleType("routes")
        routes.urlpatterns = [path("anymail/", include(webhooks.list_paths())), *urls.urlpatterns]
        settings.ROOT_URLCONF = routes
        clear_url_caches()

    return set_up


def mailgun(letter: Letter, **changes: Any) -> dict[str, Any]:
    """Return a failure as Mailgun tells it."""
    signed = hmac.new(KEY.encode(), b"1700000000token", hashlib.sha256).hexdigest()
    data = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": 1700000000.5,
        "recipient": letter.member_email,
        "message": {"headers": {"message-id": (letter.message_id or "").strip("<>"), "to": letter.member_email}},
        "envelope": {"sender": letter.envelope_sender, "targets": letter.member_email},
        "delivery-status": {"code": 550, "message": "5.1.1 no such mailbox", "description": ""},
    }
    return {
        "signature": {"timestamp": "1700000000", "token": "token", "signature": signed},
        "event-data": data | changes,
    }


def postmark(letter: Letter, kind: str, **changes: Any) -> dict[str, Any]:
    """Return a bounce as Postmark tells it."""
    return {
        "RecordType": "Bounce",
        "Type": kind,
        "ID": 42,
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Metadata": {"letter": letter.envelope_sender},
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 The email account does not exist",
        "Email": letter.member_email,
        "BouncedAt": "2026-11-22T19:21:33Z",
    } | changes


def post(client: Client, name: str, event: Any, login: str = LOGIN) -> int:
    address = f"/anymail/{name}/tracking/"
    headers = {"authorization": login} if login else {}
    return client.post(address, event, content_type="application/json", headers=headers).status_code


def status_of(letter: Letter) -> tuple[str, str]:
    letter.refresh_from_db()
    last = letter.events.last()
    return letter.status, last.note if last else ""


def test_a_lasting_failure_makes_its_letter_bounced_once(client: Client, provider: Any, letter: Letter) -> None:
    provider("mailgun")
    assert post(client, "mailgun", mailgun(letter)) == 200
    assert status_of(letter) == (Status.BOUNCED, "5.1.1 no such mailbox")
    assert post(client, "mailgun", mailgun(letter)) == 200
    assert letter.events.filter(type=Status.BOUNCED).count() == 1


def test_without_the_secret_or_the_signature_nothing_happens(client: Client, provider: Any, letter: Letter) -> None:
    provider("mailgun")
    assert post(client, "mailgun", mailgun(letter), login="") == 400
    assert post(client, "mailgun", mailgun(letter), login="Basic " + base64.b64encode(b"a:b").decode()) == 400
    forged = mailgun(letter) | {"signature": {"timestamp": "1", "token": "t", "signature": "0" * 64}}
    assert post(client, "mailgun", forged) == 400
    assert status_of(letter)[0] == Status.SENT
    assert client.post("/anymail/postmark/tracking/").status_code == 404  # of the others there is no address


@pytest.mark.parametrize("name", ["mailgun", "postmark"])
@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"7", b'"x"', b"{}", b"\xff\xfe", b'{"RecordType": []}'])
def test_what_cannot_be_read_is_refused_although_its_secret_is_right(
    client: Client, provider: Any, name: str, body: bytes
) -> None:
    provider(name)
    assert post(client, name, body) in ((200, 400) if (name, body) == ("postmark", b"{}") else (400,))


def test_what_is_wrong_with_ourselves_is_no_fault_of_the_event(
    client: Client, provider: Any, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider("mailgun")

    def break_down(_event: Any) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("letters.bounces.webhooks.find_letter", break_down)
    with pytest.raises(KeyError, match="ours"):
        post(client, "mailgun", mailgun(letter))


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"severity": "temporary"}, "has not delivered it yet"),
        ({"event": "complained"}, "complained"),
        ({"delivery-status": {"message": "452 4.2.2 mailbox full"}}, "for a reason that may pass"),
        ({"event": "delivered"}, ""),
        ({"recipient": "somebody@else.example"}, ""),
        ({"message": {"headers": {"message-id": "other@x.example"}}, "envelope": {}}, ""),
    ],
)
def test_nothing_less_than_a_lasting_failure_of_its_own_changes_the_status(
    client: Client, provider: Any, letter: Letter, changes: dict[str, Any], note: str
) -> None:
    provider("mailgun")
    assert post(client, "mailgun", mailgun(letter, **changes)) == 200
    status, written = status_of(letter)
    assert (status, note in written, bool(note) == bool(written)) == (Status.SENT, True, True)


def test_an_event_that_names_two_letters_belongs_to_none(client: Client, provider: Any, letter: Letter) -> None:
    provider("mailgun")
    other = make_sent(letter.campaign)
    event = mailgun(letter, envelope={"sender": other.envelope_sender})
    assert post(client, "mailgun", event) == 200
    assert [status_of(one)[0] for one in (letter, other)] == [Status.SENT, Status.SENT]


def test_an_event_that_comes_while_its_letter_is_being_sent_is_asked_for_again(
    client: Client, provider: Any, letter: Letter
) -> None:
    provider("mailgun")
    Letter.objects.update(status=Status.SENDING, lease_token=letter.pk, lease_until=letter.confirmed_at)
    with pytest.raises(webhooks.TooEarlyError):
        post(client, "mailgun", mailgun(letter))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("HardBounce", Status.BOUNCED),
        ("SoftBounce", Status.SENT),
        ("Blocked", Status.SENT),
        ("AutoResponder", Status.SENT),
        ("SpamComplaint", Status.SENT),
    ],
)
def test_postmarks_letters_are_found_by_the_header_that_they_carry_for_it(
    client: Client, provider: Any, letter: Letter, settings: Any, kind: str, status: Status
) -> None:
    provider("postmark")
    settings.LIVE_DELIVERY = True
    assert f"X-PM-Metadata-letter: {letter.envelope_sender}".encode() in build_letter_mail(letter)[0].content
    assert post(client, "postmark", postmark(letter, kind)) == 200
    assert status_of(letter)[0] == status


def test_a_provider_without_a_secret_is_an_error_at_start(settings: Any) -> None:
    assert checks.check_webhooks() == []
    settings.ANYMAIL_PROVIDER, settings.ANYMAIL = "mailgun", {"WEBHOOK_SECRET": "short:secret"}
    assert [error.id for error in checks.check_webhooks()] == ["letters.E020"]
    settings.ANYMAIL_PROVIDER, settings.ANYMAIL = "pigeons", {"WEBHOOK_SECRET": SECRET}
    assert [error.id for error in checks.check_webhooks()] == ["letters.E021"]
    settings.ANYMAIL_PROVIDER = "postmark"
    assert checks.check_webhooks() == []
