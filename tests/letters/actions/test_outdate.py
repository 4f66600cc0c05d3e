"""After a correction of fact the old words leave no more, and each supporter chooses (renew.py, letters/writing/renewal.py)."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, TextVersion, saving_as
from letters.actions.confirm import confirm
from letters.actions.decide import DECISIONS, decide
from letters.actions.outdate import owe_corrections
from letters.actions.renew import Choice, RenewalResult, renew_letter
from letters.delivery import worker
from letters.delivery.leases import lease_letters, recover_leases, release_letters
from letters.delivery.notices import send_notices
from letters.delivery.worker import build_mails, drain_queue, start_letter
from letters.models import Letter, Notice, Status, apply_transitions
from letters.writing.compose import read_letter
from letters.writing.renewal import list_places
from tests.letters.factories import bring, make_campaign, submit_sample
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db
OLD, NEW = "The short text of argument 1.", "Two of three agree."
FACT, STYLE = TextVersion.Change.FACT, TextVersion.Change.STYLE


def correct(text: str = NEW, change: TextVersion.Change = FACT, key: str = "argument-1") -> None:
    with saving_as(change):
        Phrasing.objects.filter(argument__key=key, length="short").update(text=text)


def is_outdated(letter: Letter) -> bool:
    letter.refresh_from_db()
    return letter.outdated_at is not None


def say(letter: Letter) -> list[str]:
    return [part.text for part in read_letter(Letter.objects.select_related("campaign").get(pk=letter.pk)).paragraphs]


@pytest.mark.parametrize("status", [*Status])
def test_a_correction_marks_what_has_not_gone(status: Status) -> None:
    letter, other = submit_sample(status=status), submit_sample("argument-2")
    correct()
    gone = status in (Status.SENDING, Status.SENT, Status.BOUNCED, Status.WITHDRAWN)
    assert is_outdated(letter) is not gone
    assert not is_outdated(other)
    assert letter.status == (Status.QUEUED if status == Status.CLAIMED else status)


def test_a_change_of_style_holds_nothing(scripted: ScriptedServer) -> None:
    letter = submit_sample()
    correct(change=STYLE)
    assert not is_outdated(letter)
    assert drain_queue() == {"sent": 1}


def test_the_old_words_leave_no_more_and_hold_up_nobody(scripted: ScriptedServer) -> None:
    outdated = [submit_sample() for _ in range(12)]  # more than a batch, at the head of their lane
    correct()
    new = submit_sample()
    assert drain_queue() == {"sent": 1}
    assert [taken.sender for taken in scripted.taken] == [new.envelope_sender]
    assert all(is_outdated(letter) and letter.status == Status.QUEUED for letter in outdated)


def test_one_that_a_sender_has_prepared_is_taken_from_it(
    scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, other = submit_sample(), submit_sample("argument-2")

    def prepare_then_correct(letters: list[Letter], lease: uuid.UUID) -> Any:
        ready = build_mails(letters, lease)
        correct()
        return ready

    monkeypatch.setattr(worker, "build_mails", prepare_then_correct)
    assert drain_queue() == {"sent": 1}
    assert [taken.sender for taken in scripted.taken] == [other.envelope_sender]
    assert is_outdated(letter)
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (Status.QUEUED, 0)


def test_a_marked_letter_is_neither_claimed_nor_offered() -> None:
    letter = submit_sample()
    [claimed] = lease_letters(lease := uuid.uuid4())
    Letter.objects.filter(pk=letter.pk).update(outdated_at=claimed.confirmed_at)  # as if it had gone unnoticed
    assert apply_transitions(start_letter(claimed, lease)) == [False]
    release_letters(lease, "Back.")
    assert lease_letters(uuid.uuid4()) == []


@pytest.mark.parametrize("way", ["transient answer", "retry", "resend", "release", "lease over"])
def test_no_way_into_the_queue_goes_past_a_correction(way: str, admin_user: Any) -> None:
    origin = {"retry": Status.FAILED, "resend": Status.UNKNOWN, "release": Status.HELD}.get(way, Status.SENDING)
    letter = submit_sample(status=origin)
    correct()
    Letter.objects.filter(pk=letter.pk).update(outdated_at=None)  # as if the correction had missed it
    letter.refresh_from_db()
    names = {"retry": "retry_failed", "resend": "resend_unknown", "release": "release"}
    if way in names:
        decision = next(one for one in DECISIONS if one.name == names[way])
        assert decide(decision, [letter], reason="Again.", actor=admin_user, may_moderate=True) == 1
    elif way == "lease over":
        bring(letter, Status.CLAIMED)
        Letter.objects.filter(pk=letter.pk).update(lease_until=letter.confirmed_at)
        assert recover_leases() == {"queued": 1}
    else:
        assert letter.transition_to(Status.QUEUED, next_attempt_at=letter.confirmed_at)
    assert is_outdated(letter)
    assert lease_letters(uuid.uuid4()) == []


def test_one_that_is_confirmed_after_the_correction_waits() -> None:
    letter = submit_sample(status=Status.UNCONFIRMED)
    correct()
    letter = Letter.objects.get(pk=letter.pk)
    assert confirm(letter)
    assert is_outdated(letter)
    assert lease_letters(uuid.uuid4()) == []


def test_a_draft_with_the_old_words_that_is_sent_after_the_correction_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    make_campaign()
    stale = list(Argument.objects.with_facts().select_related("campaign"))
    correct()
    monkeypatch.setattr(Argument.objects, "with_facts", lambda: SimpleNamespace(select_related=lambda _name: stale))
    letter = submit_sample(status=Status.UNCONFIRMED)
    assert say(letter)[1] == OLD
    assert is_outdated(letter)


def test_words_that_were_right_after_all_free_the_letters() -> None:
    letter = submit_sample()
    correct()
    assert is_outdated(letter)
    correct(OLD)
    assert not is_outdated(letter)


def test_each_writer_is_told_once_for_each_correction(scripted: ScriptedServer) -> None:
    letter = submit_sample()
    told = Notice.objects.filter(kind=Notice.Kind.OUTDATED)
    correct()
    assert (owe_corrections(), owe_corrections()) == (1, 0)
    send_notices()
    correct("Four of five agree.")
    assert owe_corrections() == 0  # the page shows it all
    assert renew_letter(letter.pk, "1", Choice.TAKE) is RenewalResult.DONE
    assert not told.exists()
    correct("Five of six agree.")
    assert owe_corrections() == 1


def test_a_writer_takes_the_new_words_and_the_letter_goes_on(scripted: ScriptedServer) -> None:
    letter = submit_sample()
    correct()
    [place] = list_places(letter)
    assert (place.name, place.old, place.new, place.was) == ("1", OLD, NEW, "")
    assert renew_letter(letter.pk, "1", Choice.TAKE) is RenewalResult.DONE
    assert not is_outdated(letter)
    assert say(letter)[1] == NEW
    assert list_places(letter) == []
    assert drain_queue() == {"sent": 1}
    assert [event.type for event in letter.events.all()] == [
        "created", "queued", "outdated", "renewed", "claimed", "sending", "sent",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.QUEUED, Status.HELD, Status.FAILED, Status.UNKNOWN])
def test_a_letter_stays_where_it_was(status: Status) -> None:
    letter = submit_sample(status=status)
    correct()
    assert renew_letter(letter.pk, "1", Choice.TAKE) is RenewalResult.DONE
    letter.refresh_from_db()
    assert (letter.status, letter.outdated_at) == (status, None)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (Status.CLAIMED, RenewalResult.BUSY),
        (Status.SENDING, RenewalResult.BUSY),
        (Status.SENT, RenewalResult.GONE),
        (Status.WITHDRAWN, RenewalResult.GONE),
    ],
)
def test_what_has_gone_is_not_changed(status: Status, result: RenewalResult) -> None:
    letter = submit_sample()
    correct()
    bring(letter, status)
    assert renew_letter(letter.pk, "1", Choice.TAKE) is result
    assert say(letter)[1] == OLD


def test_a_paragraph_is_left_out() -> None:
    letter = submit_sample("argument-1", "argument-2")
    correct()
    assert renew_letter(letter.pk, "1", Choice.LEAVE_OUT) is RenewalResult.DONE
    assert say(letter)[1:] == ["The short text of argument 2."]
    assert not letter.carried.filter(position=1).exists()


def test_a_letter_is_never_left_without_a_paragraph() -> None:
    letter = submit_sample()
    letter.paragraphs.exclude(position=1).delete()
    correct()
    assert renew_letter(letter.pk, "1", Choice.LEAVE_OUT) is RenewalResult.NOTHING


def test_words_that_the_writer_has_changed_are_shown_with_what_has_changed() -> None:
    letter = submit_sample(edits="In my view: the short text of argument 1.")
    correct()
    [place] = list_places(letter)
    assert (place.old, place.new) == ("In my view: the short text of argument 1.", NEW)
    assert (place.was, place.becomes) == (OLD, NEW)
    renew_letter(letter.pk, "1", Choice.TAKE)
    assert say(letter)[1] == NEW
    correct("Three of four agree.")
    [place] = list_places(letter)
    assert place.was == ""  # it is the campaign's now


def test_a_corrected_source_leaves_the_writers_words_alone() -> None:
    mine = f"In my view: {OLD}"
    letter = submit_sample(edits=mine)
    with saving_as(FACT):
        Source.objects.filter(argument__key="argument-1").update(title="Report 9")
    [place] = list_places(letter)
    assert (place.old, place.new, place.was) == (mine, mine, "")
    assert (place.old_notes, place.new_notes) == (
        ("Jane Roe, Report 1, The Paper, February 2023.",),
        ("Jane Roe, Report 9, The Paper, February 2023.",),
    )
    renew_letter(letter.pk, place.name, Choice.TAKE)
    assert letter.paragraphs.get(position=1).sources == ["Jane Roe, Report 9, The Paper, February 2023."]
    assert say(letter)[1] == mine


def test_what_nothing_takes_the_place_of_can_only_be_left_out() -> None:
    letter = submit_sample()
    with saving_as(FACT):
        Phrasing.objects.filter(argument__key="argument-1").delete()
    assert renew_letter(letter.pk, "1", Choice.TAKE) is RenewalResult.NOTHING
    assert renew_letter(letter.pk, "1", Choice.LEAVE_OUT) is RenewalResult.DONE
    assert say(letter)[1:] == []


def test_the_ask_and_the_preface_are_corrected_as_well() -> None:
    make_campaign(preface="I condemn it.")
    letter = submit_sample()
    with saving_as(FACT):
        Ask.objects.filter(key="say").update(text="Please say this.")
        Campaign.objects.update(preface="I condemn it all.")
    assert [place.name for place in list_places(letter)] == ["2", "ask"]
    assert renew_letter(letter.pk, "ask", Choice.TAKE) is RenewalResult.MORE
    assert is_outdated(letter)
    assert renew_letter(letter.pk, "2", Choice.TAKE) is RenewalResult.DONE
    letter = Letter.objects.get(pk=letter.pk)
    assert (letter.ask_text, say(letter)[2]) == ("Please say this.", "I condemn it all.")
