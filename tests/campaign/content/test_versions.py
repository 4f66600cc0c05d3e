"""Every change of a text makes a version, whichever way it is saved (versions.py, models/version.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from campaign.content.dumping import make_pack
from campaign.content.loading import load_pack, make_changes
from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, TextVersion, saving_as
from campaign.content.versions import lock_versions
from tests.campaign.content.samples import load_sample

pytestmark = pytest.mark.django_db
Change, Kind = TextVersion.Change, TextVersion.Kind


def list_versions(row: Phrasing | Argument | Source | Ask | Campaign, kind: str) -> list[tuple[str, str, bool, bool]]:
    """Each version's words, change, whether it is current, whether it is known to be wrong."""
    return [
        (one.words, one.change, one.superseded_at is None, one.corrected_at is not None)
        for one in TextVersion.objects.filter(row=row.pk, kind=kind)
    ]


def by_save(phrasing: Phrasing, text: str) -> None:
    phrasing.text = text
    phrasing.save()


def by_some_fields(phrasing: Phrasing, text: str) -> None:
    phrasing.text = text
    phrasing.save(update_fields=["text"])


def by_update(phrasing: Phrasing, text: str) -> None:
    Phrasing.objects.filter(pk=phrasing.pk).update(text=text)


def by_bulk_update(phrasing: Phrasing, text: str) -> None:
    phrasing.text = text
    Phrasing.objects.bulk_update([phrasing], ["text"])


def by_pack(phrasing: Phrasing, text: str) -> None:
    pack = make_pack(phrasing.argument.campaign)
    arguments = tuple(
        replace(one, phrasings=tuple(replace(p, text=text) if p.text == phrasing.text else p for p in one.phrasings))
        for one in pack.arguments
    )
    load_pack(replace(pack, arguments=arguments))


@pytest.mark.parametrize("change", [by_save, by_some_fields, by_update, by_bulk_update, by_pack])
def test_a_changed_paragraph_has_a_new_version(change: Callable[[Phrasing, str], None]) -> None:
    load_sample()
    phrasing = Phrasing.objects.first()
    assert phrasing is not None
    before = phrasing.text
    with saving_as(Change.FACT, note="Two, not three."):
        change(phrasing, "New words.")
    assert list_versions(phrasing, Kind.PARAGRAPH) == [
        (before, "first", False, True),
        ("New words.", "fact", True, False),
    ]
    assert TextVersion.objects.get(words="New words.").note == "Two, not three."


def test_what_changes_no_words_makes_no_version() -> None:
    load_sample()
    count = TextVersion.objects.count()
    for model in (Phrasing, Argument, Source, Ask, Campaign):
        for row in model.objects.all():
            row.save()
    Argument.objects.update(position=7)
    assert TextVersion.objects.count() == count


def test_new_rows_made_together_have_first_versions() -> None:
    load_sample()
    argument = Argument.objects.all()[0]
    [made] = Phrasing.objects.bulk_create([Phrasing(argument=argument, length="short", variant=5, text="Another.")])
    assert list_versions(made, Kind.PARAGRAPH) == [("Another.", "first", True, False)]


def test_a_deleted_row_leaves_its_versions() -> None:
    load_sample()
    source = Source.objects.all()[0]
    pk, note = source.pk, source.note
    with saving_as(Change.FACT):
        Source.objects.filter(pk=pk).delete()
    [left] = TextVersion.objects.filter(row=pk, kind=Kind.SOURCE)
    assert (left.words, left.superseded_at is None, left.corrected_at is None) == (note, False, False)


def test_what_has_happened_since_is_part_of_the_paragraphs_that_end_with_it() -> None:
    load_sample()
    argument = Argument.objects.all()[0]
    phrasing = argument.phrasings.all()[0]
    Argument.objects.filter(pk=argument.pk).update(since="In May it ended.", since_date="2026-05")
    assert len(list_versions(phrasing, Kind.PARAGRAPH)) == 1
    argument.refresh_from_db()
    argument.since_in_letter = True
    argument.save()
    assert list_versions(phrasing, Kind.PARAGRAPH)[1:] == [(f"{phrasing.text} In May it ended.", "style", True, False)]


def test_a_change_of_style_after_a_correction_does_not_make_the_corrected_words_right() -> None:
    load_sample()
    ask = Ask.objects.all()[0]
    first = ask.text
    for change, text in ((Change.FACT, "B"), (Change.STYLE, "C"), (Change.FACT, first), (Change.STYLE, "D")):
        with saving_as(change):
            ask.text = text
            ask.save()
    assert [(words, wrong) for words, _change, _current, wrong in list_versions(ask, Kind.ASK)] == [
        (first, False),  # said again, so right after all; since then only its style has changed
        ("B", True),
        ("C", True),
        (first, False),
        ("D", False),
    ]


def test_a_review_is_no_correction_of_the_date() -> None:
    load_sample()
    argument, user = Argument.objects.all()[0], User.objects.create_user("mo")
    argument.note_review(user, "Checked.")
    with saving_as(Change.FACT):
        argument.save()
    changes = [(change, wrong) for _words, change, _current, wrong in list_versions(argument, Kind.AGE)]
    assert changes == [("first", False), ("review", False)]


def test_each_wording_of_the_preface_is_corrected_by_itself() -> None:
    load_sample()
    campaign = Campaign.objects.get()
    campaign.preface = "One.\nTwo of four agree.\nThree."
    campaign.save()
    with saving_as(Change.FACT):
        campaign.preface = "Nobody agrees.\nOne.\nTwo of three agree.\nThree."
        campaign.save()
    versions = TextVersion.objects.filter(kind=Kind.PREFACE)
    assert [(one.words, one.slot, bool(one.corrected_at)) for one in versions] == [
        ("One.", 0, False),
        ("Two of four agree.", 1, True),
        ("Three.", 2, False),
        ("Nobody agrees.", 3, False),
        ("Two of three agree.", 1, False),
    ]


def test_a_text_that_came_past_django_has_a_version_once_it_is_asked_for() -> None:
    load_sample()
    ask = Ask.objects.all()[0]
    Ask._base_manager.filter(pk=ask.pk).update(text="Straight in.")
    TextVersion.objects.filter(kind=Kind.ASK).delete()
    ask.refresh_from_db()
    [version] = lock_versions(ask.list_texts())
    assert version is not None
    assert version.words == "Straight in."


def test_a_version_keeps_who_made_it_until_the_account_goes() -> None:
    load_sample()
    user, ask = User.objects.create_user("mo"), Ask.objects.all()[0]
    with saving_as(Change.STYLE, by=user):
        by_ask = Ask.objects.filter(pk=ask.pk)
        by_ask.update(text="Other words.")
    version = TextVersion.objects.get(words="Other words.")
    assert version.by == user
    user.delete()
    version.refresh_from_db()
    assert version.by is None


def test_a_pack_that_is_loaded_where_it_comes_from_changes_no_version_and_no_review(tmp_path: Path) -> None:
    load_sample()
    user = User.objects.create_user("mo")
    argument = Argument.objects.all()[0]
    argument.note_review(user, "Checked.")
    argument.save()
    by_update(argument.phrasings.all()[0], "Corrected.")
    before = list(TextVersion.objects.values())
    reviews = list(Argument.objects.values_list("key", "reviewed_on", "reviewed_by", "review_note", "review_by"))
    assert make_changes(make_pack(argument.campaign)) == []
    assert list(TextVersion.objects.values()) == before
    now = list(Argument.objects.values_list("key", "reviewed_on", "reviewed_by", "review_note", "review_by"))
    assert now == reviews
