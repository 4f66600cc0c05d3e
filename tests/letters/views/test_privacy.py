"""Supporters get to see what is held of them, and find their letters again; others learn nothing (letters/models/privacy.py, letters/privacy/lost_links.py)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from letters.actions.confirm import confirm
from letters.actions.erase import erase_letter
from letters.actions.purge import purge_data
from letters.delivery.notices import send_notices
from letters.models import Letter, LinkRequest, Notice, Status
from letters.privacy.lost_links import ask_for_links, queue_link_notices
from letters.privacy.tokens import make_confirm_token, make_token
from letters.views.privacy import FIELDS
from letters.writing.session import has_draft, load_draft
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.scripted_smtp import ScriptedServer, Taken
from tests.letters.views.test_journey import DETAILS, come_to_details, go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]
JANE = "jane@supporter.example"
KEPT_BACK = {  # secrets of the site, and its own bookkeeping
    *("id", "draft_id", "campaign", "sender_email_index", "tallied_status", "confirm_generation", "confirm_repeats"),
    *("lease_token", "lease_until", "confirm_token_hash", "letter_token_hash"),
}


def test_everything_held_can_be_downloaded(client: Client) -> None:
    letter = make_letter()
    response = client.get(reverse("letter-data", args=[make_token(letter.id, "letter")]))
    data = response.json()
    assert response["Cache-Control"] == "no-store, private"
    assert (data["letter"]["sender_name"], data["letter"]["sender_postcode"]) == ("Jane Doe", "SW1A 1AA")
    assert [part["text"] for part in data["paragraphs"]] == [p.text for p in letter.paragraphs.all()]
    assert [event["type"] for event in data["events"]] == ["queued"]
    assert client.get(reverse("letter-data", args=["x" * 43])).status_code == 404


def test_no_field_of_a_letter_is_forgotten_in_the_download() -> None:
    assert {field.name for field in Letter._meta.concrete_fields} - KEPT_BACK == set(FIELDS)


def read(taken: Taken) -> EmailMessage:
    return message_from_bytes(taken.content, policy=policy.default)


def ask(client: Client, address: str) -> tuple[int, str, int]:
    before = LinkRequest.objects.count()
    page = client.post(reverse("lost-link"), {"email": address}, follow=True)
    words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    return page.status_code, words, LinkRequest.objects.count() - before


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(client: Client) -> None:
    make_letter(sender_email=JANE)
    answers = [ask(client, JANE), ask(client, "nobody@supporter.example")]
    assert answers[0] == answers[1]
    assert "an email with the links is on its way or has already been sent" in answers[0][1]
    assert not Notice.objects.exists()
    assert JANE not in str(list(LinkRequest.objects.values()))


def test_the_mail_brings_the_links_of_this_address_alone_and_carries_no_name(scripted: ScriptedServer) -> None:
    campaign = make_campaign()
    sent, waiting = make_letter(campaign, sender_email=JANE), make_letter(campaign, queued=False, sender_email=JANE)
    make_letter(campaign)
    erase_letter(make_letter(campaign, sender_email=JANE))
    for address in ("Jane@supporter.example", "nobody@supporter.example"):
        ask_for_links(address)
    assert queue_link_notices() == 1
    assert send_notices() == 1
    [taken] = scripted.taken
    assert taken.recipient == JANE
    content = read(taken).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    links = re.findall(r"http\S+", content)
    tokens = {make_token(sent.id, "letter"), make_confirm_token(waiting)}
    assert {link.rstrip("/").rpartition("/")[2] for link in links} == tokens
    assert "Jane Doe" not in content


def test_at_most_one_mail_an_hour_goes_to_an_address(scripted: ScriptedServer) -> None:
    make_letter(sender_email=JANE)
    for _ in range(3):
        ask_for_links(JANE)
        queue_link_notices()
        send_notices()
    assert len(scripted.taken) == 1
    LinkRequest.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=61))
    ask_for_links(JANE)
    queue_link_notices()
    send_notices()
    assert len(scripted.taken) == 2
    assert len({read(taken)["Message-ID"] for taken in scripted.taken}) == 2


def test_a_stranger_keeps_nobody_from_their_own_links(
    client: Client, settings: Settings, scripted: ScriptedServer
) -> None:
    settings.LIMIT_LINKS_PER_IP_AND_EMAIL, settings.LIMIT_LINKS_PER_IP = "3/day", "9/hour"
    settings.LIMIT_LINKS_PER_EMAIL = "1/day"
    make_letter(sender_email=JANE)
    asked = [client.post(reverse("lost-link"), {"email": JANE}).status_code for _ in range(4)]
    assert asked == [302, 302, 302, 429]
    owner = Client(REMOTE_ADDR="192.0.2.2")
    for hours in range(1, 4):
        assert "is on its way or has already been sent" in ask(owner, JANE)[1]
        queue_link_notices()
        send_notices()
        assert len(scripted.taken) == hours, "one an hour, whoever asked"
        LinkRequest.objects.update(asked_at=timezone.now() - dt.timedelta(minutes=61))


def test_who_asks_learns_nothing_of_whether_others_have(client: Client, settings: Settings) -> None:
    settings.LIMIT_LINKS_PER_IP_AND_EMAIL = "2/day"
    make_letter(sender_email=JANE)
    ask(Client(REMOTE_ADDR="192.0.2.2"), JANE)
    for someone, address in ((client, JANE), (Client(), "nobody@supporter.example")):
        assert [ask(someone, address)[0] for _ in range(3)] == [200, 200, 429]


def test_a_mailbox_that_has_confirmed_nothing_gets_few_mails_under_all_its_tags(settings: Settings) -> None:
    settings.LIMIT_LINKS_PER_EMAIL = "3/day"
    for number in range(6):
        make_letter(queued=False, sender_email=f"jane+{number}@supporter.example")
        ask_for_links(f"jane+{number}@supporter.example")
    assert queue_link_notices() == 3
    assert queue_link_notices() == 0
    make_letter(sender_email="jane+mp@supporter.example")
    ask_for_links("jane+mp@supporter.example")
    assert queue_link_notices() == 1, "an owner's own"
    assert Notice.objects.filter(kind=Notice.Kind.LINKS).count() == 4


def test_what_was_asked_for_is_forgotten_after_a_day() -> None:
    ask_for_links(JANE)
    LinkRequest.objects.update(asked_at=timezone.now() - dt.timedelta(hours=25))
    assert purge_data()["requests for links"] == 1


@pytest.fixture
def written(client: Client) -> Letter:
    """A letter that this browser has written and confirmed; its draft is still there."""
    make_constituency()
    make_campaign()
    come_to_details(client, "I have thought about this with my grandfather.")
    assert go(client, "write-send", DETAILS | {"consent": "on"}).status_code == 302
    letter = Letter.objects.get()
    assert confirm(letter)
    assert "grandfather" in load_draft(client.session, "peace").own_words
    return letter


def erase(client: Client, letter: Letter) -> str:
    path = reverse("letter-act", args=[make_token(letter.id, "letter")])
    return client.post(path, {"action": "erase"}, follow=True).content.decode()


def test_erasing_a_letter_deletes_its_draft_from_this_browser(client: Client, written: Letter) -> None:
    page = erase(client, written)
    assert "We have deleted your name, address and words. We have deleted the draft in this browser too." in page
    assert not has_draft(client.session, "peace")
    assert [load_draft(one.get_decoded(), "peace").own_words for one in Session.objects.all()] == [""]


def test_erasing_a_letter_that_is_being_sent_deletes_its_draft_at_once(client: Client, written: Letter) -> None:
    lease = {"lease_token": uuid.uuid4(), "lease_until": timezone.now() + dt.timedelta(minutes=5)}
    Letter.objects.update(status=Status.SENDING, **lease)
    assert "We will delete your data as soon as that is done. We have deleted the draft in this browser" in erase(
        client, written
    )
    assert not has_draft(client.session, "peace")


def test_erasing_from_another_browser_says_what_stays_and_how_to_delete_it(client: Client, written: Letter) -> None:
    page = erase(Client(), written)
    assert "we will keep that draft for up to 24 hours after you last changed it." in page
    path = reverse("write-sent", args=["peace"])
    assert f"open http://localhost:8000{path} in that browser and press “Delete my draft”." in page
    assert "Delete my draft" in client.get(path).content.decode()
    client.post(reverse("write-finish", args=["peace"]))
    assert not has_draft(client.session, "peace")


def test_erasing_a_letter_leaves_the_draft_of_another_one(client: Client, written: Letter) -> None:
    client.post(reverse("write-finish", args=["peace"]))
    come_to_details(client, "Quite another letter, by my sister.")
    assert "in that browser" in erase(client, written)
    assert load_draft(client.session, "peace").own_words == "Quite another letter, by my sister."
    assert "draft" not in erase(client, written).partition("What has happened so far")[0], "nothing was deleted now"


def test_a_wrong_address_is_explained(client: Client) -> None:
    page = client.post(reverse("lost-link"), {"email": "jane"})
    assert "Error:" in page.content.decode()
    assert not LinkRequest.objects.exists()
    assert Letter.objects.filter(status=Status.QUEUED).count() == 0
