"""Not too often: limits that a hall full of people does not meet, and that lose nothing somebody typed (letters/forms/honeypot.py)."""

from __future__ import annotations

import datetime as dt
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from campaign.core import rate_counters
from campaign.settings import LIMIT_LETTERS_PER_IP, SECONDS_TO_WRITE
from letters.forms import honeypot
from letters.models import Letter, Notice, Status
from letters.privacy.tokens import make_confirm_token
from letters.views import throttling
from letters.views.throttling import Action, Scope, check_rate_limit, make_key
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter
from tests.letters.views.test_journey import DETAILS, POSTCODE, come_to_details, go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]
SEND = DETAILS | {"consent": "on"}


@pytest.fixture
def ready(client: Client) -> Client:
    make_constituency()
    make_campaign()
    come_to_details(client)
    return client


def ask(address: str = "192.0.2.1", **given: str) -> Scope | str | None:
    """Ask for a letter to be sent, which owes a mail if it says for whom; what it was refused by, or "admitted"."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    refusal = check_rate_limit(Action.MAIL if given else Action.ASK, request, **given)
    return refusal.by if refusal else "admitted"


def say_page(page: Any) -> str:
    """The page's text, checked for what each refusal has to have."""
    text: str = page.content.decode()
    assert "Please try again a little later" in text
    assert 0 < int(page["Retry-After"]) <= 24 * 60 * 60
    assert "no-store" in page["Cache-Control"]
    return text


def test_a_hall_of_sixty_people_behind_one_address_is_let_through() -> None:
    assert rate_counters.read_rate(LIMIT_LETTERS_PER_IP).amount >= 60  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("setting", "by", "given"),
    [
        ("LIMIT_LETTERS_PER_IP", Scope.IP, {}),
        ("LIMIT_LETTERS_PER_EMAIL", Scope.EMAIL, {"email": "jane@supporter.example"}),
        ("LIMIT_LETTERS_PER_POSTCODE", Scope.POSTCODE, {"postcode": "SW1A 1AA"}),
        ("LIMIT_LETTERS_PER_CAMPAIGN", Scope.CAMPAIGN, {"campaign": "peace"}),
    ],
)
def test_each_limit_counts_its_own_and_nothing_else(
    settings: Any, setting: str, by: Scope, given: dict[str, str]
) -> None:
    setattr(settings, setting, "2/hour")
    assert [ask(**given) for _ in range(3)] == ["admitted", "admitted", by]
    other = dict.fromkeys(given, "another") or {"address": "192.0.2.2"}
    assert ask(**other) == "admitted"


def test_the_same_address_and_postcode_count_however_they_are_written(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL = settings.LIMIT_LETTERS_PER_POSTCODE = "1/hour"
    assert ask(email="Jane@Supporter.example") == "admitted"
    assert ask(email=" jane@supporter.example ") == Scope.EMAIL
    assert ask(postcode="sw1a1aa") == "admitted"
    assert ask(postcode="SW1A 1AA") == Scope.POSTCODE


def test_what_one_limit_refuses_is_not_counted_by_the_others(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL, settings.LIMIT_LETTERS_PER_CAMPAIGN = "3/hour", "1/hour"
    given = {"email": "jane@supporter.example", "campaign": "peace"}
    assert [ask(**given) for _ in range(5)] == ["admitted", *[Scope.CAMPAIGN] * 4]
    rate = rate_counters.read_rate("3/hour")
    assert rate is not None
    assert rate_counters.remaining(rate, make_key(Action.MAIL, Scope.EMAIL, given["email"])) == 2


def test_a_mailbox_is_one_under_all_its_tags_and_dots(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL = "8/day"
    tags = [f"bombed+{number}@gmail.com" for number in range(5)]
    dots = ["b.ombed@gmail.com", "bo.mbed@googlemail.com", "BOMBED@Gmail.com", "b.o.m.b.e.d+x@gmail.com"]
    assert [ask(email=address) for address in tags + dots] == [*["admitted"] * 8, Scope.EMAIL]
    assert ask(email="bomber@gmail.com") == "admitted"


def test_the_networks_that_one_person_can_rent_together_count_too(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_IP = "5/hour"
    household = [ask("2001:db8:1:1::1") for _ in range(6)]
    assert household == [*["admitted"] * 5, Scope.IP]
    others = [ask(f"2001:db8:1:{number:x}::1") for number in range(2, 26)]
    assert others == [*["admitted"] * 15, *[Scope.IP] * 9], "four times as much for the whole /48"
    assert ask("2001:db8:2:1::1") == "admitted"


def test_only_the_address_that_our_own_proxy_wrote_counts(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_IP = "1/hour"
    make = RequestFactory().post

    def ask_from(forwarded: str) -> bool:
        return check_rate_limit(Action.ASK, make("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")) is None

    assert ask_from("203.0.113.1")
    assert not ask_from("203.0.113.2"), "without a proxy of ours the header is anybody's invention"
    settings.PROXY_COUNT = 1
    assert ask_from("198.51.100.1, 203.0.113.3")
    assert not ask_from("198.51.100.2, 203.0.113.3"), "who invents another left end is counted as before"
    assert ask_from("203.0.113.3, 198.51.100.9")


def test_counts_are_keyed_hashes_that_end_with_their_window(settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = url = redis_url.rpartition("/")[0] + "/10"
    store = redis.Redis.from_url(url, decode_responses=True)
    store.flushdb()
    settings.LIMIT_LETTERS_PER_IP = settings.LIMIT_LETTERS_PER_EMAIL = "5/hour"
    assert ask("192.0.2.77") == ask("192.0.2.77", email="jane@supporter.example") == "admitted"
    keys: Any = store.keys()
    assert len(keys) == 2
    for key in keys:
        assert 0 < int(store.ttl(key)) <= 3700  # type: ignore[arg-type]
        whole = key + str(store.lrange(key, 0, -1))
        assert "192.0.2" not in whole
        assert "supporter" not in whole
    before = make_key(Action.ASK, Scope.IP, "192.0.2.77")
    settings.SECRET_KEY = "another" * 10
    assert make_key(Action.ASK, Scope.IP, "192.0.2.77") != before


def test_without_redis_each_process_counts_for_itself(settings: Any) -> None:
    settings.REDIS_URL, settings.LIMIT_LETTERS_PER_IP = "redis://127.0.0.1:1/0", "2/hour"
    assert [ask() for _ in range(3)] == ["admitted", "admitted", Scope.IP]


def test_when_nothing_can_be_counted_sending_stops_and_reading_goes_on(
    ready: Client, settings: Any, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LIMIT_LETTERS_PER_IP = settings.LIMIT_LOOKUPS_PER_IP = settings.LIMIT_PDFS_PER_IP = "9/hour"

    def fail(*_args: object) -> int:
        raise MemoryError("jane@supporter.example")

    monkeypatch.setattr(throttling, "take_each", fail)
    with caplog.at_level(logging.ERROR):
        page = go(ready, "write-send", SEND)
    assert page.status_code == 503
    say_page(page)
    assert not Letter.objects.exists()
    assert [record.getMessage() for record in caplog.records if record.name == "letters.views.throttling"] == [
        "ask cannot be counted: MemoryError"
    ]
    assert go(ready, "write-check", DETAILS).status_code == 200
    assert go(ready, "write-mp", {"postcode": POSTCODE}).status_code == 302


def test_a_letter_too_many_says_when_and_comes_back_whole(ready: Client, settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL = "1/hour"
    assert go(ready, "write-send", SEND | {"name": "Jane “J” Doe & Son"}).status_code == 302
    page = go(ready, "write-send", SEND | {"name": "Jane “J” Roe & Son"})
    assert page.status_code == 429
    text = say_page(page)
    assert 'name="name" value="Jane “J” Roe &amp; Son"' in text
    for name, value in SEND.items():
        assert f'name="{name}"' in text
        assert value in text or name == "name"
    assert text.count("csrfmiddlewaretoken") == 1
    assert Letter.objects.get().sender_name == "Jane “J” Doe & Son"
    assert f'formaction="{reverse("write-check", args=["peace"])}"' in text
    assert go(ready, "write-check", SEND).status_code == 200  # “Back to my letter” works
    rate_counters.MEMORY.storage.reset()  # the hour is over
    assert go(ready, "write-send", dict(page.context["typed"])).status_code == 302
    assert Letter.objects.get().sender_name == "Jane “J” Roe & Son"


def test_the_message_again_and_to_another_address_count_too(ready: Client, settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL, settings.LIMIT_LETTERS_PER_IP = "2/hour", "5/hour"
    go(ready, "write-send", SEND)
    settle()
    assert go(ready, "write-resend", {}).status_code == 302
    settle()
    assert go(ready, "write-resend", {}).status_code == 429
    assert Notice.objects.get().due_at is None, "it is not owed"
    assert Letter.objects.get().confirm_repeats == 1
    assert go(ready, "write-address", {"email": "other@supporter.example"}).status_code == 302
    go(ready, "write-resend", {})
    page = go(ready, "write-address", {"email": "third@supporter.example"})
    assert page.status_code == 429
    assert 'value="third@supporter.example"' in say_page(page)
    assert Letter.objects.get().sender_email == "other@supporter.example"


def settle() -> None:
    """As if the confirmation had been sent a while ago."""
    Notice.objects.update(due_at=None, sent_at=timezone.now() - dt.timedelta(minutes=2))


def test_what_makes_no_mail_is_not_counted_against_the_mailbox(ready: Client, settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL, settings.LIMIT_LETTERS_PER_POSTCODE = "2/day", "2/day"
    settings.LIMIT_LETTERS_PER_CAMPAIGN = "2/hour"
    for _ in range(8):
        assert go(ready, "write-send", SEND).status_code == 302
        assert go(ready, "write-resend", {}).status_code == 302
    assert Notice.objects.count() == 1
    owner = Client(REMOTE_ADDR="192.0.2.2")
    come_to_details(owner)
    assert go(owner, "write-send", SEND).status_code == 302
    assert Letter.objects.count() == 2
    come_to_details(owner, "Another letter that I have thought about.")
    assert go(owner, "write-send", SEND | {"name": "J. Doe"}).status_code == 429, "a third mail"


@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_count_as_the_one_mail_that_goes(
    ready: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL = "1/day"
    monkeypatch.setattr(throttling, "BULKHEAD", SimpleNamespace(enter=lambda _visitor: nullcontext()))

    def press(_number: int) -> int:
        tab = Client()
        tab.cookies = ready.cookies
        try:
            return int(go(tab, "write-send", SEND).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as presses:
        assert list(presses.map(press, range(6))) == [302] * 6
    assert Notice.objects.count() == 1


def test_a_letter_that_is_refused_leaves_the_one_before_as_it_was(ready: Client, settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL = "1/day"
    go(ready, "write-send", SEND)
    [before] = Letter.objects.values("id", "status", "created_at")
    assert go(ready, "write-send", SEND | {"name": "Jane Roe"}).status_code == 429
    assert list(Letter.objects.values("id", "status", "created_at")) == [before]
    assert Notice.objects.get().letter_id == before["id"]


def test_one_stranger_leaves_some_of_a_mailbox_to_its_owner(settings: Any) -> None:
    settings.LIMIT_LETTERS_PER_EMAIL, settings.LIMIT_LETTERS_PER_IP_AND_EMAIL = "8/day", "6/day"
    networks = [f"2001:db8:1:{number}::1" for number in range(9)]  # all theirs
    asked = [ask(network, email=f"jane+{at}@supporter.example") for at, network in enumerate(networks)]
    assert asked == [*["admitted"] * 6, *[Scope.PAIR] * 3]
    assert ask("192.0.2.9", email="jane@supporter.example") == "admitted"
    assert ask(networks[0], email="other@supporter.example") == "admitted"


@pytest.mark.parametrize(
    ("setting", "step", "data"),
    [
        ("LIMIT_LOOKUPS_PER_IP", "write-mp", {"postcode": POSTCODE}),
        ("LIMIT_PDFS_PER_IP", "write-check", DETAILS),
        ("LIMIT_PDFS_PER_IP", "write-download", DETAILS),
    ],
)
def test_looking_up_and_printing_have_limits_and_another_way_on(
    ready: Client, settings: Any, setting: str, step: str, data: dict[str, str]
) -> None:
    setattr(settings, setting, "1/hour")
    go(ready, step, data)
    page = go(ready, step, data)
    assert page.status_code == 429
    text = say_page(page)
    assert f'value="{data["postcode"]}"' in text
    assert reverse("write-constituencies" if step == "write-mp" else "write-text", args=["peace"]) in text


def test_drafts_begun_from_one_address_have_a_limit_and_those_begun_go_on(ready: Client, settings: Any) -> None:
    settings.LIMIT_DRAFTS_PER_IP = "2/hour"
    before = Session.objects.count()
    others = [Client() for _ in range(4)]
    pages = [go(other, "write-mp", {"gss": GSS}) for other in others]
    assert [page.status_code for page in pages] == [302, 302, 429, 429]
    assert f'value="{GSS}"' in say_page(pages[3])
    assert say_page(go(Client(), "write-words"))
    assert Session.objects.count() == before + 2
    assert go(others[0], "write-arguments", {"arguments": "argument-1"}).status_code == 302
    assert go(ready, "write-send", SEND).status_code == 302
    assert go(Client(), "write-mp").status_code == 200, "a look makes no session"
    assert go(Client(REMOTE_ADDR="192.0.2.2"), "write-mp", {"gss": GSS}).status_code == 302


def test_confirming_and_ones_own_pdf_have_limits_that_lose_nothing(client: Client, settings: Any) -> None:
    settings.LIMIT_CONFIRMS_PER_IP = settings.LIMIT_PDFS_PER_IP = "1/hour"
    make_constituency()
    letters = [make_letter(queued=False) for _ in range(2)]
    answers = [client.post(reverse("confirm", args=[make_confirm_token(letter)])) for letter in letters]
    assert [answer.status_code for answer in answers] == [302, 429]
    say_page(answers[1])
    assert [Letter.objects.get(pk=letter.pk).status for letter in letters] == [Status.QUEUED, Status.UNCONFIRMED]
    pdf = answers[0]["Location"] + "letter.pdf"
    assert client.get(pdf).status_code == 200
    assert "Try again" in say_page(client.get(pdf))


def test_lost_links_have_limits_that_tell_nobody_who_has_written(client: Client, settings: Any) -> None:
    settings.LIMIT_LINKS_PER_IP_AND_EMAIL = "1/hour"
    known = make_letter().sender_email
    for address in (known, "unknown@supporter.example"):
        statuses = [client.post(reverse("lost-link"), {"email": address}).status_code for _ in range(2)]
        assert statuses == [302, 429]


# --- Programs that fill in forms -----------------------------------------------------------------------------


@pytest.fixture
def timed(ready: Client, settings: Any) -> Client:
    settings.SECONDS_TO_WRITE = 3
    assert SECONDS_TO_WRITE == 3
    return ready


def shift(monkeypatch: Any, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr("letters.forms.honeypot.time.time", lambda: now + seconds)


def read_stamp(page: Any) -> str:
    return str(page.content.decode().partition('name="started" value="')[2].partition('"')[0])


def test_a_person_needs_longer_than_a_program_and_is_not_asked(timed: Client, monkeypatch: Any) -> None:
    shift(monkeypatch, -10)  # the details page was shown ten seconds ago
    stamp = str(go(timed, "write-details").context["form"]["started"].value())
    monkeypatch.undo()
    assert read_stamp(go(timed, "write-check", DETAILS | {"started": stamp})) == stamp
    assert go(timed, "write-send", SEND | {"started": stamp}).status_code == 302
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("stamp", ["fresh", "", "forged:1u5mY9:x", "shown"])
def test_too_quick_a_hand_is_asked_once_more_and_loses_nothing(timed: Client, monkeypatch: Any, stamp: str) -> None:
    page = go(timed, "write-send", SEND | {"started": honeypot.make_stamp() if stamp == "fresh" else stamp})
    assert [str(message) for message in get_messages(page.wsgi_request)] == [str(honeypot.TOO_QUICK)]
    assert not Letter.objects.exists()
    text = page.content.decode()
    assert 'value="jane@supporter.example"' in text
    assert "checked" in text.partition('name="consent"')[2].partition(">")[0]
    shift(monkeypatch, 4)
    assert go(timed, "write-send", SEND | {"started": read_stamp(page)}).status_code == 302
    assert Letter.objects.count() == 1


def test_a_stamp_never_gets_too_old(timed: Client, monkeypatch: Any) -> None:
    stamp = honeypot.make_stamp()
    shift(monkeypatch, 400 * 24 * 60 * 60)
    assert go(timed, "write-send", SEND | {"started": stamp}).status_code == 302


def test_a_filled_trap_is_emptied_and_asked_about(ready: Client) -> None:
    page = go(ready, "write-send", SEND | {"website": "https://pills.example"})
    assert [str(message) for message in get_messages(page.wsgi_request)] == [str(honeypot.FILLED)]
    assert not Letter.objects.exists()
    text = page.content.decode()
    assert "pills" not in text
    assert text.count('name="website"') == 1
    assert go(ready, "write-send", SEND | {"website": ""}).status_code == 302
    assert Letter.objects.count() == 1


def test_the_trap_is_on_the_page_and_the_stylesheet_takes_it_off(ready: Client, settings: Any) -> None:
    text = go(ready, "write-check", DETAILS).content.decode()
    assert '<p class="left-empty">' in text
    assert 'autocomplete="off"' in text.partition('<p class="left-empty">')[2].partition("</p>")[0]
    css = (settings.BASE_DIR / "static" / "parley.css").read_text()
    assert ".left-empty {\n  display: none;\n}" in css
