"""What comes back: real-shaped reports, replies that are none, and hostile mail (fetch.py, parse.py, prose.py, letters/management/commands/fetch_bounces.py)."""

from __future__ import annotations

import io
import mailbox
import sys
import time
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from flufl.bounce import all_failures
from hypothesis import given
from hypothesis import strategies as st

from letters.actions.erase import erase_letter
from letters.bounces import apply
from letters.bounces.apply import NOTES, Outcome, take_bounce
from letters.bounces.fetch import InboxError, open_imap
from letters.bounces.parse import Kind, read_report
from letters.mail.addresses import make_envelope_sender, verify_envelope_sender
from letters.models import EventCode, EventType, Letter, Notice, Status
from tests.letters.bounce_samples import (
    DELAYS,
    EXCHANGE,
    EXCHANGE_GERMAN,
    EXIM,
    FAILURES,
    GERMAN_PROSE,
    GOOGLE,
    NOT_REPORTS,
    OUTLOOK_AWAY,
    PERSON,
    POSTFIX,
    POSTFIX_DELAYED,
    POSTFIX_EXPIRED,
    QMAIL,
    UNREADABLE_DAEMON,
    VACATION,
    WELSH_PROSE,
    fill,
    fill_for,
)
from tests.letters.factories import make_letter
from tests.letters.imap_stub import ImapStub

ALL = FAILURES | DELAYS | NOT_REPORTS | {"unreadable": UNREADABLE_DAEMON}


def make_sent(status: Status = Status.SENT, **fields: Any) -> Letter:
    letter = make_letter(**fields)
    Letter.objects.filter(pk=letter.pk).update(status=status, sent_at=timezone.now(), next_attempt_at=timezone.now())
    letter.refresh_from_db()
    return letter


def status_of(letter: Letter) -> str:
    return Letter.objects.get(pk=letter.pk).status


def notes(letter: Letter) -> list[str]:
    return [event.note for event in letter.events.all() if event.note]


# --- Belonging to a letter ---


def test_a_bounce_address_names_its_letter_also_after_an_alias_has_rewritten_it() -> None:
    letter = Letter()
    address = make_envelope_sender(letter)
    _local, _plus, extension = address.partition("@")[0].partition("+")
    for known in (address, address.upper(), f"parley+{extension}@localhost", f"a+b+{extension}@elsewhere.example"):
        assert verify_envelope_sender(known) == letter.reference


@given(st.text() | st.text(alphabet="+-@abc34679é\0\udcff"))
def test_no_other_address_names_a_letter(address: str) -> None:
    assert verify_envelope_sender(address) is None


def test_a_signature_is_good_for_its_own_letter_only() -> None:
    one, other = (make_envelope_sender(Letter()) for _ in range(2))
    stem, signature = one.partition("+")[2][:8], other.partition("-")[2]
    assert verify_envelope_sender(f"letters+{stem}-{signature}") is None
    assert verify_envelope_sender(one.replace("@", "0@")) is None
    assert verify_envelope_sender(one.replace("-", "-0")) is None


# --- What a mail says ---


@pytest.mark.parametrize(("name", "words"), {
    "postfix": "550 5.1.1 <ann.example.mp@parliament.example>: Recipient address rejected: User unknown",
    "postfix, expired": "4.4.1 connect to mx.parliament.example[192.0.2.7]:25: Connection timed out",
    "exchange": "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "exim": "550 No such person at this address",
    "qmail": "5.1.1",
    "german prose": "554 5.2.2 Postfach voll: <ann.example.mp@parliament.example>",
}.items())  # fmt: skip
def test_a_failure_is_told_in_the_servers_words(name: str, words: str) -> None:
    report = read_report(fill(FAILURES[name], "a@b.example"))
    assert (report.kind, report.words) == (Kind.FAILED, words)


@pytest.mark.parametrize("name", FAILURES)
def test_failures_of_all_servers_and_languages_are_failures(name: str) -> None:
    assert read_report(fill(FAILURES[name], "a@b.example")).kind is Kind.FAILED


@pytest.mark.parametrize("name", DELAYS)
def test_delays_are_delays(name: str) -> None:
    assert read_report(fill(DELAYS[name], "a@b.example")).kind is Kind.DELAYED


@pytest.mark.parametrize("name", NOT_REPORTS)
def test_everything_else_is_neither(name: str) -> None:
    assert read_report(fill(NOT_REPORTS[name], "a@b.example")).kind in (Kind.AUTO_REPLY, Kind.OTHER)


@pytest.mark.parametrize(("old", "new", "kind"), [
    ("Action: failed", "Action: Failed (mailbox unknown)", Kind.FAILED),
    ("Action: failed", "Action: failed\nAction: delivered", Kind.DOUBTFUL),
    ("Action: failed", "Action: exploded", Kind.DOUBTFUL),
    ("Action: failed\n", "", Kind.DOUBTFUL),
    ("Action: failed", "Action: failed\nWill-Retry-Until: Sat, 7 Nov 2026 10:00:00 +0000", Kind.DELAYED),
    ("Status: 5.1.1", "Status: 2.0.0", Kind.DOUBTFUL),
    ("Status: 5.1.1\n", "", Kind.FAILED),  # its diagnostic says 550
    ("Status: 5.1.1", "Status: unknown", Kind.FAILED),
    ("Status: 5.1.1\nRemote-MTA: dns; mx.parliament.example\nDiagnostic-Code: smtp; 550 5.1.1", "X:", Kind.DOUBTFUL),
    ("message/delivery-status", "message/global-delivery-status", Kind.FAILED),
    ("multipart/report; report-type=delivery-status", "multipart/mixed", Kind.FAILED),  # a scanner rewrapped it
    ("multipart/report; report-type=delivery-status", "multipart/report", Kind.FAILED),
    ("message/delivery-status", "application/octet-stream", Kind.FAILED),  # the prose still says 550 5.1.1
    ("Final-Recipient:", "Final-Recipient: rfc822; b@c.example\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient:",
     Kind.DOUBTFUL),
])  # fmt: skip
def test_variations_of_a_postfix_report(old: str, new: str, kind: Kind) -> None:
    assert old in POSTFIX
    assert read_report(fill(POSTFIX.replace(old, new), "a@b.example")).kind is kind


def test_a_status_in_base64_is_read() -> None:
    status = (
        "UmVwb3J0aW5nLU1UQTogZG5zOyBhCgpGaW5hbC1SZWNpcGllbnQ6IHJmYzgyMjsgYkBjCkFjdGlvbjogZmFpbGVkClN0YXR1czogNS4yLjIK"
    )
    raw = (
        "From: postmaster@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        f"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{status}\n\n--b--\n"
    )
    assert read_report(raw.encode()) == read_report(raw.replace("\n", "\r\n").encode())
    assert (read_report(raw.encode()).kind, read_report(raw.encode()).words) == (Kind.FAILED, "5.2.2")


def test_a_failure_that_also_says_the_server_goes_on_trying_is_in_doubt() -> None:
    said = QMAIL.replace("I've given up", "Delivery attempts will continue")
    assert read_report(fill(said, "a@b.example")).kind is Kind.DOUBTFUL


def test_a_daemon_that_calls_its_report_bulk_mail_is_heard() -> None:
    assert read_report(fill(QMAIL.replace("Subject:", "Precedence: bulk\nSubject:"), "a@b.example")).kind is Kind.FAILED


def test_a_vacation_program_that_knows_only_precedence_is_an_automatic_reply() -> None:
    said = VACATION.replace("Return-Path: <>\n", "").replace("Auto-Submitted: auto-replied (vacation)\n", "")
    assert read_report(fill(said, "a@b.example")).kind is Kind.AUTO_REPLY


def test_prose_of_unknown_servers_counts_only_with_the_marks_of_a_machine() -> None:
    no_marks = GERMAN_PROSE.replace("Return-Path: <>\n", "").replace("Auto-Submitted: auto-generated\n", "")
    assert read_report(fill(no_marks, "a@b.example")).kind is Kind.DOUBTFUL
    assert read_report(fill(QMAIL.replace("MAILER-DAEMON", "joe"), "a@b.example")).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("subject", ["Re: failure notice", "FW: failure notice", "AW: failure notice"])
def test_a_postmaster_who_answers_a_report_is_a_person(subject: str) -> None:
    answered = QMAIL.replace("Return-Path: <>\n", "").replace("Subject: failure notice", f"Subject: {subject}")
    assert read_report(fill(answered, "a@b.example")).kind is Kind.DOUBTFUL


@pytest.mark.parametrize("value", ["no", "No", " no (a person wrote this)"])
def test_a_mail_that_says_a_person_sent_it_is_no_automatic_reply(value: str) -> None:
    said = PERSON.replace("Subject:", f"Auto-Submitted: {value}\nSubject:")
    assert read_report(fill(said, "a@b.example")).kind is Kind.OTHER


def read_corpus() -> dict[str, bytes]:
    """The reports that Mailman's people have collected; `tools/install --tests` fetches them."""
    files = sorted(Path(__file__).parents[3].joinpath(".venv/share/flufl.bounce/tests/data").glob("*.txt"))
    return {file.stem: file.read_bytes() for file in files}


def test_mailmans_own_corpus_is_read_as_mailman_reads_it() -> None:
    agreed: list[str] = []
    doubtful: list[str] = []
    taken: list[str] = []
    corpus = read_corpus()
    for name, raw in corpus.items():
        delayed, failed = all_failures(message_from_bytes(raw))
        as_mailman = Kind.FAILED if failed else Kind.DELAYED if delayed else None
        kind = read_report(raw).kind
        said = kind if kind in (Kind.FAILED, Kind.DELAYED) else None
        (agreed if said == as_mailman else doubtful if said is None else taken).append(name)
    assert (len(corpus), taken) == (117, [])
    assert len(agreed) >= 107, doubtful


# --- What becomes of the letter ---


@pytest.mark.django_db
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_bounces_its_letter_once_and_the_supporter_is_owed_a_mail(name: str) -> None:
    letter, other = make_sent(), make_sent()
    raw = fill_for(FAILURES[name], letter)
    assert [take_bounce(raw), take_bounce(raw)] == [Outcome.BOUNCED, Outcome.KNOWN]
    assert [status_of(letter), status_of(other)] == [Status.BOUNCED, Status.SENT]
    assert [event.type for event in letter.events.all()].count("bounced") == 1
    assert Notice.objects.filter(letter=letter, kind="returned").count() == 1
    [note] = [event.note for event in letter.events.filter(type="bounced")]
    assert 4 < len(note) <= 400


@pytest.mark.django_db
@pytest.mark.parametrize("name", DELAYS)
def test_a_delay_is_noted_once(name: str) -> None:
    letter = make_sent()
    raw = fill_for(DELAYS[name], letter)
    assert [take_bounce(raw), take_bounce(raw)] == [Outcome.NOTED, Outcome.KNOWN]
    assert status_of(letter) == Status.SENT
    assert [note.startswith(NOTES[EventCode.DELAYED]) for note in notes(letter)] == [True]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NOT_REPORTS)
def test_replies_and_receipts_change_nothing(name: str) -> None:
    letter = make_sent()
    assert take_bounce(fill_for(NOT_REPORTS[name], letter)) in (Outcome.AUTO_REPLY, Outcome.OTHER)
    assert status_of(letter) == Status.SENT
    assert notes(letter) == []


@pytest.mark.django_db
def test_a_report_that_cannot_be_read_is_noted_once_for_a_person() -> None:
    letter = make_sent()
    for _ in range(2):
        assert take_bounce(fill_for(UNREADABLE_DAEMON, letter)) is Outcome.DOUBTFUL
    assert status_of(letter) == Status.SENT
    assert notes(letter) == [NOTES[EventCode.UNCLEAR]]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.FAILED, Status.QUEUED, Status.HELD, Status.WITHDRAWN])
def test_a_failure_of_a_letter_that_is_not_sent_is_a_note(status: Status) -> None:
    letter = make_sent(status)
    raw = fill_for(POSTFIX, letter)
    assert [take_bounce(raw), take_bounce(raw)] == [Outcome.NOTED, Outcome.KNOWN]
    assert status_of(letter) == status
    assert [note.startswith(NOTES[EventCode.RETURNED]) and "550 5.1.1" in note for note in notes(letter)] == [True]


@pytest.mark.django_db
def test_a_report_that_is_faster_than_the_servers_answer_is_taken_later() -> None:
    letter = make_letter()
    lease = {"lease_token": "0" * 32, "lease_until": timezone.now()}
    Letter.objects.filter(pk=letter.pk).update(status=Status.SENDING, **lease)
    raw = fill_for(POSTFIX, letter)
    assert take_bounce(raw) is Outcome.EARLY
    assert notes(letter) == []
    Letter.objects.filter(pk=letter.pk).update(
        status=Status.SENT, sent_at=timezone.now(), lease_token=None, lease_until=None
    )
    assert take_bounce(raw) is Outcome.BOUNCED


@pytest.mark.django_db
def test_no_personal_data_and_no_address_in_notes_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    letter = make_sent(sender_email="jane@supporter.example")
    said = EXCHANGE_GERMAN.replace(
        "(SW1A1AA)", "1 Test Street, doe sw1a 1aa, ADDRESS, letters+abcdefgh-0123456789abcdef"
    )
    take_bounce(fill_for(said, letter))
    [note] = notes(letter)
    for secret in ("jane", "doe", "@", "test street", "sw1a", "abcdefgh", letter.envelope_sender.partition("+")[2]):
        assert secret not in note.lower()
        assert secret not in caplog.text.lower()
    assert note.startswith("550 5.7.1 Nachricht von …")
    assert letter.reference in caplog.text


@pytest.mark.django_db
def test_after_an_erasure_only_codes_are_kept() -> None:
    letter = make_sent()
    erase_letter(letter)
    assert take_bounce(fill_for(EXCHANGE_GERMAN, letter)) is Outcome.BOUNCED
    assert notes(letter) == ["550 5.7.1"]
    assert not letter.notices.exists()


# --- Hostile mail ---


@pytest.mark.django_db
def test_a_forged_or_missing_signature_changes_nothing() -> None:
    letter = make_sent()
    address = letter.envelope_sender
    stem = address.partition("+")[2][:8]
    for forged in (
        f"letters+{stem}-0123456789abcdef@parley.localhost",
        f"letters+{stem}@parley.localhost",
        "a@b.example",
    ):
        for sample in FAILURES.values():
            assert take_bounce(fill(sample, forged)) is Outcome.STRANGER
            # The genuine address in the returned letter or in the text is no proof.
            assert take_bounce(fill(sample, forged) + address.encode()) is Outcome.STRANGER
            assert (
                take_bounce(fill(sample, forged).replace(b"X-Postfix-Sender: ", b"X: " + address.encode()))
                is Outcome.STRANGER
            )
    assert status_of(letter) == Status.SENT
    assert notes(letter) == []


@pytest.mark.django_db
def test_a_genuine_signature_of_an_unknown_letter_changes_nothing() -> None:
    assert take_bounce(fill(POSTFIX, make_envelope_sender(Letter()))) is Outcome.STRANGER


@pytest.mark.django_db
def test_one_letters_address_cannot_bounce_another() -> None:
    mine, other = make_sent(), make_sent()
    both = fill_for(POSTFIX, mine).replace(b"To: ", f"To: {other.envelope_sender}, ".encode(), 1)
    assert take_bounce(both) is Outcome.STRANGER
    # The envelope, where it is known, is all that counts.
    assert take_bounce(fill_for(POSTFIX, other), recipient="letters@parley.localhost") is Outcome.STRANGER
    assert take_bounce(both, recipient=mine.envelope_sender) is Outcome.BOUNCED
    assert [status_of(mine), status_of(other)] == [Status.BOUNCED, Status.SENT]


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [
    b"",
    b"\0" * 1000,
    b"\xff\xfe" * 1000,
    b"Content-Type: multipart/report; boundary=\n\n--\n--\n----",
    b"Content-Type: multipart/mixed" + b';"' * 1_000_000 + b"\n\n",
    b"Content-Type: multipart/mixed; a" + b"*0*" * 400_000 + b"=x\n\n",
    b"From: " + b"(" * 1_000_000 + b"\nTo: " + b"+" * 1_000_000 + b"\n\n",
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\n\n" + b"\n" * 2_000_000,
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\n\n" + b"> " * 1_000_000,
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\nContent-Type: text/html\n\n" + b"<a" * 1_000_000,
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\nContent-Type: text/plain; charset=\xff\0\n\n550 5.1.1",
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\nContent-Transfer-Encoding: x-uuencode\n\nbegin 6 \n\xff\xff\n",
    b"A: b\n" * 1_000_000,
    b"From: MAILER-DAEMON@x\nReturn-Path: <>\nContent-Type: text/plain; charset=punycode\n\n" + b"9a" * 500_000,
    b"From: MAILER-DAEMON@x\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: "
    b"message/delivery-status; charset=punycode\n\nx\xff\n\n" + b"9a" * 500_000,
    b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)),
    b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\n" * 200_000,
    b"From: postmaster@x\nContent-Type: message/rfc822\n\n" * 20_000,
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: "
    b"message/delivery-status\n\n" + b"Action: failed\nStatus: 5.1.1\n\n" * 40_000,
])  # fmt: skip
def test_bombs_are_defused_quickly(raw: bytes) -> None:
    letter = make_sent()
    began = time.process_time()
    assert take_bounce(raw) is Outcome.STRANGER
    take_bounce(raw, recipient="letters+x@parley.localhost")
    assert time.process_time() - began < 5
    assert status_of(letter) == Status.SENT


@pytest.mark.django_db
def test_the_report_before_a_huge_letter_is_read() -> None:
    letter = make_sent()
    assert take_bounce(fill_for(POSTFIX, letter) + b"x" * 6_000_000) is Outcome.BOUNCED


@given(st.binary(max_size=3000))
def test_no_bytes_raise(raw: bytes) -> None:
    assert read_report(raw).addresses == ()
    read_report(b"Return-Path: <>\nFrom: mailer-daemon@x\nContent-Type: multipart/report; boundary=b\n" + raw)


@st.composite
def mutated(draw: st.DrawFn, address: str = "letters+c7qk4mhw-0123456789abcdef@parley.localhost") -> bytes:
    """A report with pieces doubled, dropped, swapped and overwritten."""
    raw = bytearray(fill(draw(st.sampled_from(sorted(ALL.values()))), address))
    for _ in range(draw(st.integers(1, 6))):
        at, upto = sorted(draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
        piece = draw(
            st.sampled_from([b"", bytes(raw[at:upto]) * 2, b"\n\n", b"--", b"\xff\0", b"=?utf-8?b?/w==?="])
            | st.binary(max_size=9)
        )
        raw[at : draw(st.sampled_from([at, upto, at + 1]))] = piece
    return bytes(raw)


@pytest.mark.django_db
@given(raw=mutated())
def test_mutated_reports_without_a_genuine_signature_change_nothing(raw: bytes) -> None:
    assert take_bounce(raw) is Outcome.STRANGER


@pytest.mark.django_db
@given(data=st.data())
def test_mutated_reports_touch_no_other_letter(data: st.DataObject) -> None:
    letter = Letter.objects.filter(subject="mine").first() or make_sent(subject="mine")
    other = Letter.objects.filter(subject="other").first() or make_sent(subject="other")
    raw = data.draw(mutated(letter.envelope_sender))
    take_bounce(raw)
    take_bounce(raw, recipient=letter.envelope_sender)
    assert status_of(letter) in (Status.SENT, Status.BOUNCED)
    assert status_of(other) == Status.SENT
    assert not other.events.filter(type=EventType.NOTE).exists()
    assert all(len(note) <= 400 and "supporter.example" not in note for note in notes(letter))


# --- manage.py fetch_bounces ---


def fetch(*args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("fetch_bounces", *args, stdout=out, **options)
    return out.getvalue().strip()


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))


@pytest.mark.django_db
def test_a_mail_piped_in_by_postfix(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_sent()
    pipe(monkeypatch, b"From MAILER-DAEMON Mon Nov  2 10:00:03 2026\n" + fill(EXIM, "someone@else.example"))
    assert fetch("--pipe", f"--recipient={letter.envelope_sender}") == "1 read: 1 bounced"
    assert status_of(letter) == Status.BOUNCED
    pipe(monkeypatch, fill_for(EXIM, letter) + b"x" * 7_000_000)
    assert fetch("--pipe") == "1 read: 1 already known"


@pytest.mark.django_db
def test_postfix_is_asked_to_come_again_when_the_mail_cannot_be_taken_now(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter()
    Letter.objects.update(status=Status.SENDING, lease_token="0" * 32, lease_until=timezone.now())
    pipe(monkeypatch, fill_for(POSTFIX, letter))
    with pytest.raises(CommandError) as early:
        fetch("--pipe")
    assert early.value.returncode == 75

    def fail(*_args: Any) -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(Letter.objects, "select_for_update", fail)
    pipe(monkeypatch, fill_for(POSTFIX, letter))
    with pytest.raises(CommandError) as down:
        fetch("--pipe")
    assert down.value.returncode == 75


@pytest.mark.django_db
def test_files_mboxes_and_folders(tmp_path: Path) -> None:
    letters = [make_sent() for _ in range(5)]
    raws = [
        fill_for(sample, letter)
        for sample, letter in zip((POSTFIX, GOOGLE, EXCHANGE, QMAIL, VACATION), letters, strict=True)
    ]
    (tmp_path / "one.eml").write_bytes(raws[0])
    assert fetch(str(tmp_path / "one.eml")) == "1 read: 1 bounced"
    box = mailbox.mbox(tmp_path / "box")
    for raw in raws[:2]:
        box.add(raw)
    box.close()
    assert fetch(str(tmp_path / "box")) == "2 read: 1 bounced, 1 already known"
    maildir = mailbox.Maildir(tmp_path / "maildir")
    for raw in raws[:3]:
        maildir.add(raw)
    assert fetch(str(tmp_path / "maildir")) == "3 read: 1 bounced, 2 already known"
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, raw in enumerate(raws):
        (folder / f"{number}.eml").write_bytes(raw)
    (folder / "empty").touch()
    assert fetch(str(folder)) == "6 read: 1 bounced, 3 already known, 1 automatic replies, 1 not for a letter"
    with pytest.raises(CommandError, match="No such file"):
        fetch(str(tmp_path / "missing"))


def test_the_command_wants_one_source(settings: Any) -> None:
    settings.BOUNCE_IMAP_URL = ""
    for args in ([], ["x", "--pipe"], ["--recipient=a@b.example"]):
        with pytest.raises(CommandError):
            fetch(*args)


@pytest.mark.django_db
@pytest.mark.parametrize("uidplus", [True, False])
def test_an_imap_mailbox_loses_applied_reports_and_keeps_the_rest_unseen(settings: Any, uidplus: bool) -> None:
    failed, delayed, early, doubtful, away = (make_sent() for _ in range(5))
    Letter.objects.filter(pk=early.pk).update(status=Status.SENDING, lease_token="0" * 32, lease_until=timezone.now())
    with ImapStub(uidplus=uidplus) as stub:
        settings.BOUNCE_IMAP_URL = stub.url
        assert fetch() == "0 read"
        stub.add(
            fill_for(WELSH_PROSE, failed),
            fill_for(POSTFIX_DELAYED, delayed),
            fill_for(POSTFIX_EXPIRED, early),
            fill_for(UNREADABLE_DAEMON, doubtful),
            fill_for(OUTLOOK_AWAY, away),
            fill(PERSON, "letters@parley.localhost"),
        )
        assert fetch() == (
            "6 read: 1 bounced, 1 noted, 1 doubtful, 1 automatic replies, 1 not for a letter, 1 too early"
        )
        gone = {"\\Seen", "\\Deleted"}
        flags = {uid: mail.flags for uid, mail in stub.mails.items()}
        kept = {3: set(), 4: {"ParleyRead"}, 5: {"ParleyRead"}, 6: {"ParleyRead"}}
        assert flags == kept if uidplus else flags == {1: gone, 2: gone} | kept
        assert fetch() == "1 read: 1 too early"
        assert 'LOGIN "letters@site.example" "p/w\\"x"' in stub.lines
        assert 'SELECT "Returned mail"' in stub.lines
    assert [status_of(letter) for letter in (failed, delayed, away)] == ["bounced", "sent", "sent"]


@pytest.mark.django_db
def test_a_report_whose_removal_failed_is_removed_the_next_time(settings: Any) -> None:
    letter = make_sent()
    with ImapStub() as stub:
        settings.BOUNCE_IMAP_URL = stub.url
        stub.add(fill_for(GERMAN_PROSE, letter))
        stub.refuse = "STORE"
        with pytest.raises(CommandError, match="store"):
            fetch()
        assert status_of(letter) == Status.BOUNCED
        stub.refuse = ""
        assert fetch() == "1 read: 1 already known"
        assert stub.mails == {}


@pytest.mark.django_db
def test_a_mail_is_not_touched_when_applying_it_fails(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_sent()

    def fail(*_args: Any) -> None:
        raise OperationalError("no database")

    with ImapStub() as stub:
        settings.BOUNCE_IMAP_URL = stub.url
        stub.add(fill_for(POSTFIX, letter))
        with monkeypatch.context() as patch:
            patch.setattr(apply, "apply_report", fail)
            with pytest.raises(OperationalError):
                fetch()
        assert stub.mails[1].flags == set()
        assert fetch() == "1 read: 1 bounced"


def test_a_mailbox_that_cannot_be_read_is_told_without_the_password(settings: Any) -> None:
    with ImapStub(refuse="LOGIN") as stub:
        urls = [stub.url, "imaps://user:secretpw@127.0.0.1:1/INBOX", "imap://user:secretpw@127.0.0.1:secretpw/"]
        urls += ["http://user:secretpw@x/", "imaps://127.0.0.1/INBOX", stub.url.replace("p%2Fw", "secretpw%C3%A9")]
        for url in urls:
            settings.BOUNCE_IMAP_URL = url
            with pytest.raises(CommandError) as told:
                fetch()
            assert "secretpw" not in str(told.value)
    with pytest.raises(InboxError):
        open_imap("")
