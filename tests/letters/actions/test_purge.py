"""Personal data are kept for as long as they serve, and then nothing finds them any more (erase.py, letters/management/commands/purge_personal_data.py, letters/tasks.py)."""

from __future__ import annotations

import base64
import datetime as dt
import os
import quopri
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Campaign
from letters.actions.erase import erase_letter, erase_text, scrub_letter
from letters.actions.purge import purge_data
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Letter, NewsConsent, Notice, Status, queue_confirmation
from letters.privacy.tokens import make_confirm_token, make_token
from letters.tasks import tidy, wake_worker
from letters.writing.draft import Draft
from letters.writing.session import save_draft
from tests.letters.factories import make_constituency, make_letter, write_paragraph
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def age(letter: Letter, days: float, status: Status | None = None, **changes: Any) -> Letter:
    """Make all that happened to the letter so many days older."""
    then = timezone.now() - days * DAY
    dates: dict[str, Any] = {"created_at": then}
    if letter.confirmed_at:
        dates["confirmed_at"] = then
    if status in (Status.SENT, Status.BOUNCED):
        dates["sent_at"] = then
    Letter.objects.filter(pk=letter.pk).update(**dates | ({"status": status} if status else {}) | changes)
    letter.events.update(at=then)
    letter.refresh_from_db()
    return letter


def left(letter: Letter) -> str:
    """What is left: all, identity, nothing, or not even the row."""
    found = Letter.objects.filter(pk=letter.pk).first()
    if found is None:
        return "gone"
    if found.text_erased_at is None:
        return "all"
    assert (found.sender_address, found.sender_postcode, found.ask_text, found.pdf_sha256) == ("", "", "", "")
    assert set(found.paragraphs.values_list("text", flat=True)) == {""}
    return "identity" if found.sender_email else "nothing"


@pytest.mark.parametrize(
    ("status", "days", "kept"),
    [
        (Status.UNCONFIRMED, 6.9, "all"),
        (Status.UNCONFIRMED, 7.1, "gone"),
        (Status.SENT, 27.9, "all"),
        (Status.SENT, 28.1, "identity"),
        (Status.SENT, 183, "nothing"),
        (Status.BOUNCED, 28.1, "identity"),
        (Status.FAILED, 27.9, "all"),
        (Status.FAILED, 28.1, "identity"),
        (Status.UNKNOWN, 28.1, "identity"),
        (Status.UNKNOWN, 183, "nothing"),
        (Status.WITHDRAWN, 6.9, "all"),
        (Status.WITHDRAWN, 7.1, "nothing"),
        (Status.QUEUED, 27.9, "all"),
    ],
)
def test_each_letter_is_kept_for_as_long_as_it_may_be(status: Status, days: float, kept: str) -> None:
    letter = age(make_letter(queued=status != Status.UNCONFIRMED), days, status)
    before = Letter.objects.values("constituency_gss", "status", "reference").get()
    purge_data(dry_run=True)
    assert left(letter) == "all"
    purge_data()
    assert left(letter) == kept
    if kept != "gone":
        assert Letter.objects.values("constituency_gss", "status", "reference").get() == before
        assert "argument-1" in letter.paragraphs.values_list("argument_key", flat=True)
    assert not any(purge_data().values())


@pytest.mark.parametrize("status", [Status.QUEUED, Status.HELD])
def test_a_letter_that_waits_too_long_is_given_up_and_its_supporter_told_while_there_is_a_text(status: Status) -> None:
    letter = age(make_letter(), 29, status)
    assert purge_data()["letters not sent in time, given up"] == 1
    letter.refresh_from_db()
    assert (letter.status, left(letter)) == (Status.FAILED, "all")
    assert Notice.objects.get().kind == Notice.Kind.RETURNED
    age(letter, 29)
    purge_data()
    assert left(letter) == "identity"


def test_a_letter_that_an_organiser_has_just_put_back_into_the_queue_is_not_given_up(admin_user: Any) -> None:
    letter = age(make_letter(), 29, Status.FAILED, next_attempt_at=None)
    assert letter.transition_to(Status.QUEUED, actor=admin_user, next_attempt_at=timezone.now())
    assert not any(purge_data().values())


@pytest.mark.parametrize(
    ("campaign", "closed_days", "withdrawn", "kept"),
    [
        ({}, None, False, "identity"),
        ({}, None, True, "nothing"),
        ({"mode": "closed"}, 181, False, "identity"),
        ({"mode": "closed"}, 183, False, "nothing"),
        ({"ends_on": dt.date(2020, 1, 1)}, None, False, "nothing"),
    ],
)
def test_who_wants_news_stays_as_long_as_the_campaign(
    campaign: dict[str, Any], closed_days: int | None, withdrawn: bool, kept: str
) -> None:
    letter = age(make_letter(), 400, Status.SENT)
    closed_at = None if closed_days is None else timezone.now() - closed_days * DAY
    Campaign.objects.update(closed_at=closed_at, **campaign)
    gone_at = timezone.now() if withdrawn else None
    NewsConsent.objects.create(letter=letter, version="1", text_sha256="x", withdrawn_at=gone_at)
    purge_data()
    assert left(letter) == kept
    assert NewsConsent.objects.exists() == (kept == "identity")


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.SENDING])
def test_a_letter_that_is_being_sent_is_left_alone(status: Status) -> None:
    lease = {"lease_token": "0" * 32, "lease_until": timezone.now() + DAY}
    letter = age(make_letter(), 500, status, **lease)
    assert not any(purge_data().values())
    assert not erase_text(letter)
    assert not scrub_letter(letter)
    assert left(letter) == "all"


def test_a_letter_that_moved_since_it_was_looked_at_is_left_alone() -> None:
    letter = age(make_letter(), 30, Status.FAILED, next_attempt_at=None)
    seen = Letter.objects.get(pk=letter.pk)
    assert letter.transition_to(Status.QUEUED, next_attempt_at=timezone.now())
    assert not erase_text(seen)
    assert not scrub_letter(seen)
    assert left(letter) == "all"


def test_no_letter_without_text_can_come_into_the_queue() -> None:
    letter = age(make_letter(), 30, Status.FAILED)
    assert erase_text(letter)
    with pytest.raises(IntegrityError, match="letter_on_its_way_has_its_text"), transaction.atomic():
        letter.transition_to(Status.QUEUED, next_attempt_at=timezone.now())


def test_notes_lose_what_they_tell_of_the_supporter() -> None:
    letter = make_letter(sender_email="jane@supporter.example")
    letter.events.create(type="note", note="Jane Doe of 1 Test Street asked; mail jane@supporter.example")
    Letter.objects.update(last_answer="550 no mail for jane@supporter.example (Doe)", status=Status.FAILED)
    letter.refresh_from_db()
    assert erase_letter(letter)
    assert [event.note for event in letter.events.filter(type="note")] == ["… of … asked; mail …"]
    letter.refresh_from_db()
    assert letter.last_answer == "550 no mail for … (…)"


def test_the_command_counts_first_and_deletes_then(capsys: Any) -> None:
    age(make_letter(queued=False), 8)
    call_command("purge_personal_data", "--dry-run")
    said = capsys.readouterr().out
    assert "nothing was deleted" in said
    assert "1  letters that nobody confirmed" in said
    assert Letter.objects.count() == 1
    call_command("purge_personal_data")
    assert Letter.objects.count() == 0
    call_command("purge_personal_data")
    assert "0  letters that nobody confirmed" in capsys.readouterr().out.split("Deleted:")[-1]


SECRETS: dict[str, Any] = {
    "sender_name": "Zébulon Quxworth-Ŵynn",
    "sender_address": "77 Xylophone Passage\nGrünstadt-on-Sea",
    "sender_postcode": "ZE3 9XX",
    "sender_email": "quxworth.z7731@supporter.example",
    "sender_phone": "0770 0900982735",
    "on_behalf_of": "Brüggelström Weavers",
}
OWN_WORDS = "My grandmother Fjördliesel danced the mazurka in 1947."


def list_needles() -> list[bytes]:
    """The seeded words as they may stand in a file: in UTF-8, base64 at each offset, quoted-printable, JSON."""
    words = ["Quxworth", "Zébulon", "Xylophone", "Grünstadt", "quxworth.z7731", "ZE3 9XX", "Fjördliesel", "mazurka"]
    words += ["0900982735", "Brüggelström"]
    needles = []
    for word in words:
        raw = word.encode()
        needles += [raw, quopri.encodestring(raw), word.encode("unicode_escape")]
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + raw)
            needles.append(coded[4 if offset else 0 : len(coded) - 4])
    return needles


def read_apart(path: str | Path) -> bytes:
    """Return the file's bytes, empty if there is none, read by another process.

    Whoever closes a file loses all locks that his process holds on it. SQLite in this process would then not notice
    that another one, the worker of a later test, clears the log of writes away that it goes on writing to. Source:
    https://www.sqlite.org/howtocorrupt.html, 2.2.
    """
    return subprocess.run(["cat", path], capture_output=True, check=Path(path).exists()).stdout


def search_everything(folder: Path, log: str) -> list[str]:
    """Return where a seeded word is found: database, queue and data directory, Redis, logs."""
    piles = {"log": log.encode()}
    if connection.vendor == "postgresql":
        place = connection.settings_dict
        url = f"postgres://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
        piles["dump"] = subprocess.run(["pg_dump", "--inserts", url], capture_output=True, check=True).stdout
        assert b"letters_letter" in piles["dump"]
    else:
        name = str(connection.settings_dict["NAME"])
        for path in (name, f"{name}-wal"):
            piles[path] = read_apart(path)
        assert b"letters_letter" in piles[name] + piles[f"{name}-wal"]  # until a checkpoint it is in the log only
    for file in [*Path(settings.DATA_DIR).rglob("*"), *folder.rglob("*")]:
        if file.is_file():
            piles[str(file)] = read_apart(file)
    if settings.REDIS_URL:
        import redis

        with redis.Redis.from_url(settings.REDIS_URL) as client:
            for key in client.scan_iter():
                piles[f"redis {key!r}"] = key + (client.dump(key) or b"")
    return [f"{needle!r} in {name}" for name, pile in piles.items() for needle in list_needles() if needle in pile]


@pytest.mark.django_db(transaction=True)
def test_after_a_purge_a_search_for_bytes_finds_nobody(
    client: Client, scripted: ScriptedServer, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    make_constituency()
    letters = [make_letter(queued=False, **SECRETS) for _ in range(4)]
    for letter in letters:
        write_paragraph(letter, OWN_WORDS)
        queue_confirmation(letter)
    session = client.session
    save_draft(session, "peace", Draft(own_words=OWN_WORDS))
    session.save()
    scripted.script += ["rcpt 550 quxworth.z7731@supporter.example (Quxworth) is unknown"]
    send_notices()
    for letter in letters[1:]:
        client.post(reverse("confirm", args=[make_confirm_token(letter)]))
    scripted.script += ["end 550 5.7.1 ZE3 9XX Grünstadt 0770 0900982735: refused for quxworth.z7731@supporter.example"]
    drain_queue()
    wake_worker()
    send_notices()
    client.get(reverse("letter", args=[make_token(letters[1].id, "letter")]))
    (tmp_path / "mailbox" / "new").mkdir(parents=True)
    mail = tmp_path / "mailbox" / "new" / "1.M1.mail"
    mail.write_text(f"{SECRETS['sender_name']}\n{OWN_WORDS}")
    os.utime(mail, (0, 0))
    assert search_everything(tmp_path, "")  # the search finds what is there: the mail, at least
    for letter in letters:
        letter.refresh_from_db()
        age(letter, 200)
    Letter.objects.filter(sent_at__isnull=False).update(sent_at=timezone.now() - 200 * DAY)
    Session.objects.update(expire_date=timezone.now() - DAY)
    tidy()
    tidy()
    assert Letter.objects.filter(scrubbed_at=None).count() == 0
    assert Letter.objects.count() == 3
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert search_everything(tmp_path, said) == []
