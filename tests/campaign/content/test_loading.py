"""Loading says what changed, changes nothing twice, and leaves alone what is not the pack's business (changes.py, management/commands/load_campaign.py)."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaign.content.changes import show_change
from campaign.content.loading import load_pack
from campaign.content.models import Argument, Campaign, Source, Theme
from campaign.content.parsing import parse_bytes
from tests.campaign.content.samples import SAMPLE, load_data, load_sample, read_sample, see_database, to_bytes

pytestmark = pytest.mark.django_db


def run_load(path: Path, **options: Any) -> list[str]:
    out = StringIO()
    call_command("load_campaign", str(path), stdout=out, **options)
    return out.getvalue().splitlines()


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def test_it_tells_what_was_added_and_then_that_nothing_changed() -> None:
    assert run_load(SAMPLE) == [
        "added campaign warm-homes",
        "added theme cost",
        "added theme repair",
        "added argument cold-kills",
        "added argument it-pays",
        "added argument bills",
        "added ask say-so",
        "added ask ask-a-question",
    ]
    before = see_database()
    assert run_load(SAMPLE) == ["nothing changed"]
    assert see_database() == before


def test_a_new_campaign_is_in_rehearsal() -> None:
    assert load_sample().mode == Campaign.Mode.REHEARSAL


def test_a_dry_run_tells_the_same_and_saves_nothing() -> None:
    told = run_load(SAMPLE, dry_run=True)
    assert see_database() == {name: [] for name in see_database()}
    assert told == [*run_load(SAMPLE), "This was a dry run: nothing was saved."]


def test_a_broken_pack_changes_nothing_and_names_file_line_and_key(tmp_path: Path) -> None:
    load_sample()
    before = see_database()
    path = tmp_path / "broken.yaml"
    path.write_text(SAMPLE.read_text().replace("title: Warm homes", "title: Warmer homes").replace("full", "fall"))
    with pytest.raises(CommandError) as refused:
        call_command("load_campaign", str(path))
    lines = str(refused.value).splitlines()
    where = f"{path}: line 39: arguments[0] (cold-kills).phrasings"
    assert lines[0] == f"{where}: has no full phrasing in “en”, the pack's language"
    assert f"{path}: line 43: arguments[0] (cold-kills).phrasings[1].length: has to be short or full" in lines
    assert lines[-1] == "6 faults; nothing was changed."
    assert see_database() == before


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_campaign", str(tmp_path / name))


def test_it_tells_which_fields_changed_from_what_to_what() -> None:
    load_sample()
    pack = read_sample()
    pack["title"] = "Warmer homes"
    pack["themes"][0]["intro"] = "Bills."
    pack["arguments"][0]["sources"][1]["date"] = "2023"
    pack["arguments"][1]["phrasings"].pop()
    assert load_data(pack) == [
        "changed campaign warm-homes: title: “Warm homes” → “Warmer homes”",
        "changed theme cost: intro: “Bills and health.” → “Bills.”",
        "changed argument cold-kills: source 2: date: “2022” → “2023”",
        "removed argument it-pays: phrasing it-pays (cy, short)",
    ]
    assert load_data(pack) == []


def test_a_long_change_is_cut_around_where_it_is() -> None:
    old = "word " * 50 + "old" + " word" * 50
    assert show_change(old, old.replace("old", "new")) == (
        "“…word word word word old word word word word word word word …”"
        " → “…word word word word new word word word word word word word …”"
    )


def test_loading_reviews_nothing() -> None:
    load_sample()
    by = {"cold-kills": dt.date(2023, 5, 29), "it-pays": dt.date(2023, 7, 30), "bills": dt.date(2023, 7, 30)}
    assert {a.key: a.review_by for a in Argument.objects.all()} == by  # counted from `as_of`
    reviewer = User.objects.create_user("reviewer")
    for argument in Argument.objects.all():
        argument.note_review(reviewer, "Looked at Hansard.")
        argument.save()
    pack = read_sample()
    pack["arguments"][0]["theme"] = "repair"
    pack["arguments"][1]["phrasings"][0]["text"] = "It pays."
    pack["arguments"][2]["review_every_days"] = 190
    load_data(pack)
    assert {a.key: (a.review_by, a.reviewed_by, a.review_note) for a in Argument.objects.all()} == {
        "cold-kills": (in_days(90), reviewer, "Looked at Hansard."),  # under another heading it says the same
        "it-pays": (by["it-pays"], None, ""),  # nobody has reviewed what it says now
        "bills": (in_days(190), reviewer, "Looked at Hansard."),  # the same review holds longer
    }


@pytest.mark.parametrize("change", ["title", "claim", "as_of", "since", "source", "new source", "new phrasing"])
def test_any_change_of_content_is_unreviewed(change: str) -> None:
    load_sample()
    for argument in Argument.objects.all():
        argument.note_review(None, "Fine.")
        argument.save()
    pack = read_sample()
    argument = pack["arguments"][0]
    if change == "source":
        argument["sources"][0]["quotation"] = "lives"
    elif change == "new source":
        argument["sources"].append(argument["sources"][0])
    elif change == "new phrasing":
        argument["phrasings"].append({"language": "cy", "length": "full", "text": "Oer."})
    elif change == "since":
        argument |= {"since": "Since 2024 it is warmer.", "since_date": "2026-11"}
    else:
        argument[change] = "2023-03" if change == "as_of" else "Changed"
    load_data(pack)
    assert [a.key for a in Argument.objects.due_for_review()] == ["cold-kills"]
    assert load_data(pack) == []


def test_what_has_happened_since_stays_if_a_pack_does_not_say_it() -> None:
    load_sample()
    said = {"since": "Since 2024 it is warmer.", "since_date": "2026-11", "since_in_letter": True}
    Argument.objects.filter(key="bills").update(**said)
    assert load_data(read_sample()) == []
    assert Argument.objects.filter(key="bills", **said).exists()


def test_an_argument_that_goes_is_unpublished_and_comes_back() -> None:
    load_sample()
    pack = read_sample()
    gone = pack["arguments"].pop(1)
    pack["themes"].pop(1)
    assert load_data(pack) == ["unpublished argument it-pays: the pack no longer has it"]
    assert Theme.objects.filter(key="repair").exists()  # the argument still stands under it
    assert load_data(pack) == []
    assert load_data(read_sample()) == [
        "changed argument it-pays: published: “False” → “True”",
    ]
    assert Argument.objects.get(key=gone["key"]).published


def test_what_an_organiser_unpublished_stays_so() -> None:
    load_sample()
    Argument.objects.filter(key="bills").update(published=False)
    pack = read_sample()
    pack["arguments"].pop(2)
    assert load_data(pack) == []
    assert load_data(read_sample()) == []
    assert not Argument.objects.get(key="bills").published


def test_themes_and_asks_that_nothing_needs_are_removed() -> None:
    load_sample()
    pack = read_sample()
    pack["arguments"][1]["theme"] = "cost"
    pack["themes"].pop(1)
    pack["asks"].pop(0)
    assert load_data(pack) == [
        "changed argument it-pays: theme: “What helps” → “What it costs”",
        "removed theme repair",
        "removed ask say-so",
    ]


def test_a_new_order_is_told_in_one_line() -> None:
    load_sample()
    pack = read_sample()
    pack["arguments"].reverse()
    pack["asks"].reverse()
    assert load_data(pack) == ["changed the order of arguments", "changed the order of asks"]
    assert load_data(pack) == []


def test_how_the_campaign_runs_is_not_the_packs_business() -> None:
    load_sample()
    ours = {
        "mode": Campaign.Mode.LIVE,
        "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2026, 12, 31),
        "rehearsal_address": "test@example.org",
        "promoter_name": "Ours",
    }
    Campaign.objects.update(**ours)
    pack = read_sample() | {"title": "Changed", "promoter_name": "Theirs", "contact_email": "theirs@example.org"}
    assert load_data(pack) == [
        "changed campaign warm-homes: title: “Warm homes” → “Changed”",
        "changed campaign warm-homes: contact_email: “” → “theirs@example.org”",
    ]
    assert Campaign.objects.values(*ours).get() == ours


def test_sources_that_an_organiser_added_go_with_the_next_pack() -> None:
    load_sample()
    Source.objects.create(
        argument=Argument.objects.get(key="bills"), who="A", publisher="B", date="2022", title="C", position=9
    )
    assert load_data(read_sample()) == ["removed argument bills: source A, C, B, 2022."]


def test_two_campaigns_do_not_touch_each_other() -> None:
    load_sample()
    before = see_database()
    load_pack(parse_bytes(to_bytes(read_sample() | {"slug": "warmer-homes"})))
    Campaign.objects.filter(slug="warmer-homes").delete()
    assert see_database() == before
