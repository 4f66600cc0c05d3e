"""Whatever is sent to a form: an answer, no error of ours, no header and no recipient that was not meant.

A few hundred inputs in `make test`; `make fuzz` takes 10,000 for each, new ones every time.
"""

from __future__ import annotations

import email
import email.policy
import os
from contextlib import suppress
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from campaign.content.pack import PackRefusedError
from campaign.content.parsing import parse_bytes
from campaign.parliament.models import Constituency
from campaign.settings import BASE_DIR
from campaign.staff.access import SINCE
from campaign.staff.models import TOTPDevice
from letters.forms.journey import AddressForm, DetailsForm, SendForm
from letters.mail.messages import build_notice_mail
from letters.models import Letter, Notice, Status
from letters.privacy.tokens import make_token
from letters.writing.session import load_draft
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.views.test_journey import DETAILS, come_to_details
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
# A page takes some milliseconds, a letter's page count thirty: in `make test` 15 of each form, 350 in all, have to do.
FEWER = hypothesis_settings(max_examples=10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 15)

NASTY = st.sampled_from(
    [
        "\r\nBcc: all@parliament.example", "\n.\r\nMAIL FROM:<x@evil.example>", "<script>alert(1)</script>", "{{ 7*7 }}",
        "{% debug %}", "'; DROP TABLE letters_letter; --", "=HYPERLINK(\"http://evil.example\")", "\x00", "\u202e", "\ud800",
        "\ufeff", "%00", "../../etc/passwd", "=?utf-8?q?x?=", "a@b@c", "٣", "𝟙", "ı", "ß" * 50, "x" * 5000, "e\u0301" * 200,
        "[] ", "-1", "9" * 400, "on", "up:~own", "add:", ":", "next", "E14001172", "argument-1",
        "release", "refuse", "csv", "xlsx", "paused", "peace", "older_9e99_x", "jane@supporter.example", "123456",
    ]
)  # fmt: skip
TYPED = st.one_of(st.text(max_size=80), NASTY, st.tuples(st.text(max_size=20), NASTY).map("".join))
GIVEN = (*DETAILS, "reply_by", "phone", "own_case", "on_behalf_of")
FIELDS = {
    "write-mp": ("postcode", "gss"), "write-constituencies": ("gss", "q", "initial"), "write-arguments": ("arguments", "order"),
    "write-words": ("opening", "own_words", "order", "ask", "action", "text-argument-1", "length-argument-1", "version", "gss", "page", "turn"),
    "write-details": GIVEN, "write-check": (*GIVEN, "started"), "write-text": GIVEN,
    "write-send": (*GIVEN, "consent", "website", "started"), "write-address": ("email",), "lost-link": ("email",),
    "confirm-correct": GIVEN, "letter-correct": GIVEN, "letter-act": ("action",),
    "admin:login": ("username", "password", "next"), "admin:code": ("code", "next"), "admin:again": ("password", "code", "next"),
    "admin:letters_letter_changelist": ("q", "p", "status__exact", "party", "written", "constituency_gss__exact", "action"),
    "admin:letters_letter_find": ("sought",), "admin:letters_letter_export_personal": ("kind", "reason"),
    "admin:letters_letter_review": ("decision", "release-reason", "refuse-reason"),
    "admin:content_campaign_load_pack": ("text", "read", "seen", "slug"), "admin:content_campaign_mode": ("mode", "pause_message"),
    **dict.fromkeys(("admin:content_campaign_new", "admin:content_campaign_new_preview"), ("title", "tagline", "slug", "action", "go")),
    "admin:content_campaign_copy": ("title", "slug"), "admin:content_argument_add": ("theme", "key", "title", "claim", "as_of"),
}  # fmt: skip


def encode(data: dict[str, str]) -> dict[str, str]:
    """What a browser can send: no half of a pair (Python's client could not encode it)."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in data.items()}


@pytest.fixture
def ready(client: Client) -> Client:
    make_constituency()
    make_campaign()
    come_to_details(client)
    return client


def prepare(step: str, client: Client) -> str:
    """Bring things to where the form can be sent, as often as it is; return its path."""
    letter = Letter.objects.first() or make_letter(queued=False)
    if step.startswith("write-"):
        if step == "write-address":  # a draft's letter, whose address may be changed three times
            Letter.objects.update(draft_id=load_draft(client.session, "peace").id, confirm_generation=0)
        return reverse(step, args=["peace"])
    if step.startswith(("confirm-", "letter-")):
        if letter.scrubbed_at or letter.status != Status.UNCONFIRMED:
            letter.delete()
            letter = make_letter(queued=False)
        return reverse(step, args=[make_token(letter.pk, step.partition("-")[0])])
    if step.startswith("admin:") and step != "admin:login":
        organiser = User.objects.first() or User.objects.create_superuser("organiser", password="x")
        if SINCE not in client.session:
            otp_login(client, organiser)
        if step == "admin:code":  # the password was right, the code is asked for
            session = client.session
            session.pop(DEVICE_ID_SESSION_KEY, None)
            session.save()
        TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
        AccessAttempt.objects.all().delete()
    if step == "admin:letters_letter_review":
        if letter.status != Status.HELD:
            letter.delete()
            letter = make_letter()
            Letter.objects.update(status=Status.HELD)
        return reverse(step, args=[letter.pk])
    if step in ("admin:content_campaign_mode", "admin:content_campaign_copy"):
        return reverse(step, args=[letter.campaign_id])
    return reverse(step)


@pytest.mark.parametrize("step", FIELDS)
@FEWER
@given(data=st.data())
def test_no_form_breaks(ready: Client, step: str, data: st.DataObject) -> None:
    typed = encode(data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS[step], TYPED))))
    if data.draw(st.booleans()) and "name" in FIELDS[step]:
        typed = DETAILS | {"consent": "on"} | typed  # so that some go all the way
    path = prepare(step, ready)
    asked = step in ("write-constituencies", "admin:letters_letter_changelist") and data.draw(st.booleans())
    answer = ready.get(path, typed) if asked else ready.post(path, typed)
    assert answer.status_code < 500
    content = b"".join(answer) if answer.streaming else answer.content
    assert "<script>alert" not in content.decode(errors="replace")
    assert "\n" not in answer.get("Location", "")


@FEWER
@given(typed=st.fixed_dictionaries(dict.fromkeys(("name", "address_1", "town", "email"), TYPED)))
def test_details_that_are_taken_are_lines_and_one_address(typed: dict[str, str], ready: Client) -> None:
    constituency: Any = Constituency.objects.with_members().get()
    for form_class in (DetailsForm, SendForm):
        form = form_class(DETAILS | {"consent": "on"} | typed, constituency=constituency, member=constituency.member)
        if form.is_valid():
            sender = form.get_sender()
            parts = (sender.name, *sender.lines, sender.email)
            assert all(part.isprintable() or "\u200d" in part for part in parts), parts
            assert sender.email.count("@") == 1
            assert sender.email.isascii()


@FEWER
@given(
    mailbox=st.from_regex(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,30}", fullmatch=True),
    member=TYPED,
    name=TYPED,
)
def test_the_confirmation_goes_to_one_address_and_says_nothing_typed(mailbox: str, member: str, name: str) -> None:
    letter = Letter.objects.first() or make_letter(queued=False)
    typed = DETAILS | {"email": f"{mailbox}@supporter.example"}
    form = AddressForm(typed)
    if not form.is_valid():
        return
    letter.sender_email = form.cleaned_data["email"]
    letter.sender_name = name
    mail = build_notice_mail(letter, Notice.Kind.CONFIRM)
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert [a.addr_spec for a in message["To"].addresses] == [letter.sender_email] == [mail.recipient]
    assert message.keys().count("To") == 1
    assert not {"Bcc", "Cc"} & set(message.keys())
    if len(name.strip()) > 8:
        assert name.strip().encode("utf-8", "replace") not in mail.content


SAMPLE = (BASE_DIR / "tests" / "campaign" / "content" / "sample-pack.yaml").read_bytes()


@given(data=st.data())
def test_no_pack_breaks_the_loader(data: st.DataObject) -> None:
    """Random bytes, and a real pack with a piece of it taken out, doubled or replaced."""
    start = data.draw(st.integers(0, len(SAMPLE)))
    end = data.draw(st.integers(start, min(len(SAMPLE), start + 200)))
    piece = data.draw(
        st.one_of(st.binary(max_size=60), NASTY.map(lambda text: text.encode("utf-8", "replace")), st.just(SAMPLE[start:end] * 2),
                  st.sampled_from([b"!!python/object/apply:os.system ['x']", b"&a [*a,*a]", b"? {", b"<<: *x", b"- " * 50]))
    )  # fmt: skip
    pack = data.draw(st.sampled_from([SAMPLE[:start] + piece + SAMPLE[end:], piece]))
    with suppress(PackRefusedError):  # and nothing else
        parse_bytes(pack)
