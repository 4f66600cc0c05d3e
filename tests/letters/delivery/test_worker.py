"""From QUEUED to SENT, and every other end a letter can come to (leases.py)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import socket
import threading
import uuid
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from campaign.content.models import Campaign
from letters.delivery import worker
from letters.delivery.leases import lease_letters, recover_leases
from letters.delivery.worker import drain_queue, settle_letter, start_letter
from letters.mail import backoff, messages
from letters.mail.smtp import Connection, DeliveryResult, Reply
from letters.models import Letter, LetterParagraph, Status, Transition, apply_transitions
from tests.letters.factories import make_campaign, make_letter
from tests.letters.scripted_smtp import ScriptedServer, wait_for

pytestmark = pytest.mark.django_db


def moves(letter: Letter) -> list[str]:
    return [event.type for event in letter.events.all()]


def test_a_queued_letter_is_sent_once_with_its_life_written_down(scripted: ScriptedServer) -> None:
    letter = make_letter()
    assert drain_queue() == {"sent": 1}
    assert drain_queue() == {}
    letter.refresh_from_db()
    assert letter.status == Status.SENT
    assert letter.sent_at is not None
    assert (letter.attempts, letter.lease_token, letter.next_attempt_at) == (1, None, None)
    assert len(letter.pdf_sha256) == 64
    assert moves(letter) == ["queued", "claimed", "sending", "sent"]
    [taken] = scripted.taken
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert message["Message-ID"] == letter.message_id
    assert taken.sender == letter.envelope_sender


def test_rehearsal_letters_never_go_to_an_mp(scripted: ScriptedServer, settings: Any) -> None:
    settings.LIVE_DELIVERY = True
    make_letter(make_campaign(rehearsal_address="group@organisers.example"))
    drain_queue()
    assert [taken.recipient for taken in scripted.taken] == ["group@organisers.example"]


def test_a_live_letter_waits_until_the_operator_allows_it_to_go_to_an_mp(
    scripted: ScriptedServer, settings: Any
) -> None:
    letter = make_letter(make_campaign(mode=Campaign.Mode.LIVE))
    assert settings.LIVE_DELIVERY is False
    assert drain_queue() == {}
    with pytest.raises(PermissionError):
        messages.build_letter_mail(letter)
    settings.LIVE_DELIVERY = True
    assert drain_queue() == {"sent": 1}
    assert [taken.recipient for taken in scripted.taken] == ["ann.example.mp@parliament.example"]


def test_a_letter_confirmed_in_rehearsal_stays_in_rehearsal_when_the_campaign_goes_live(
    scripted: ScriptedServer, settings: Any
) -> None:
    settings.LIVE_DELIVERY = True
    letter = make_letter()
    Campaign.objects.update(mode=Campaign.Mode.LIVE)
    drain_queue()
    assert [taken.recipient for taken in scripted.taken] == [settings.REHEARSAL_ADDRESS]
    assert letter.member_email != settings.REHEARSAL_ADDRESS


def test_many_letters_go_over_one_connection(scripted: ScriptedServer) -> None:
    campaign = make_campaign()
    letters = [make_letter(campaign) for _ in range(5)]
    assert drain_queue() == {"sent": 5}
    assert scripted.connections == 1
    assert sorted(taken.sender for taken in scripted.taken) == sorted(letter.envelope_sender for letter in letters)


class Killed(BaseException):
    """Ends a sender as kill -9 does: nothing that it might still do counts."""


def test_a_crash_leaves_one_letter_in_doubt(scripted: ScriptedServer, monkeypatch: Any) -> None:
    letters = [make_letter() for _ in range(4)]
    plain, offered = Connection.send, []

    def send_or_die(server: Connection, *given: Any, **more: Any) -> Reply:
        offered.append(given)
        if len(offered) == 3:
            raise Killed
        return plain(server, *given, **more)

    monkeypatch.setattr(Connection, "send", send_or_die)
    with pytest.raises(Killed):
        drain_queue()
    assert [Letter.objects.get(pk=letter.pk).status for letter in letters] == ["sent", "sent", "sending", "claimed"]


@pytest.mark.django_db(transaction=True)
def test_while_one_sender_waits_for_a_slow_reply_another_goes_on(
    scripted: ScriptedServer, settings: Any, monkeypatch: Any
) -> None:
    settings.EMAIL_TIMEOUT = 60
    monkeypatch.setattr(worker, "BATCH", 1)
    for _ in range(4):
        make_letter()
    scripted.script.append("rcpt hang")
    tallies: list[Counter[str]] = []

    def drain() -> None:
        tallies.append(drain_queue())
        connection.close()

    slow = threading.Thread(target=drain)
    slow.start()
    wait_for(lambda: not scripted.script)
    assert drain_queue() == {"sent": 3}
    assert tallies == []
    scripted.hang_up()
    slow.join()
    assert tallies == [{"sent": 1}]  # it was hung up on before the text, and has called again
    assert len(scripted.taken) == 4


@pytest.mark.django_db(transaction=True)
def test_no_more_senders_than_the_setting_says(scripted: ScriptedServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(worker, "_senders", threading.BoundedSemaphore(2))
    with worker._senders:
        make_letter()
        assert drain_queue() == {"sent": 1}
        with worker._senders:
            make_letter()
            assert drain_queue() == {}
    assert drain_queue() == {"sent": 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("committed", [False, True])
def test_what_could_not_be_written_is_written_again(
    scripted: ScriptedServer, monkeypatch: Any, caplog: Any, committed: bool
) -> None:
    letters = [make_letter() for _ in range(3)]
    failures = [OperationalError("the connection is lost: secret")] * 3

    def make(*asked: Transition) -> list[bool]:
        if failures and asked[0].status == Status.SENT:
            if committed and len(failures) == 3:  # the answer to the commit was lost
                apply_transitions(*(replace(move, letter=Letter.objects.get(pk=move.letter.pk)) for move in asked))
            raise failures.pop()
        return apply_transitions(*asked)

    monkeypatch.setattr(worker, "apply_transitions", make)
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0)
    assert drain_queue() == {"sent": 3}
    assert (failures, len(scripted.taken)) == ([], 3)
    for letter in letters:
        assert moves(letter) == ["queued", "claimed", "sending", "sent"]
    assert "secret" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_costs_no_known_answer(scripted: ScriptedServer, monkeypatch: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot go away")
    letters = [make_letter() for _ in range(3)]
    plain = Connection.send

    def send_and_lose_the_database(*given: Any, **more: Any) -> Reply:
        answer = plain(*given, **more)
        with connection.cursor() as cursor, pytest.raises(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return answer

    monkeypatch.setattr(Connection, "send", send_and_lose_the_database)
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0)
    assert drain_queue() == {"sent": 3}
    assert {Letter.objects.get(pk=letter.pk).last_answer for letter in letters} == {"250 queued as 42"}


def lose_the_lease(monkeypatch: Any) -> None:
    """Have each letter's lease end while the server takes its time, and a sweep come by."""
    plain = Connection.send

    def send_late(*given: Any, **more: Any) -> Reply:
        answer = plain(*given, **more)
        Letter.objects.filter(status=Status.SENDING).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        assert recover_leases() == {"unknown": 1}
        return answer

    monkeypatch.setattr(Connection, "send", send_late)


def test_a_letter_whose_250_comes_after_the_lease_is_sent_after_all(scripted: ScriptedServer, monkeypatch: Any) -> None:
    letter = make_letter()
    lose_the_lease(monkeypatch)
    assert drain_queue() == {"late": 1}
    letter.refresh_from_db()
    assert (letter.status, letter.last_answer) == (Status.SENT, "250 queued as 42")
    assert moves(letter) == ["queued", "claimed", "sending", "unknown", "sent"]
    assert [notice.kind for notice in letter.notices.all()] == ["sent"]


def test_whatever_else_comes_after_the_lease_is_told_to_the_organisers_without_the_supporter(
    scripted: ScriptedServer, monkeypatch: Any
) -> None:
    letter = make_letter(sender_name="Margaret Whitfield")
    scripted.script.append("end 451 no room for Margaret Whitfield")
    lose_the_lease(monkeypatch)
    assert drain_queue() == {"late": 1}
    letter.refresh_from_db()
    assert (letter.status, letter.last_answer) == (Status.UNKNOWN, "451 no room for …")
    told = letter.events.get(type="late_reply")
    assert (told.note, told.get_type_display()) == ("451 no room for …", "The mail server's reply, received too late")


def test_a_letter_that_somebody_has_decided_about_meanwhile_stays_where_it_is(
    scripted: ScriptedServer, monkeypatch: Any
) -> None:
    letter = make_letter()
    lose_the_lease(monkeypatch)
    late = Connection.send

    def send_and_decide(*given: Any, **more: Any) -> Reply:
        answer = late(*given, **more)
        assert Letter.objects.get().transition_to(Status.FAILED)
        return answer

    monkeypatch.setattr(Connection, "send", send_and_decide)
    assert drain_queue() == {"late": 1}
    letter.refresh_from_db()
    assert letter.status == Status.FAILED
    assert moves(letter)[-2:] == ["failed", "late_reply"]


def test_what_the_server_said_is_written_before_it_is_called_again(scripted: ScriptedServer, monkeypatch: Any) -> None:
    for _ in range(2):
        make_letter()
    calls: list[set[str]] = []
    plain = Connection.open

    def look(connection: Connection, **more: Any) -> None:
        if not connection.is_open:
            calls.append(set(Letter.objects.values_list("last_answer", flat=True)))
        plain(connection, **more)

    scripted.script.append("end 421 closing")
    monkeypatch.setattr(Connection, "open", look)
    assert drain_queue() == {"queued": 1, "sent": 1}
    assert calls == [{""}, {"421 closing", ""}]


def test_when_all_senders_are_at_work_the_first_that_is_done_looks_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(worker, "_senders", threading.BoundedSemaphore(1))
    drains: list[Counter[str]] = []

    def drain() -> Counter[str]:
        drains.append(drain_queue() if not drains else Counter())
        return Counter(sent=1)

    monkeypatch.setattr(worker, "_drain", drain)
    assert drain_queue() == {"sent": 2}
    assert drains == [{}, {}]
    assert drain_queue() == {"sent": 1}


def test_a_transient_answer_waits_longer_each_time_and_fails_in_the_end(scripted: ScriptedServer) -> None:
    letter = make_letter()
    pauses = []
    for _ in range(backoff.MAX_ATTEMPTS):
        scripted.script.append("rcpt 450 greylisted")
        Letter.objects.filter(status=Status.QUEUED).update(next_attempt_at=timezone.now())
        drain_queue()
        letter.refresh_from_db()
        if letter.next_attempt_at:
            pauses.append(letter.next_attempt_at - timezone.now())
    assert letter.status == Status.FAILED
    assert letter.last_answer == "450 greylisted"
    assert letter.attempts == backoff.MAX_ATTEMPTS
    assert dt.timedelta(minutes=4) < pauses[0] < dt.timedelta(minutes=7)
    assert pauses[1] > pauses[0] * 1.5
    assert max(pauses) <= backoff.MAX_PAUSE * 1.2
    assert scripted.taken == []


def test_a_letter_that_waits_is_not_sent_early(scripted: ScriptedServer) -> None:
    make_letter()
    Letter.objects.update(next_attempt_at=timezone.now() + dt.timedelta(seconds=30))
    assert drain_queue() == {}
    assert scripted.connections == 0


def test_a_permanent_answer_fails_with_the_servers_words(scripted: ScriptedServer) -> None:
    letter = make_letter()
    scripted.script.append("rcpt 550 5.1.1 no such mailbox")
    assert drain_queue() == {"failed": 1}
    letter.refresh_from_db()
    assert (letter.status, letter.last_answer) == (Status.FAILED, "550 5.1.1 no such mailbox")
    assert drain_queue() == {}


@pytest.mark.parametrize("behaviour", ["drop-end", "garbage-end"])
def test_an_unknown_letter_is_never_sent_again_by_machine(scripted: ScriptedServer, behaviour: str) -> None:
    letter = make_letter()
    scripted.script.append(behaviour)
    assert drain_queue() == {"unknown": 1}
    Letter.objects.update(next_attempt_at=timezone.now() - dt.timedelta(days=9))
    assert recover_leases() == {}
    assert drain_queue() == {}
    letter.refresh_from_db()
    assert letter.status == Status.UNKNOWN


def test_an_unreachable_server_costs_no_attempt_and_no_lease(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
    letter = make_letter()
    assert drain_queue() == {}
    letter.refresh_from_db()
    assert (letter.status, letter.attempts, letter.lease_token) == (Status.QUEUED, 0, None)
    assert moves(letter) == ["queued"]


def test_one_letter_that_cannot_be_made_does_not_hold_up_the_others(scripted: ScriptedServer, monkeypatch: Any) -> None:
    campaign = make_campaign()
    bad, good = make_letter(campaign, sender_name="Bad"), make_letter(campaign)
    build = messages.build_letter_mail

    def build_or_break(letter: Letter) -> Any:
        if letter.sender_name == "Bad":
            raise RuntimeError("secret words of the letter")
        return build(letter)

    monkeypatch.setattr(worker, "build_letter_mail", build_or_break)
    drain_queue()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == (Status.FAILED, Status.SENT)
    assert "secret" not in bad.events.last().note  # type: ignore[union-attr]


def test_a_text_that_cannot_be_decrypted_fails_its_letter_alone(scripted: ScriptedServer) -> None:
    campaign = make_campaign()
    bad, good = make_letter(campaign), make_letter(campaign)
    with connection.cursor() as cursor:
        pk = LetterParagraph._meta.pk.get_db_prep_value(bad.paragraphs.all()[0].pk, connection)
        cursor.execute("UPDATE letters_letterparagraph SET text = 'gAAAAAgarbled' WHERE id = %s", [pk])
    assert drain_queue() == {"sent": 1}
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == (Status.FAILED, Status.SENT)


def test_two_senders_never_lease_the_same_letter() -> None:
    campaign = make_campaign()
    for _ in range(4):
        make_letter(campaign)
    first, second = lease_letters(uuid.uuid4(), 3), lease_letters(uuid.uuid4(), 3)
    assert (len(first), len(second)) == (3, 1)
    assert {letter.pk for letter in first}.isdisjoint(letter.pk for letter in second)


def test_a_sender_that_lost_its_lease_sends_nothing_and_writes_nothing() -> None:
    make_letter()
    lease = uuid.uuid4()
    [letter] = lease_letters(lease)
    Letter.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert recover_leases() == {"queued": 1}
    assert apply_transitions(start_letter(letter, lease)) == [False]
    [again] = lease_letters(uuid.uuid4())
    letter.status = Status.SENDING
    assert apply_transitions(settle_letter(letter, Reply(DeliveryResult.ACCEPTED, "250"), lease)) == [False]
    again.refresh_from_db()
    assert again.status == Status.CLAIMED


@pytest.mark.django_db(transaction=True)
def test_of_two_senders_of_one_letter_only_who_has_the_lease_goes_on() -> None:
    make_letter()
    mine, lost = uuid.uuid4(), uuid.uuid4()
    [claimed] = lease_letters(mine)
    stale = Letter.objects.get()
    assert apply_transitions(start_letter(stale, lost), start_letter(claimed, mine)) == [False, True]
    assert list(claimed.events.values_list("type", flat=True)) == ["queued", "claimed", "sending"]


def test_a_letter_whose_sender_died_while_sending_becomes_unknown() -> None:
    letter = make_letter()
    lease = uuid.uuid4()
    [claimed] = lease_letters(lease)
    assert apply_transitions(start_letter(claimed, lease)) == [True]
    Letter.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert recover_leases() == {"unknown": 1}
    letter.refresh_from_db()
    assert (letter.status, letter.lease_token) == (Status.UNKNOWN, None)


def test_a_letter_that_kills_its_sender_each_time_fails_in_the_end() -> None:
    letter = make_letter()
    for _ in range(backoff.MAX_ATTEMPTS):
        if lease_letters(uuid.uuid4()):
            Letter.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
            recover_leases()
    letter.refresh_from_db()
    assert letter.status == Status.FAILED


def test_a_letter_withdrawn_after_it_was_claimed_is_not_sent(scripted: ScriptedServer, monkeypatch: Any) -> None:
    letter = make_letter()
    build = messages.build_letter_mail

    def withdraw_meanwhile(claimed: Letter) -> Any:
        fresh = Letter.objects.get(pk=claimed.pk)
        assert fresh.transition_to(Status.WITHDRAWN)
        return build(claimed)

    monkeypatch.setattr(worker, "build_letter_mail", withdraw_meanwhile)
    drain_queue()
    letter.refresh_from_db()
    assert letter.status == Status.WITHDRAWN
    assert scripted.taken == []


def test_a_paused_campaign_keeps_its_letters_and_the_others_go_on(scripted: ScriptedServer) -> None:
    paused, other = make_campaign("paused"), make_campaign("other")
    waiting, going = make_letter(paused), make_letter(other)
    Campaign.objects.filter(pk=paused.pk).update(mode=Campaign.Mode.PAUSED)
    drain_queue()
    waiting.refresh_from_db()
    going.refresh_from_db()
    assert (waiting.status, going.status) == (Status.QUEUED, Status.SENT)


def test_a_server_that_goes_away_in_the_middle_costs_the_rest_no_attempt(scripted: ScriptedServer) -> None:
    campaign = make_campaign()
    letters = [make_letter(campaign) for _ in range(3)]
    scripted.script.extend(["end 421 closing", "banner 421 busy"])
    assert drain_queue() == {"queued": 1}
    found = sorted(
        (letter.status, letter.attempts) for letter in Letter.objects.filter(pk__in=[one.pk for one in letters])
    )
    assert found == [("queued", 0), ("queued", 0), ("queued", 1)]
    assert not Letter.objects.filter(next_attempt_at__lte=timezone.now()).exists()
    assert scripted.taken == []
