"""The supporter's steps, as forms without a script (journey_base.py, printing.py, sending.py, letters/actions/submit.py, letters/forms/fields.py, letters/forms/journey.py, letters/rendering/plain_text.py)."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from campaign.content.models import Campaign
from campaign.parliament.models import Member
from letters.models import Consent, DownloadCount, Letter, Notice, Status
from letters.privacy.tokens import make_confirm_token
from letters.views.journey import LISTED_AT_ONCE
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter

pytestmark = pytest.mark.django_db
POSTCODE = "SW1A 1AA"
DETAILS = {
    "name": "Jane Doe",
    "address_1": "1 Test Street",
    "address_2": "",
    "town": "London",
    "postcode": "sw1a1aa",
    "channel": "email",
    "email": "jane@supporter.example",
}


@pytest.fixture
def campaign() -> Campaign:
    make_constituency()
    return make_campaign()


def go(client: Client, step: str, data: dict[str, Any] | None = None) -> Any:
    path = reverse(step, args=["peace"])
    return client.get(path) if data is None else client.post(path, data)


def come_to_words(client: Client, *keys: str) -> None:
    assert go(client, "write-mp", {"postcode": POSTCODE}).status_code == 302
    assert go(client, "write-arguments", {"arguments": keys or ("argument-1",)})["Location"].endswith("/words/")


def words(client: Client, **fields: Any) -> dict[str, Any]:
    """What the browser would send from the builder as it stands."""
    form = go(client, "write-words").context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)} | fields


def come_to_details(client: Client, own_words: str = "I have thought about this for many years.") -> None:
    come_to_words(client)
    assert go(client, "write-words", words(client, own_words=own_words))["Location"].endswith("/details/")


def test_a_postcode_leads_to_the_mp_and_is_not_kept(client: Client, campaign: Campaign) -> None:
    assert go(client, "write-mp", {"postcode": " sw1a 1aa "})["Location"].endswith("/write/arguments/")
    for step, name in (
        ("write-mp", 'mp-card-name">Ms Ann Example<'),
        ("write-arguments", "To <strong>Ms Ann Example<"),
    ):
        page = go(client, step).content.decode()
        assert name in page
    assert "Cities of London and Westminster" in page
    [session] = Session.objects.all()
    assert "SW1A" not in str(session.get_decoded()).upper()  # "1AA" may be part of a draft's id


@pytest.mark.parametrize(("typed", "says"), [("", "Enter your postcode"), ("nonsense", ""), ("JE2 3XP", "Jersey")])
def test_a_postcode_that_leads_nowhere_says_what_to_do_and_keeps_what_was_typed(
    client: Client, campaign: Campaign, typed: str, says: str
) -> None:
    page = go(client, "write-mp", {"postcode": typed})
    assert page.context["form"].errors["postcode"]
    assert says in page.context["form"].errors["postcode"][0]
    assert f'value="{typed}"' in page.content.decode() or not typed
    assert reverse("write-constituencies", args=["peace"]) in page.content.decode()


def test_a_northern_irish_postcode_asks_which_constituency(client: Client, campaign: Campaign) -> None:
    make_constituency("N05000001", "Belfast East", parliament_id=7)
    make_constituency("N05000002", "Belfast North")
    go(client, "write-mp", {"postcode": "BT1 5GS"})
    [session] = Session.objects.all()
    kept = {name: value for name, value in session.get_decoded().items() if name != "drafts"}
    assert "BT1" not in str(kept), "an encrypted draft has any letters now and then"
    page = go(client, "write-mp").content.decode()
    assert "Your postcode is in Northern Ireland" in page
    assert "Which is your constituency?" in page
    assert "Belfast East" in page
    go(client, "write-mp", {"gss": "N05000001"})
    page = go(client, "write-mp").content.decode()
    assert '<p class="mp-card-name">Ms Ann Example</p>\n      <p>MP for Belfast East · Independent</p>' in page


def test_the_list_of_constituencies_finds_constituencies_and_mps(client: Client, campaign: Campaign) -> None:
    make_constituency("W07000112", "Ynys Môn", name_display="Llinos Medi", name_full_title="Llinos Medi MP")
    path = reverse("write-constituencies", args=["peace"])
    for query in ("ynys mon", "YNYS", "llinos"):
        page = client.get(path, {"q": query}).content.decode()
        assert "Ynys Môn" in page
        assert "Westminster" not in page
    assert "Nothing is called “zzz”" in client.get(path, {"q": "zzz"}).content.decode()
    client.post(path, {"gss": "W07000112"})
    assert "Llinos Medi" in go(client, "write-mp").content.decode()


def test_a_long_list_of_constituencies_is_by_first_letter(client: Client, campaign: Campaign) -> None:
    path = reverse("write-constituencies", args=["peace"])
    assert "All 1 constituency" in client.get(path).content.decode()
    for number in range(LISTED_AT_ONCE):
        make_constituency(f"N050000{number:02}", f"Éa {number}")
    page = client.get(path).content.decode()
    assert re.findall('href="[?]initial=(.)"', page) == ["c", "e"]
    assert 'name="gss"' not in page
    page = client.get(path, {"initial": "e"}).content.decode()
    assert "40 of 41 constituencies begin with E." in page
    assert page.count('name="gss"') == 40
    assert "Westminster" not in page
    for odd in ("x", "\x00", "ee", "%"):
        assert 'name="gss"' not in client.get(path, {"initial": odd}).content.decode()


def test_a_vacant_seat_says_so_and_leads_no_further(client: Client, campaign: Campaign) -> None:
    make_constituency("E14001173", "Clapham and Brixton Hill")
    Member.objects.filter(constituency=GSS).delete()
    assert go(client, "write-mp", {"postcode": POSTCODE})["Location"] == reverse("write-mp", args=["peace"])
    page = go(client, "write-mp").content.decode()
    assert "has no MP until its by-election" in page
    assert reverse("write-arguments", args=["peace"]) not in page
    for step in ("write-arguments", "write-words", "write-details", "write-send"):
        assert go(client, step)["Location"] == reverse("write-mp", args=["peace"])


def test_a_postcode_with_a_letter_for_a_digit_is_suggested_back_as_a_button_that_goes_on(
    client: Client, campaign: Campaign
) -> None:
    page = go(client, "write-mp", {"postcode": "SWIA IAA"}).content.decode()
    assert 'value="SWIA IAA"' in page
    assert '<button class="btn btn-primary" type="submit" name="postcode" value="SW1A 1AA">' in page
    go(client, "write-mp", {"postcode": "SW1A 1AA"})
    assert 'mp-card-name">Ms Ann Example<' in go(client, "write-mp").content.decode()


def test_between_parliaments_nobody_can_be_written_to_and_the_page_says_what_to_do(
    client: Client, campaign: Campaign
) -> None:
    Member.objects.update(sitting=False)
    page = go(client, "write-mp").content.decode()
    assert "Parliament has been dissolved." in page
    assert "What you can do" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_an_mp_without_an_email_address_is_by_post_only_from_the_first_page(client: Client) -> None:
    make_constituency(email="")
    make_campaign()
    go(client, "write-mp", {"postcode": POSTCODE})
    assert "<strong>By post only:</strong>" in go(client, "write-mp").content.decode()


def test_who_takes_no_part_in_debates_is_said_on_the_first_page(client: Client) -> None:
    make_constituency(party="Sinn Féin")
    make_campaign()
    go(client, "write-mp", {"postcode": POSTCODE})
    assert "do not take their seats in the House of Commons" in go(client, "write-mp").content.decode()


def test_the_mps_page_searches_by_name(client: Client, campaign: Campaign) -> None:
    for typed in (POSTCODE, "nonsense"):
        go(client, "write-mp", {"postcode": typed})
        page = go(client, "write-mp").content.decode()
        assert f'action="{reverse("write-constituencies", args=["peace"])}" role="search"' in page


@pytest.mark.parametrize("step", ["write-arguments", "write-words", "write-details", "write-check"])
def test_a_step_too_early_leads_back_to_the_one_that_is_missing(client: Client, campaign: Campaign, step: str) -> None:
    assert go(client, step)["Location"] == reverse("write-mp", args=["peace"])
    go(client, "write-mp", {"postcode": POSTCODE})
    if step != "write-arguments":
        assert go(client, step)["Location"] == reverse("write-arguments", args=["peace"])


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ([f"argument-{n}" for n in range(1, 6)], "You have chosen 5. Choose 4 at most"),
        (["argument-99"], "no longer offered"),
    ],
)
def test_up_to_four_arguments_are_chosen(client: Client, keys: list[str], error: str) -> None:
    make_constituency()
    make_campaign(arguments=6)
    go(client, "write-mp", {"postcode": POSTCODE})
    page = go(client, "write-arguments", {"arguments": keys})
    assert error in page.context["form"].errors["arguments"][0]
    assert page.content.decode().count(" checked") == len([key for key in keys if key != "argument-99"])


def test_arguments_stand_in_the_letter_in_the_order_in_which_they_were_ticked(
    client: Client, campaign: Campaign
) -> None:
    go(client, "write-mp", {"postcode": POSTCODE})
    ticked = {"arguments": ["argument-1", "argument-2", "argument-3"], "order": "argument-3 made-up argument-1"}
    go(client, "write-arguments", ticked)
    assert go(client, "write-arguments").context["chosen"] == ["argument-3", "argument-1", "argument-2"]


def test_the_error_about_arguments_leads_to_the_first_of_them(client: Client) -> None:
    make_constituency()
    make_campaign(arguments=6)
    go(client, "write-mp", {"postcode": POSTCODE})
    sent = {"own_words": "My own words.", "arguments": [f"argument-{n}" for n in range(1, 6)]}
    page = go(client, "write-arguments", sent).content.decode()
    assert '<a href="#id_arguments_0">You have chosen 5.' in page
    assert "My own words.</textarea>" in page
    assert page.count('id="id_arguments_0"') == 1


def test_every_button_of_the_builder_saves_what_was_typed(client: Client, campaign: Campaign) -> None:
    come_to_words(client, "argument-1", "argument-2")
    for action in ("up:argument-2", "down:~own", "remove:argument-2", "save", "add"):
        typed = words(client, own_words="My own words.", **{"text-argument-1": "My version."})
        assert go(client, "write-words", typed | {"action": action}).status_code == 302
        form = go(client, "write-words").context["form"]
        assert form["own_words"].value() == "My own words."
        assert form["text-argument-1"].value() == "My version."
    assert "text-argument-2" not in form.fields


def test_arguments_and_own_words_are_put_into_order_with_buttons(client: Client, campaign: Campaign) -> None:
    come_to_words(client, "argument-1", "argument-2")

    def order() -> list[str]:
        return [card["key"] for card in go(client, "write-words").context["form"].make_cards()]

    assert order() == ["~own", "argument-1", "argument-2"]
    go(client, "write-words", words(client, action="up:argument-2"))
    assert order() == ["~own", "argument-2", "argument-1"]
    go(client, "write-words", words(client, action="down:~own"))
    assert order() == ["argument-2", "~own", "argument-1"]


def test_swapping_the_length_loses_no_edit(client: Client, campaign: Campaign) -> None:
    come_to_words(client)
    go(client, "write-words", words(client, **{"text-argument-1": "My short.", "action": "save"}))
    go(client, "write-words", words(client, **{"length-argument-1": "full", "action": "save"}))
    assert words(client)["text-argument-1"] == "The full text of argument 1."
    go(client, "write-words", words(client, **{"length-argument-1": "short", "action": "save"}))
    assert words(client)["text-argument-1"] == "My short."


def test_text_that_is_too_long_is_refused_and_still_there(client: Client, campaign: Campaign) -> None:
    come_to_words(client)
    page = go(client, "write-words", words(client, own_words="word " * 700))
    assert "Your own words have" in page.context["form"].errors["own_words"][0]
    assert page.content.decode().count("word word") >= 300


@pytest.mark.parametrize("missing", ["name", "address_1", "town", "postcode", "channel", "email"])
def test_each_missing_detail_is_asked_for_and_the_others_stay(client: Client, campaign: Campaign, missing: str) -> None:
    come_to_details(client)
    page = go(client, "write-check", DETAILS | {missing: ""})
    assert list(page.context["form"].errors) == [missing]
    html = page.content.decode()
    assert all(f'value="{value}"' in html for name, value in DETAILS.items() if name != missing and value)


def test_a_postcode_of_another_constituency_is_refused(client: Client, campaign: Campaign) -> None:
    make_constituency("S14000061", "Aberdeen North", parliament_id=8)
    come_to_details(client)
    page = go(client, "write-check", DETAILS | {"postcode": "AB10 1AB"})
    assert "AB10 1AB is in Aberdeen North, not in Cities of London" in page.context["form"].errors["postcode"][0]


@pytest.mark.parametrize("email", ["ann.example.mp@parliament.uk", "office@annexample.example"])
def test_an_address_of_an_mps_office_is_refused_and_still_there(client: Client, campaign: Campaign, email: str) -> None:
    Member.objects.update(email="contact@annexample.example")
    come_to_details(client)
    page = go(client, "write-check", DETAILS | {"email": email})
    assert page.context["form"].errors["email"] == [
        "This is an MP’s email address. Enter your own, so that the answer comes to you."
    ]
    assert f'value="{email}"' in page.content.decode()


def test_without_an_email_address_of_the_mp_there_is_only_the_post(client: Client) -> None:
    make_constituency(email="")
    make_campaign()
    come_to_details(client)
    form = go(client, "write-details").context["form"]
    assert [value for value, _label in form.fields["channel"].choices] == ["post"]
    assert "email" not in [field.name for field in form.asked()]
    assert go(client, "write-send", DETAILS | {"consent": "on"}).status_code == 200
    assert not Letter.objects.exists()


def test_the_check_page_shows_the_letter_and_brings_the_details_back_for_a_change(
    client: Client, campaign: Campaign
) -> None:
    come_to_details(client)
    html = go(client, "write-check", DETAILS).content.decode()
    for part in ("Dear Ms Example,", "I have thought about this for many years.", "SW1A 1AA", "I ask you to say so."):
        assert part in html
    again = go(client, "write-details", DETAILS).content.decode()
    assert 'value="Jane Doe"' in again


def test_a_download_leaves_nothing_but_a_count(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    response = go(client, "write-download", DETAILS | {"channel": "post", "email": ""})
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Disposition"] == 'attachment; filename="letter-cities-of-london-and-westminster.pdf"'
    text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
    assert "Jane Doe" in text
    assert "I have thought about this for many years." in " ".join(text.split())
    assert not Letter.objects.exists()
    [count] = DownloadCount.objects.all()
    assert (count.constituency_gss, count.count) == (GSS, 1)
    for session in Session.objects.all():
        assert not any(typed in str(session.get_decoded()) for typed in ("Jane", "Test Street", "SW1A"))
    go(client, "write-download", DETAILS | {"large_print": "yes"})
    assert DownloadCount.objects.get().count == 1, "one letter, however often it is downloaded"


def test_sending_stores_the_letter_with_consent_and_owes_a_confirmation(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    response = go(client, "write-send", DETAILS | {"consent": "on"})
    assert response["Location"] == reverse("write-sent", args=["peace"])
    letter = Letter.objects.get()
    assert (letter.status, letter.sender_name, letter.sender_postcode) == (Status.UNCONFIRMED, "Jane Doe", "SW1A 1AA")
    assert letter.member_email == "ann.example.mp@parliament.example"
    assert [paragraph.argument_key for paragraph in letter.paragraphs.all()] == ["", "argument-1"]
    assert len(Consent.objects.get(letter=letter).text_sha256) == 64
    assert Notice.objects.get(letter=letter).due_at is not None


def test_without_consent_nothing_is_stored(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    page = go(client, "write-send", DETAILS)
    assert "Tick the box" in page.content.decode()
    assert not Letter.objects.exists()


def test_too_few_own_words_are_not_sent_but_can_be_printed(client: Client, campaign: Campaign) -> None:
    come_to_words(client)
    go(client, "write-words", words(client, own_words="Only four words here."))
    page = go(client, "write-send", DETAILS | {"consent": "on"}).content.decode()
    assert "once it has enough words of your own" in page
    assert "by email it needs 5 words of your own, and it has 4." in page
    assert not Letter.objects.exists()
    assert go(client, "write-download", DETAILS | {"channel": "post"})["Content-Type"] == "application/pdf"


def test_pressing_send_twice_makes_one_letter_and_a_change_replaces_it(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    go(client, "write-send", DETAILS | {"consent": "on"})
    first = Letter.objects.get()
    go(client, "write-send", DETAILS | {"consent": "on"})
    assert Letter.objects.get() == first, "the link in the first mail stays good"
    assert Notice.objects.count() == 1
    go(client, "write-send", DETAILS | {"consent": "on", "email": "other@supporter.example"})
    assert Letter.objects.get().sender_email == "other@supporter.example"
    go(client, "write-words", words(client, own_words="Now I say something else, at more length."))
    go(client, "write-send", DETAILS | {"consent": "on", "email": "other@supporter.example"})
    assert Letter.objects.get().paragraphs.all()[0].text.endswith("Now I say something else, at more length.")


def test_a_reference_drawn_twice_is_drawn_again(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([make_letter(campaign, queued=False).reference, "C7QK-4MHW"])
    monkeypatch.setattr(Letter._meta.get_field("reference"), "_get_default", lambda: next(drawn))
    come_to_details(client)
    go(client, "write-send", DETAILS | {"consent": "on"})
    assert Letter.objects.get(reference="C7QK-4MHW").sender_name == "Jane Doe"
    assert Letter.objects.count() == 2


def test_finishing_forgets_the_draft(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    assert "Thank you" in go(client, "write-finish", {}).content.decode()
    [session] = Session.objects.all()
    assert session.get_decoded()["drafts"] == {}


@pytest.mark.parametrize("mode", ["paused", "closed"])
def test_a_campaign_that_takes_no_letters_sends_people_to_its_page(
    client: Client, campaign: Campaign, mode: str
) -> None:
    Campaign.objects.update(mode=mode)
    assert go(client, "write-mp")["Location"] == reverse("campaign", args=["peace"])


def test_each_step_costs_a_constant_number_of_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    make_constituency()
    make_campaign(arguments=30)
    come_to_words(client, "argument-1", "argument-2", "argument-3", "argument-4")
    for step in ("write-mp", "write-arguments", "write-words", "write-details", "write-constituencies"):
        with django_assert_max_num_queries(13):
            assert go(client, step).status_code == 200


def test_a_slip_in_the_email_is_asked_about_by_itself(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    slip = DETAILS | {"email": "jane@gmial.com"}
    both = go(client, "write-check", slip | {"town": ""}).context["form"]
    assert set(both.errors) == {"town", "email"}
    mended = go(client, "write-check", slip | {"email_meant": both["email_meant"].value() or ""})
    assert "Did you mean jane@gmail.com?" in mended.content.decode()
    meant = mended.context["form"]["email_meant"].value()
    assert "Check your letter" in go(client, "write-check", slip | {"email_meant": meant}).content.decode()


def test_large_print_is_larger(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    usual = go(client, "write-download", DETAILS).content
    large = go(client, "write-download", DETAILS | {"large_print": "yes"}).content
    assert _find_largest_body_size(large) >= 18 > _find_largest_body_size(usual)


def _find_largest_body_size(pdf: bytes) -> float:
    """The size in points of the words that the supporter wrote."""
    sizes: list[float] = []

    def look(text: str, _cm: Any, matrix: list[float], _font: Any, size: float) -> None:
        if "thought" in text:
            sizes.append(abs(size * matrix[0]))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=look)
    return max(sizes)


def test_the_check_page_says_how_the_mail_arrives_and_brings_every_part_back(
    client: Client, campaign: Campaign
) -> None:
    come_to_details(client)
    page = go(client, "write-check", DETAILS)
    assert page.context["pages"] == 1
    assert page.context["mail_subject"] == "[Rehearsal] Talks about talks (Cities of London and Westminster)"
    html = page.content.decode()
    assert "Jane Doe via Time to talk" in html
    for step in ("write-mp", "write-arguments", "write-words"):
        assert f'form="carried" formaction="{reverse(step, args=["peace"])}">Change<' in html


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("live", "Your letter goes to an address that ends in <strong>@parliament.example</strong>."),
        (
            "rehearsal",
            "This is a rehearsal: your letter goes to the organisers’ test address instead, which ends in "
            "<strong>@group.example</strong>.",
        ),
    ],
)
def test_before_sending_supporters_see_at_which_domain_the_letter_arrives(
    client: Client, campaign: Campaign, mode: str, sentence: str
) -> None:
    Campaign.objects.update(mode=mode, rehearsal_address="test@Group.example")
    come_to_details(client)
    assert sentence in go(client, "write-check", DETAILS).content.decode()
    go(client, "write-send", DETAILS | {"consent": "on"})
    confirm = reverse("confirm", args=[make_confirm_token(Letter.objects.get())])
    assert sentence in client.get(confirm).content.decode()


def test_the_check_page_counts_the_pages_that_the_pdf_will_have(client: Client, campaign: Campaign) -> None:
    come_to_details(client, own_words="\n\n".join(["All that I have to say is long. " * 14] * 6))
    pdf = go(client, "write-download", DETAILS).content
    assert go(client, "write-check", DETAILS).context["pages"] == len(PdfReader(io.BytesIO(pdf)).pages) == 2


def test_the_letter_can_be_taken_as_plain_text_and_nothing_is_stored(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    page = go(client, "write-text", DETAILS)
    assert "no-store" in page["Cache-Control"]
    for part in ("Dear Ms Example,", "I have thought about this for many years.", "Jane Doe\n1 Test Street"):
        assert part in page.context["plain"]
    assert '<textarea class="form-control plain-text" id="plain" rows="20" readonly>' in page.content.decode()
    assert not Letter.objects.exists()
    assert not DownloadCount.objects.exists()
    assert go(client, "write-text")["Location"].endswith("/check/")


@pytest.mark.parametrize(("gss", "welcome"), [("W07000081", True), ("E14001172", False)])
def test_people_in_wales_are_welcome_to_write_in_welsh(client: Client, gss: str, welcome: bool) -> None:
    make_constituency(gss, "A constituency")
    make_campaign()
    go(client, "write-mp", {"gss": gss})
    go(client, "write-arguments", {"arguments": ["argument-1"]})
    page = go(client, "write-words").content.decode()
    assert ('<span lang="cy">Mae croeso i chi ysgrifennu yn Gymraeg.</span>' in page) == welcome


def test_who_posted_a_downloaded_letter_is_counted_once_and_without_a_name(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    go(client, "write-download", DETAILS)
    page = go(client, "write-posting").content.decode()
    assert "I posted it" in page
    assert '<a class="back-link" href="/peace/write/check/">Back</a>' in page
    for _ in range(2):
        go(client, "write-posting", {})
    assert [(row.count, row.posted) for row in DownloadCount.objects.all()] == [(1, 1)]
    page = go(client, "write-posting").content.decode()
    assert "You have posted it." in page
    assert "I posted it</button>" not in page


def test_the_campaign_is_passed_on_by_its_own_address_only(client: Client, campaign: Campaign, settings: Any) -> None:
    settings.SITE_URL = "https://letters.example"
    come_to_details(client)
    page = go(client, "write-posting").content.decode()
    links = [link for link in page.split('<ul class="share-links">')[1].split("</ul>")[0].split('"') if ":" in link]
    assert len(links) == 5
    assert all("letters.example%2Fpeace%2F" in link for link in links)
    assert page.count('rel="noopener noreferrer"') == 5


@pytest.mark.parametrize("step", ["write-arguments", "write-words", "write-check", "write-send", "write-download"])
def test_a_session_that_has_ended_in_mid_journey_is_explained(client: Client, campaign: Campaign, step: str) -> None:
    come_to_details(client)
    Session.objects.all().delete()
    response = client.post(reverse(step, args=["peace"]), DETAILS | {"own_words": "Kept by the browser."}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("write-mp", args=["peace"])
    assert "Your draft has been deleted. We keep drafts for 24 hours" in response.content.decode()


def test_characters_that_no_database_takes_find_nothing(client: Client, campaign: Campaign) -> None:
    page = client.get(reverse("write-constituencies", args=["peace"]), {"q": "Lon\x00don"})
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("write-mp", {"gss": GSS}),
        ("write-arguments", {"arguments": ["argument-2"]}),
        ("write-words", {"action": "next", "own_words": "My own words, and now a few more of them."}),
    ],
)
def test_a_correction_brings_the_details_back_to_the_check_page(
    client: Client, campaign: Campaign, step: str, typed: dict[str, Any]
) -> None:
    come_to_details(client)
    page = go(client, step, DETAILS | {"carry": "open"}).content.decode()
    for name in ("name", "address_1", "town", "email"):
        assert f'name="{name}" value="{DETAILS[name]}" data-carried' in page
    fields = words(client) if step == "write-words" else {}
    response = client.post(reverse(step, args=["peace"]), DETAILS | {"carry": "yes"} | fields | typed)
    assert (response.status_code, response["Location"]) == (307, reverse("write-check", args=["peace"]))
    [session] = Session.objects.all()
    assert "Test Street" not in str(session.get_decoded())


def test_half_typed_details_survive_a_look_back_at_the_words(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    half = DETAILS | {"town": "", "carry": "open"}
    assert 'value="Jane Doe" data-carried' in go(client, "write-words", half).content.decode()
    sent = half | {"carry": "yes", "action": "next"} | words(client)
    response = go(client, "write-words", sent)
    assert (response.status_code, response["Location"]) == (307, reverse("write-details", args=["peace"]))
    page = go(client, "write-details", sent)
    assert page.context["form"]["name"].value() == "Jane Doe"
    assert not page.context["form"].errors


def test_the_check_page_answers_get_with_the_way_back_to_it(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    page = go(client, "write-check").content.decode()
    assert "data-resume" in page
    assert "data-resume" not in go(client, "write-details").content.decode()


def test_a_tick_on_the_campaigns_page_comes_along_whatever_the_postcode_leads_to(
    client: Client, campaign: Campaign
) -> None:
    page = client.get("/peace/").content.decode()
    assert 'name="arguments" value="argument-2" form="start-end"' in page
    go(client, "write-mp", {"postcode": "nonsense", "arguments": ["argument-2", "argument-99"]})
    go(client, "write-mp", {"postcode": POSTCODE})
    page = go(client, "write-arguments")
    assert page.context["chosen"] == ["argument-2"]
    assert "checked" in page.content.decode()


def test_more_ticks_than_a_letter_has_room_for_are_told(client: Client) -> None:
    make_constituency()
    make_campaign(arguments=6)
    ticked = [f"argument-{number}" for number in range(1, 7)]
    go(client, "write-mp", {"postcode": POSTCODE, "arguments": ticked})
    page = go(client, "write-mp")
    assert "You ticked 6 arguments" in page.content.decode()
    assert len(go(client, "write-arguments").context["chosen"]) == 4


def test_a_few_arguments_are_first_and_a_press_shows_all_and_keeps_the_ticks(client: Client) -> None:
    from campaign.content.models import Argument, Theme

    make_constituency()
    campaign = make_campaign(arguments=6)
    for number in (5, 6):
        theme = Theme.objects.create(campaign=campaign, key=f"theme-{number}", title=f"Theme {number}")
        Argument.objects.filter(key=f"argument-{number}").update(theme=theme)
    go(client, "write-mp", {"postcode": POSTCODE})
    page = go(client, "write-arguments")
    assert len(page.context["first"]) == 3, "one a theme"
    assert page.context["first"] == go(client, "write-arguments").context["first"], "they stay"
    [(_theme, cards, is_open)] = page.context["themes"]
    assert (len(cards), is_open) == (3, False)
    later = cards[0]["argument"].key
    page = go(client, "write-arguments", {"arguments": [later], "show": "all"})
    assert page.context["chosen"] == [later]
    assert not page.context["form"].errors
    assert all(shown for _theme, _cards, shown in page.context["themes"])


def test_a_postcode_of_another_constituency_leads_to_its_mp_and_keeps_all(client: Client, campaign: Campaign) -> None:
    come_to_details(client)
    make_constituency("S14000061", "Aberdeen South", name_display="Ms Other Example")
    typed = DETAILS | {"postcode": "AB10 1AB"}
    page = go(client, "write-check", typed).content.decode()
    assert 'name="gss" value="S14000061"' in page
    assert "Write to Ms Other Example (Aberdeen South) instead" in page
    sent = typed | {"carry": "yes", "gss": "S14000061"}
    response = client.post(reverse("write-mp", args=["peace"]), sent)
    assert (response.status_code, response["Location"]) == (307, reverse("write-check", args=["peace"]))
    page = go(client, "write-check", sent).content.decode()
    assert "Check your letter" in page
    assert "Aberdeen South" in page
    assert "1 Test Street" in page


@pytest.mark.parametrize(
    ("typed", "asks"), [("LS15 9AA", "Is this your MP?"), ("LS1 6AA", "Which is your constituency?")]
)
def test_an_uncertain_postcode_is_asked_about_and_another_one_can_be_typed_there(
    client: Client, campaign: Campaign, typed: str, asks: str
) -> None:
    for gss, name in (("E14001320", "Leeds East"), ("E14001323", "Leeds Central"), ("E14001319", "Leeds West")):
        make_constituency(gss, name)
    go(client, "write-mp", {"postcode": typed})
    page = go(client, "write-mp").content.decode()
    assert asks in page
    assert "Try another postcode" in page
    assert 'name="gss" value="E1400132' in page
    go(client, "write-mp", {"postcode": POSTCODE})
    assert 'mp-card-name">Ms Ann Example<' in go(client, "write-mp").content.decode()
