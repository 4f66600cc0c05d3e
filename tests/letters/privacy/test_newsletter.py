"""News of a campaign: asked for apart, kept as proof, counted once confirmed, stopped by one button (consent.py, letters/admin/newsletter.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from campaign.content.models import Campaign
from letters.actions.erase import erase_letter
from letters.actions.withdraw import withdraw_letter
from letters.mail.messages import build_notice_mail
from letters.models import Letter, NewsConsent, Notice, Tombstone
from letters.privacy.newsletter import (
    NEWSLETTER_VERSION,
    hash_newsletter_text,
    list_consents,
    list_subscribers,
    record_choice,
    unsubscribe,
)
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.views.test_journey import DETAILS, come_to_details, go
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
JANE = "jane@supporter.example"


def send(client: Client, **typed: str) -> Any:
    return go(client, "write-send", DETAILS | {"consent": "on"} | typed)


def act(client: Client, letter: Letter, action: str) -> str:
    path = reverse("letter-act", args=[make_token(letter.pk, "letter")])
    return client.post(path, {"action": action}, follow=True).content.decode()


def wish(letter: Letter) -> Letter:
    record_choice(letter, wanted=True)
    return letter


def subscribers(campaign: Campaign) -> list[str]:
    return [reader.email for reader in list_subscribers(campaign)]


@pytest.fixture
def offering(client: Client) -> Campaign:
    make_constituency()
    campaign = make_campaign(offers_news=True)
    come_to_details(client)
    return campaign


def test_the_words_of_a_version_stay() -> None:
    words = "685719"
    assert (NEWSLETTER_VERSION, hash_newsletter_text()[:6]) == ("2026-11-22", words), (
        "New words need a new NEWSLETTER_VERSION."
    )


@pytest.mark.parametrize("offers", [True, False])
def test_the_box_is_there_only_where_news_is_offered_and_is_not_ticked(
    client: Client, offering: Campaign, offers: bool
) -> None:
    Campaign.objects.update(offers_news=offers)
    page = go(client, "write-check", DETAILS).content.decode()
    assert ('name="news"' in page) is offers
    assert "checked" not in page
    send(client, news="on")
    assert NewsConsent.objects.exists() is offers


def test_what_is_ticked_is_kept_with_the_letter_and_may_still_be_changed(client: Client, offering: Campaign) -> None:
    shown = send(client, news="on", consent="").content.decode()  # consent is missing: the other box stays ticked
    assert shown.count("checked") == 1
    assert not Letter.objects.exists()
    for ticked in ("on", "", "on"):
        send(client, news=ticked)
        kept = list(NewsConsent.objects.values_list("version", "text_sha256", "withdrawn_at"))
        assert kept == [(NEWSLETTER_VERSION, hash_newsletter_text(), None)] * bool(ticked)
    letter = Letter.objects.get()
    assert subscribers(offering) == []  # not before it is confirmed
    confirm = reverse("confirm", args=[make_confirm_token(letter)])
    assert "You also asked for news" in client.get(confirm).content.decode()
    client.post(confirm)
    assert subscribers(offering) == [JANE]


def test_one_button_stops_it_for_the_address_in_this_campaign_alone(client: Client) -> None:
    first, other = make_campaign("peace"), make_campaign("trains")
    letters = [wish(make_letter(first, sender_email=address)) for address in (JANE, JANE.title(), "joe@b.example")]
    wish(make_letter(other, sender_email=JANE))
    assert (subscribers(first), subscribers(other)) == ([JANE, "joe@b.example"], [JANE])
    assert (
        "You asked us to email you news"
        in client.get(reverse("letter", args=[make_token(letters[0].pk, "letter")])).content.decode()
    )
    page = act(client, letters[0], "stop-news")
    assert "We will not send you any more campaign news" in page
    assert "You asked us to email you news" not in page
    assert (subscribers(first), subscribers(other)) == (["joe@b.example"], [JANE])
    assert Tombstone.objects.filter(kind="no-news").count() == 2  # so it stays stopped after a restore
    assert unsubscribe(letters[0]) == 0
    data = client.get(reverse("letter-data", args=[make_token(letters[0].pk, "letter")])).json()
    assert data["news"]["version"] == NEWSLETTER_VERSION
    assert data["news"]["withdrawn_at"]


def test_who_withdraws_the_letter_or_is_erased_gets_none() -> None:
    campaign = make_campaign()
    letters = [wish(make_letter(campaign)) for _number in range(3)]
    withdraw_letter(letters[0])
    erase_letter(letters[1])
    assert subscribers(campaign) == [letters[2].sender_email]
    assert unsubscribe(letters[1]) == 0


def test_the_mails_that_went_with_it_say_how_to_stop_it() -> None:
    letter, plain = wish(make_letter(sent_at="2026-11-22T10:00Z")), make_letter(sent_at="2026-11-22T10:00Z")
    says = {
        (one.pk, kind): b"Stop campaign news" in build_notice_mail(one, kind).content
        for one in (letter, plain)
        for kind in (Notice.Kind.CONFIRM, Notice.Kind.SENT, Notice.Kind.RETURNED)
    }
    assert {key for key, said in says.items() if said} == {(letter.pk, "sent"), (letter.pk, "returned")}


def test_the_addresses_are_read_without_the_rest_in_one_query(django_assert_num_queries: Any) -> None:
    campaign = make_campaign()
    for _number in range(3):
        wish(make_letter(campaign))
    with django_assert_num_queries(1):
        assert len(subscribers(campaign)) == 3
    assert "sender_name" in list_consents(campaign)[0].letter.get_deferred_fields()


def test_the_privacy_notice_speaks_of_news_where_it_is_offered(client: Client) -> None:
    make_campaign(offers_news=False)
    assert "if you ask for news" not in client.get(reverse("privacy")).content.decode()
    Campaign.objects.update(offers_news=True)
    page = client.get(reverse("privacy")).content.decode()
    assert "if you ask for news of “Time to talk”" in page
    assert "stop the campaign’s news" in page


def test_the_addresses_are_exported_after_a_fresh_proof_and_a_reason_that_is_kept(client: Client) -> None:
    campaign = make_campaign()
    for address in (JANE, "=cmd@b.example"):
        wish(make_letter(campaign, sender_email=address, sender_name="Zebulon"))
    make_letter(campaign, sender_email="silent@b.example")
    chief = User.objects.create_superuser("chief")
    path = reverse("admin:letters_dashboard_newsletter", args=["peace"])
    otp_login(client, chief, seconds_ago=700)
    assert "Confirm that it is you" in client.post(path, {"reason": "Our first news"}).content.decode()
    otp_login(client, chief)
    assert "2</strong> confirmed letters" in client.get(path).content.decode()
    assert "Say why" in client.post(path, {"reason": ""}).content.decode()
    assert not LogEntry.objects.exists()
    answer: Any = client.post(path, {"reason": "Our first news"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0] == "email,agreed_at,version,text_sha256"
    assert [line.split(",")[0] for line in lines[1:]] == [JANE, "'=cmd@b.example"]
    assert "no-store" in answer["Cache-Control"]
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user) == (str(campaign.pk), chief)
    assert entry.change_message == "Exported the addresses of those who want news (2): Our first news"
