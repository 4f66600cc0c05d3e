"""What offices ask for is asked once, checked, kept through corrections, and in the letter whichever way it goes."""

from __future__ import annotations

import email
import email.policy
import html
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaign.parliament.models import Member
from letters.actions.erase import erase_letter, erase_text
from letters.delivery.worker import drain_queue
from letters.forms.offices import OfficeFields, refuse_odd_numbers
from letters.models import Finding, Letter, Part, Status
from letters.privacy.tokens import make_confirm_token, make_token
from letters.rendering.page_count import count_pages
from letters.rendering.pdf import count_letter_pages, render_letter_pdf
from letters.writing.compose import read_letter, write_closing
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.pdf_tools import read_text
from tests.letters.samples import make_letter as make_text
from tests.letters.scripted_smtp import ScriptedServer
from tests.letters.views.test_journey import DETAILS, come_to_details, come_to_words, go, words

OFFICE = {"reply_by": "email", "phone": "+44 7700 900 982", "own_case": "on", "on_behalf_of": "Leeds Quakers & Friends"}
SAID = [
    "Part of this letter is about my own case, and I would be grateful for your help with it. "
    "Please reply by email, to jane@supporter.example.",
    "on behalf of Leeds Quakers & Friends",
    "Telephone: +44 7700 900 982",
]
SUBJECT = "Talks about talks – also about my own case"


@pytest.fixture
def ready(client: Client, db: None) -> Client:
    make_constituency()
    make_campaign()
    come_to_details(client)
    return client


def flatten(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("phone", ["01632 960 001", "+44 (0)7700 900982", "0117-496-0000 ext. 12", "02079460000x3"])
def test_ordinary_numbers_are_taken(phone: str) -> None:
    refuse_odd_numbers(phone)


@pytest.mark.parametrize(
    "phone", ["12345", "1" * 21, "call me", "٠١٦٣٢٩٦٠٠٠١", "01632 960 001\nBcc: x", "01632 <960001>"]
)
def test_what_is_no_number_is_refused(phone: str) -> None:
    with pytest.raises(ValidationError):
        refuse_odd_numbers(phone)


@given(st.text(), st.text())
def test_nothing_with_structure_is_taken(phone: str, name: str) -> None:
    form = OfficeFields({"phone": phone, "on_behalf_of": name})
    form.is_valid()
    assert re.fullmatch(r"[0-9 +().extEXT-]*", form.cleaned_data.get("phone", ""))
    assert not re.search(r'=\?|[<>@",;:\x00-\x1f]', form.cleaned_data.get("on_behalf_of", ""))


@pytest.mark.parametrize(
    ("reply_by", "own_case", "closing"),
    [
        ("", False, ""),
        ("post", False, "Please reply by post."),
        ("email", True, SAID[0]),
        ("", True, "Part of this letter is about my own case, and I would be grateful for your help with it."),
    ],
)
def test_the_closing_says_what_was_asked(reply_by: str, own_case: bool, closing: str) -> None:
    assert write_closing("jane@supporter.example", reply_by, own_case=own_case) == closing
    assert write_closing("", "email", own_case=False) == ""


def test_a_hurried_supporter_sees_one_closed_line_and_the_letter_says_nothing(ready: Client) -> None:
    page = go(ready, "write-details").content.decode()
    assert '<details class="sources">' in page
    checked = go(ready, "write-check", DETAILS)
    text = checked.context["text"]
    assert (text.closing, text.sender_phone, text.on_behalf_of, text.subject) == ("", "", "", "Talks about talks")


def test_it_is_in_the_letter_on_the_page_in_the_pdf_and_in_plain_text(ready: Client) -> None:
    page = go(ready, "write-check", DETAILS | OFFICE)
    shown = flatten(page.content.decode())
    plain = go(ready, "write-text", DETAILS | OFFICE).context["plain"]
    pdf = flatten(read_text(go(ready, "write-download", DETAILS | OFFICE).content))
    for said in SAID:
        assert said.replace("&", "&amp;") in shown
        assert said in flatten(plain)
        assert said in pdf
    for text in (shown, plain, pdf):
        assert SUBJECT in text
    assert f"{SUBJECT} (Cities of London and Westminster)" in shown  # the mail's subject
    assert not Letter.objects.exists()


def test_a_correction_keeps_it_without_storing_it(ready: Client) -> None:
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            html.unescape(go(ready, "write-check", DETAILS | OFFICE).content.decode()),
        )
    )
    assert {name: hidden[name] for name in ("reply_by", "phone")} == {
        name: OFFICE[name] for name in ("reply_by", "phone")
    }
    for step in ("write-words", "write-arguments", "write-mp"):
        page = go(ready, step, hidden | {"carry": "open"}).content.decode()
        for value in ("+44 7700 900 982", "Leeds Quakers"):
            assert value in page
    details = go(ready, "write-details", hidden | {"carry": "open"})
    page = details.content.decode()
    assert '<details class="sources" open>' in page
    assert re.search(r'name="own_case"[^>]*checked', page)
    assert re.search(r'name="reply_by" value="email"[^>]*checked', page)
    again = go(ready, "write-check", {name: value for name, value in hidden.items() if name != "carry"})
    assert again.context["text"].closing == SAID[0]
    unticked = go(ready, "write-check", hidden | {"own_case": ""})
    assert 'name="own_case" value=""' in unticked.content.decode()
    assert not re.search(
        r'name="own_case"[^>]*checked',
        go(ready, "write-details", DETAILS | {"own_case": "", "carry": "open"}).content.decode(),
    )
    assert "900 982" not in str(dict(ready.session.items()))


def test_it_arrives_by_mail_and_changes_make_another_letter(ready: Client, scripted: ScriptedServer) -> None:
    go(ready, "write-send", DETAILS | OFFICE | {"consent": "on"})
    first = Letter.objects.get()
    go(ready, "write-send", DETAILS | OFFICE | {"consent": "on"})
    assert Letter.objects.get() == first
    go(ready, "write-send", DETAILS | OFFICE | {"consent": "on", "phone": "01632 960 001", "reply_by": "post"})
    letter = Letter.objects.get()
    assert letter != first
    assert (letter.sender_phone, letter.on_behalf_of, letter.reply_by, letter.own_case) == (
        *("01632 960 001", "Leeds Quakers & Friends", "post", True),
    )
    ready.post(reverse("confirm", args=[make_confirm_token(letter)]))
    drain_queue()
    mail = email.message_from_bytes(scripted.taken[-1].content, policy=email.policy.default)
    assert mail["Subject"] == f"[Rehearsal] {SUBJECT} (Cities of London and Westminster)"
    body = mail.get_body(("plain",))
    assert body
    said = flatten(body.get_content())
    assert "grateful for your help with it. Please reply by post." in said
    assert "Jane Doe on behalf of Leeds Quakers & Friends Telephone: 01632 960 001 1 Test Street" in said


def test_a_reply_by_email_needs_an_address_also_for_a_posted_letter(ready: Client) -> None:
    posted = DETAILS | {"channel": "post", "email": "", "reply_by": "email"}
    page = go(ready, "write-check", posted).content.decode()
    assert "Enter your email address, so that your MP can reply to it" in page
    assert go(ready, "write-check", posted | {"reply_by": ""}).context["text"].closing == ""
    Member.objects.update(email="")
    page = go(ready, "write-details").content.decode()
    assert "Your email address (optional)" in page
    text = go(ready, "write-check", posted | {"email": "jane@supporter.example"}).context["text"]
    assert text.closing == "Please reply by email, to jane@supporter.example."


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("phone", "call me", "Enter a phone number, such as 01632 960 001"),
        ("on_behalf_of", "X <x@y.example>", "must not include “&lt;”"),
        ("on_behalf_of", "=?utf-8?q?x?=", "must not include “=?”"),
        ("on_behalf_of", "x" * 101, "at most 100"),
        ("reply_by", "fax", "Choose one of the ways to reply in the list."),
    ],
)
def test_what_is_wrong_is_said_in_the_opened_fold_and_nothing_is_lost(
    ready: Client, field: str, value: str, says: str
) -> None:
    page = go(ready, "write-check", DETAILS | OFFICE | {field: value}).content.decode()
    assert says in page
    assert '<details class="sources" open>' in page
    assert 'value="1 Test Street"' in page


def test_who_is_written_for_is_read_by_the_rules_too(ready: Client) -> None:
    go(ready, "write-send", DETAILS | {"on_behalf_of": "www.evil.example", "consent": "on"})
    letter = Letter.objects.get()
    ready.post(reverse("confirm", args=[make_confirm_token(letter)]))
    letter.refresh_from_db()
    assert letter.status == Status.HELD
    assert Finding.objects.get().part == Part.BEHALF
    path = reverse("letter-correct", args=[make_token(letter.pk, "letter")])
    form = ready.get(path).context["form"]
    ready.post(
        path, {name: form[name].value() for name in form.fields} | {"on_behalf_of": "", "phone": "01632 960 001"}
    )
    letter.refresh_from_db()
    assert (letter.on_behalf_of, letter.sender_phone) == ("", "01632 960 001")
    assert not Finding.objects.exists()
    assert letter.events.get(type="corrected").note == "phone, on behalf of"


@pytest.mark.django_db
@pytest.mark.parametrize("erase", [erase_letter, erase_text])
def test_it_goes_with_the_text(erase: Any) -> None:
    given: dict[str, Any] = {
        "sender_phone": "01632 960 001",
        "on_behalf_of": "Leeds Quakers",
        "reply_by": "post",
        "own_case": True,
    }
    letter = make_letter(**given)
    letter.events.create(type="note", note="Rang 01632960001 of Leeds Quakers")
    Letter.objects.update(status=Status.SENT, sent_at=timezone.now())
    letter.refresh_from_db()
    assert erase(letter)
    letter = Letter.objects.get()
    assert {name: getattr(letter, name) for name in given} == dict.fromkeys(given, "") | {"own_case": False}
    assert [event.note for event in letter.events.filter(type="note")] == ["Rang … of …"]


@pytest.mark.django_db
def test_a_letter_reads_the_same_from_its_row() -> None:
    letter = make_letter(sender_email="jane@supporter.example", reply_by="email", own_case=True, on_behalf_of="X")
    text = read_letter(letter)
    assert (text.closing, text.on_behalf_of, text.subject) == (SAID[0], "X", SUBJECT)


def test_its_lines_are_counted_as_they_are_printed() -> None:
    for count in range(2, 40):
        body = make_text().paragraphs[0]
        text = make_text(
            paragraphs=(body,) * (1 + count // 4),
            closing=SAID[0] * (count % 4),
            on_behalf_of="Y" * 60,
            sender_phone="0",
        )
        assert abs(count_pages(text) - count_letter_pages(text)) <= 1
    assert "on behalf of" in read_text(render_letter_pdf(make_text(on_behalf_of="Leeds Quakers")))


def test_a_draft_on_another_device_has_none_of_it(client: Client, db: None) -> None:
    make_constituency()
    make_campaign()
    come_to_words(client)
    sent = go(client, "write-words", words(client, own_words="I have thought about this for many years.") | OFFICE)
    assert sent.status_code == 302
    assert "900 982" not in str(vars(go(client, "write-details").context["journey"].draft))
