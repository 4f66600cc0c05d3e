"""What is dumped reads as what was loaded, for the sample, the shipped pack and any text (management/commands/dump_campaign.py)."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.dumping import LEFT_OUT_IF_EMPTY, make_pack, write_pack
from campaign.content.loading import load_pack
from campaign.content.models import Argument, Campaign
from campaign.content.pack import PACK_FORMAT, Pack
from campaign.content.parsing import parse_bytes, parse_pack
from campaign.content.validators import HIDDEN
from tests.campaign.content.samples import SAMPLE, load_sample, see_database

SHIPPED = Path(__file__).parents[3] / "campaign" / "content" / "packs" / "time-to-negotiate.yaml"


def dump(slug: str) -> str:
    out = StringIO()
    call_command("dump_campaign", slug, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [SAMPLE, SHIPPED], ids=["sample", "shipped"])
def test_it_goes_round_exactly(path: Path) -> None:
    pack = parse_pack(path)
    load_pack(pack)
    before = see_database()
    text = dump(pack.slug)
    assert parse_bytes(text.encode()) == replace(pack, format=PACK_FORMAT)
    assert load_pack(parse_bytes(text.encode())) == []
    assert see_database() == before
    assert dump(pack.slug) == text


@pytest.mark.django_db
def test_the_shipped_pack_has_what_it_promises() -> None:
    load_pack(parse_pack(SHIPPED))
    campaign = Campaign.objects.get(slug="time-to-negotiate")
    arguments = list(campaign.arguments.offered().with_texts())
    assert len(arguments) == 27
    for argument in arguments:
        assert {p.length for p in argument.phrasings.all() if p.language == "en"} == {"short", "full"}
        assert len(argument.sources.all()) >= 1
    assert (campaign.mode, campaign.imprint, campaign.contact_email) == (Campaign.Mode.REHEARSAL, "", "")


@pytest.mark.django_db
def test_it_is_written_for_people() -> None:
    load_sample()
    text = dump("warm-homes")
    assert list(yaml.safe_load(text)) == [
        field.name for field in dataclasses.fields(Pack) if field.name not in LEFT_OUT_IF_EMPTY
    ]
    assert "text: Mae inswleiddio yn talu amdano’i hun." in text
    assert "brief: |-\n  Cold homes cost lives and money.\n\n  This campaign" in text
    assert "        text: >-\n          In the winter of 2022" in text
    assert max(len(line) for line in text.splitlines()) < 130


@pytest.mark.django_db
def test_arguments_that_are_not_published_are_left_out() -> None:
    campaign = load_sample()
    Argument.objects.filter(key="it-pays").update(published=False)
    pack = make_pack(campaign)
    assert [a.key for a in pack.arguments] == ["cold-kills", "bills"]
    assert [t.key for t in pack.themes] == ["cost"]
    assert load_pack(pack) == []


@pytest.mark.django_db
def test_an_organisers_own_order_goes_round() -> None:
    campaign = load_sample()
    Argument.objects.update(position=0)
    pack = make_pack(campaign)
    assert [a.key for a in pack.arguments] == ["cold-kills", "bills", "it-pays"]
    assert load_pack(pack) == []


@pytest.mark.django_db
def test_it_writes_to_a_file(tmp_path: Path) -> None:
    load_sample()
    call_command("dump_campaign", "warm-homes", output=tmp_path / "pack.yaml")
    assert (tmp_path / "pack.yaml").read_text(encoding="utf-8") == dump("warm-homes")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("dump_campaign", "warm-homes", output=tmp_path / "absent" / "pack.yaml")


@pytest.mark.django_db
def test_an_unknown_campaign_is_answered_with_those_there_are() -> None:
    load_sample()
    with pytest.raises(CommandError, match="Campaigns here: warm-homes"):
        call_command("dump_campaign", "cold-homes")


@pytest.mark.django_db
def test_it_warns_of_a_pack_that_would_be_refused() -> None:
    load_sample().asks.all().delete()
    warning = StringIO()
    call_command("dump_campaign", "warm-homes", stdout=StringIO(), stderr=warning)
    assert "asks: is empty" in warning.getvalue()


TEXTS = st.text(min_size=1, max_size=400).map(lambda text: HIDDEN.sub("", text).strip()).filter(bool)
LINES = (
    st.lists(st.text("ab :#-'\"|>“”é\n", min_size=1, max_size=300), min_size=1)
    .map(" ".join)
    .map(str.strip)
    .filter(bool)
)


@given(text=st.one_of(TEXTS, LINES))
def test_any_text_goes_round(text: str) -> None:
    pack = dataclasses.replace(parse_pack(SAMPLE), brief=text, credit=text)
    assert parse_bytes(write_pack(pack).encode()) == pack


@pytest.mark.django_db
def test_what_is_shown_first_goes_round() -> None:
    load_sample()
    assert "first:" not in dump("warm-homes")
    Argument.objects.filter(key="bills").update(first=True)
    text = dump("warm-homes")
    Argument.objects.update(first=False)
    assert load_pack(parse_bytes(text.encode())) == ["changed argument bills: first: “False” → “True”"]
    assert [argument.key for argument in Argument.objects.filter(first=True)] == ["bills"]
