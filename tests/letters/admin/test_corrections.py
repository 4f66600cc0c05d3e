"""A changed text is asked about, and a correction says who has the old words and tells them (corrections.py, letters/actions/tell.py, letters/statistics/corrections.py, campaign/content/corrections.py, campaign/content/admin/corrections.py)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from campaign.content.dumping import make_pack, write_pack
from campaign.content.models import Argument, Campaign, Phrasing, Source, TextVersion
from letters.delivery.notices import send_notices
from letters.models import Letter, Notice, Status
from tests.campaign.content.test_admin import read_form
from tests.letters.factories import make_campaign, make_constituency, submit_sample
from tests.letters.scripted_smtp import ScriptedServer
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
NEW = "Two of three agree."
OTHER = "E14001063"


@pytest.fixture
def chief(client: Client) -> Client:
    otp_login(client, User.objects.create_superuser("chief"))
    return client


def change(client: Client, path: str, fields: dict[str, Any], follow: bool = True) -> str:
    form = read_form(client, path) | fields
    return client.post(path, form, follow=follow).content.decode()


def find_argument() -> tuple[str, str]:
    """The path of the argument's page, and how its short text's field is called there."""
    argument = Argument.objects.get(key="argument-1")
    number = [one.length for one in argument.phrasings.all()].index("short")
    return reverse("admin:content_argument_change", args=[argument.pk]), f"phrasings-{number}-text"


def read_short() -> str:
    return Phrasing.objects.get(argument__key="argument-1", length="short").text


def fill() -> dict[str, Letter]:
    """Letters in every status, to MPs but for one, and one with other words."""
    make_campaign()
    make_constituency()
    make_constituency(OTHER, "Leeds Test", email="leeds@parliament.example")
    letters = {str(status): submit_sample(status=status) for status in Status}
    letters["elsewhere"] = submit_sample(status=Status.SENT, gss=OTHER)
    Letter.objects.update(rehearsal=False)
    letters["rehearsed"] = submit_sample(status=Status.SENT)
    submit_sample("argument-2", status=Status.SENT)
    return letters


def test_a_changed_text_that_letters_carry_is_asked_about(chief: Client) -> None:
    fill()
    path, field = find_argument()
    page = change(chief, path, {field: NEW, "title": "Another title"})
    assert (
        "11 letters carry the old words: 2 with MPs, 1 sent in rehearsal, 1 being sent at this moment, 1 in doubt, "
        "1 bounced, 1 unconfirmed, 2 queued, 1 held, 1 failed." in page
    )
    assert "was changed successfully" not in page
    assert NEW in page  # nothing that was typed is lost
    assert read_short() == "The short text of argument 1."
    assert TextVersion.objects.filter(words=NEW).count() == 0


def test_a_change_of_style_holds_nothing_and_says_who_made_it(chief: Client) -> None:
    fill()
    path, field = find_argument()
    page = change(chief, path, {field: NEW, "correction": "style"})
    assert "was changed successfully" in page
    version = TextVersion.objects.get(words=NEW)
    assert (version.change, str(version.by)) == ("style", "chief")
    assert not Letter.objects.filter(outdated_at__isnull=False).exists()


def test_a_correction_of_fact_holds_letters_and_leads_to_the_list(chief: Client) -> None:
    letters = fill()
    path, field = find_argument()
    page = change(chief, path, {field: NEW, "correction": "fact", "correction_note": " Not\u200b four. "})
    assert "on hold until their supporters have chosen" in page
    assert reverse("admin:letters_corrections", args=["peace"]) in page
    version = TextVersion.objects.get(words=NEW)
    assert (version.change, version.note) == ("fact", "Not four.")
    held = Letter.objects.filter(outdated_at__isnull=False)
    waiting = ("unconfirmed", "queued", "held", "claimed", "failed", "unknown")
    assert {one.pk for one in held} == {letters[status].pk for status in waiting}


@pytest.mark.parametrize("fields", [{"title": "Another title"}, {"question": "And you?"}, {"review_every_days": "90"}])
def test_what_no_letter_carries_is_not_asked_about(chief: Client, fields: dict[str, Any]) -> None:
    submit_sample()
    path, _field = find_argument()
    assert "was changed successfully" in change(chief, path, fields)


def test_a_deleted_source_and_a_changed_ask_are_asked_about(chief: Client) -> None:
    submit_sample()
    path, _field = find_argument()
    assert "1 letter carries the old words: 1 queued." in change(chief, path, {"sources-0-DELETE": "on"})
    assert Source.objects.filter(argument__key="argument-1").count() == 1
    path = reverse("admin:content_campaign_change", args=[Campaign.objects.get().pk])
    page = change(chief, path, {"asks-0-text": "Please say this."})
    assert "1 letter carries the old words: 1 queued." in page


def test_two_at_once_are_asked_about_what_both_make_together(chief: Client) -> None:
    submit_sample()
    path, field = find_argument()
    form = read_form(chief, path)
    opened = chief.get(path).context["opened_with"]
    Argument.objects.filter(key="argument-1").update(title="Theirs")
    page = chief.post(path, form | {field: NEW, "opened_with": opened}, follow=True).content.decode()
    assert "1 letter carries the old words" in page
    form |= {field: NEW, "opened_with": opened, "correction": "fact"}
    assert "was changed successfully" in chief.post(path, form, follow=True).content.decode()
    assert (read_short(), Argument.objects.get(key="argument-1").title) == (NEW, "Theirs")


def make_new_pack() -> str:
    pack = make_pack(Campaign.objects.get())
    arguments = tuple(
        replace(
            one,
            phrasings=tuple(
                replace(p, text=NEW) if (one.key, p.length) == ("argument-1", "short") else p for p in one.phrasings
            ),
        )
        for one in pack.arguments
    )
    return write_pack(replace(pack, arguments=arguments))


def test_a_pack_is_asked_about_as_well(chief: Client) -> None:
    letter = submit_sample()
    path, text = reverse("admin:content_campaign_load_pack"), make_new_pack()
    shown = chief.post(path, {"text": text})
    assert "1 letter carries the old words: 1 queued." in shown.content.decode()
    sent = {"text": text, "seen": shown.context["seen"], "read": "on"}
    page = chief.post(path, sent, follow=True).content.decode()
    assert "Say whether the facts changed, or the style." in page
    assert read_short() != NEW
    page = chief.post(path, sent | {"correction": "fact"}, follow=True).content.decode()
    assert "The pack is loaded" in page
    letter.refresh_from_db()
    assert letter.outdated_at is not None


def test_the_command_asks_as_well(tmp_path: Path) -> None:
    letter = submit_sample()
    pack, out = tmp_path / "pack.yaml", io.StringIO()
    pack.write_text(make_new_pack())
    with pytest.raises(CommandError, match=r"1 letter carries the old words: 1 queued\. Nothing was changed"):
        call_command("load_campaign", str(pack), stdout=out)
    call_command("load_campaign", str(pack), dry_run=True, stdout=out)
    assert "1 letter carries the old words" in out.getvalue()
    assert read_short() != NEW
    call_command("load_campaign", str(pack), letters="fact", note="Not four.", stdout=out)
    assert read_short() == NEW
    letter.refresh_from_db()
    assert letter.outdated_at is not None


def correct(client: Client) -> str:
    """Correct the short text; return the path of the page that says who was sent the old words."""
    path, field = find_argument()
    change(client, path, {field: NEW, "correction": "fact", "correction_note": "Not four."})
    version = TextVersion.objects.filter(corrected_at__isnull=False).latest("pk")
    return reverse("admin:letters_correction", args=["peace", version.pk])


def test_the_list_says_who_was_sent_the_old_words_by_constituency(chief: Client) -> None:
    fill()
    path = correct(chief)
    rows = list(csv.reader(io.StringIO(b"".join(chief.get(f"{path}reached.csv")).decode("utf-8-sig"))))
    day = Letter.objects.filter(status=Status.SENT)[0].sent_at.strftime("%Y-%m-%d")  # type: ignore[union-attr]
    assert rows == [
        ["gss", "constituency", "mp", "with_mp", "in_doubt", "bounced", "first_sent", "last_sent"],
        ["E14001172", "Cities of London and Westminster", "Ms Ann Example MP", "1", "1", "1", day, day],
        [OTHER, "Leeds Test", "Ms Ann Example MP", "1", "0", "0", day, day],
    ]
    page = chief.get(path).content.decode()
    assert "1 letter was sent in rehearsal, to no MP." in page
    assert "What was wrong: Not four." in page
    assert "<h2>Argument 1: paragraph</h2>" in page
    overview = chief.get(reverse("admin:letters_corrections", args=["peace"])).content.decode()
    assert "6 letters will not be sent until their supporters have chosen." in overview


def test_their_supporters_are_told_once_however_often_it_is_asked(chief: Client, scripted: ScriptedServer) -> None:
    fill()
    path = correct(chief)
    Notice.objects.all().delete()
    assert "5 supporters will get an email." in chief.post(path, follow=True).content.decode()
    assert "They have all been told already." in chief.post(path, follow=True).content.decode()
    assert send_notices() == 5
    assert "They have all been told already." in chief.post(path, follow=True).content.decode()
    told = Notice.objects.filter(kind=Notice.Kind.CORRECTED).values_list("letter__status", flat=True)
    assert sorted(told) == ["bounced", "sent", "sent", "sent", "unknown"]
    assert all(b"A correction to your letter" in taken.content for taken in scripted.taken)


def test_another_correction_is_told_again(chief: Client, scripted: ScriptedServer) -> None:
    submit_sample(status=Status.SENT)
    chief.post(correct(chief))
    assert send_notices() == 1
    ask = reverse("admin:content_campaign_change", args=[Campaign.objects.get().pk])
    change(chief, ask, {"asks-0-text": "Please say this.", "correction": "fact"})
    version = TextVersion.objects.filter(kind="ask", corrected_at__isnull=False).get()
    page = chief.post(reverse("admin:letters_correction", args=["peace", version.pk]), follow=True)
    assert "1 supporter will get an email." in page.content.decode()
    assert send_notices() == 1


def test_who_has_been_erased_is_counted_and_not_told(chief: Client) -> None:
    from letters.actions.erase import scrub_letter

    letter = submit_sample(status=Status.SENT)
    Letter.objects.update(rehearsal=False)
    assert scrub_letter(Letter.objects.get(pk=letter.pk))
    path = correct(chief)
    page = chief.get(path).content.decode()
    assert "1 letter carries the old words: 1 with MPs." in page
    assert "They have all been told already." in chief.post(path, follow=True).content.decode()


def test_a_campaign_without_corrections_says_so(chief: Client) -> None:
    submit_sample()
    page = chief.get(reverse("admin:letters_corrections", args=["peace"])).content.decode()
    assert "No letter carries words that were corrected." in page
    assert chief.get(reverse("admin:letters_correction", args=["peace", 1])).status_code == 404
