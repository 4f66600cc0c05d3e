"""What is queued for an MP who has gone is held and named, and the supporter is told; nothing else is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaign.parliament.models import Constituency, Member
from letters.actions.hold_departed import MAX_NAMED, hold_departed, name_letters
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Alert, Letter, Notice, Status
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _live(settings: Any) -> None:
    settings.LIVE_DELIVERY = True
    make_campaign(mode="live")
    make_constituency()
    make_constituency("W07000081", "Cardiff East", email="sits@parliament.example")


def write(**fields: Any) -> Letter:
    return make_letter(**fields)


def import_row(tmp_path: Any, row: str) -> None:
    file = tmp_path / "members.csv"
    columns = "constituency_gss,member_id,name_display,name_full_title,name_address_as,party,email,as_of"
    file.write_text(f"{columns}\n{row}\n")
    call_command("import_members", str(file), "--dissolution")


@pytest.mark.parametrize(
    "row",
    [f"{GSS},,,,,,,2026-11-20", f"{GSS},,Mr New Person,Mr New Person MP,,Labour,new@parliament.example,2026-11-20"],
    ids=["vacancy", "successor"],
)
def test_importing_a_change_holds_that_constituencies_letters(
    row: str, tmp_path: Any, capsys: pytest.CaptureFixture[str], scripted: ScriptedServer
) -> None:
    letter = write()
    elsewhere = write(constituency_gss="W07000081", member_email="sits@parliament.example")
    Letter.objects.filter(pk=write().pk).update(rehearsal=True)
    import_row(tmp_path, row)
    letter.refresh_from_db()
    assert letter.status == Status.HELD
    assert letter.events.filter(code="member_changed").count() == 1
    assert f"1 letter to Ms Ann Example MP, Cities of London and Westminster: {letter.reference}." in (
        capsys.readouterr().out
    )
    assert letter.reference in Alert.objects.get().words
    assert drain_queue() == {"sent": 2}
    assert {elsewhere.member_email, "rehearsal@parley.localhost"} == {taken.recipient for taken in scripted.taken}
    Notice.objects.exclude(letter=letter).delete()
    assert send_notices() == 1
    assert scripted.taken[-1].recipient == letter.sender_email
    assert b"has not been sent" in scripted.taken[-1].content


def test_a_letter_in_hand_is_taken_back(scripted: ScriptedServer) -> None:
    letter = write()
    Letter.objects.update(
        status=Status.CLAIMED, lease_token=letter.pk, lease_until=timezone.now() + dt.timedelta(minutes=5)
    )
    Member.objects.filter(constituency=GSS).update(sitting=False)
    [said] = hold_departed()
    assert letter.reference in said
    letter.refresh_from_db()
    assert (letter.status, letter.lease_token) == (Status.HELD, None)
    assert hold_departed() == []


def test_who_still_sits_gets_the_letter() -> None:
    write()
    Member.objects.filter(constituency=GSS).update(party="Labour")
    Constituency.objects.filter(pk=GSS).update(name="Westminster")
    assert hold_departed() == []


def test_of_hundreds_the_first_are_named() -> None:
    said = name_letters("Ms Ann", [f"R{number}" for number in range(MAX_NAMED + 3)])
    assert said.startswith(f"Held, and the supporters told: {MAX_NAMED + 3} letters to Ms Ann: R0, R1")
    assert said.endswith("R99 and 3 more.")
