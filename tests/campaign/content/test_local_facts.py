"""Facts about constituencies: each fault of a file is told with its line, and no fact outlives its date (campaign/content/models/local.py, letters/management/commands/load_local_facts.py)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.local_facts import COLUMNS, FactsRefusedError, parse_facts, replace_facts
from campaign.content.models import Campaign, LocalFact
from campaign.content.pack import Fault
from tests.letters.factories import GSS, make_campaign, make_constituency

HEADER = ",".join(COLUMNS)
GOOD = f'{GSS},"1,234","In {{place}}, {{figure}} people signed.","Our petition, by postcode",2026-10,2027-04-30'
SAMPLE = Path(settings.BASE_DIR, "docs", "local-facts.csv")


def parse(*lines: str, header: str = HEADER) -> list[LocalFact]:
    return parse_facts("\n".join([header, *lines]).encode(), {GSS, "S14000088"})


def find_faults(*lines: str, header: str = HEADER) -> list[str]:
    with pytest.raises(FactsRefusedError) as refused:
        parse(*lines, header=header)
    return [str(fault) for fault in refused.value.faults]


def test_a_good_line_is_a_fact() -> None:
    [fact] = parse(GOOD)
    assert fact.say("Leeds") == "In Leeds, 1,234 people signed."
    assert fact.note == "Our petition, by postcode, October 2026."
    assert fact.valid_until == dt.date(2027, 4, 30)


def test_without_a_last_day_a_fact_is_valid_for_a_year_from_its_date() -> None:
    [fact] = parse(GOOD.replace("2027-04-30", ""))
    assert fact.valid_until == dt.date(2027, 10, 1)


def test_columns_may_come_in_any_order_and_the_last_day_be_left_out() -> None:
    [fact] = parse(f"2026,Survey,17 groups in {{place}}.,17,{GSS.lower()}", header="DATE,source,sentence,figure,gss")
    assert (fact.gss, fact.valid_until, fact.note) == (GSS, dt.date(2027, 1, 1), "Survey, 2026.")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"{GSS},,A.,S,2026,", "line 2: figure: It is empty. Fill it in."),
        ("E1400117,1,1 a.,S,2026,", "line 2: gss: Write the GSS code as a letter and eight digits, such as E14001064."),
        ("E14999999,1,1 a.,S,2026,", "line 2: gss: There is no constituency E14999999 today."),
        (f"{GSS},1,No number.,S,2026,", "line 2: sentence: The figure is not in it. Write {figure} where it belongs."),
        (f"{GSS},1,{{number}} 1.,S,2026,", "line 2: sentence: “{number}” is not known. There are {figure} and {place}."),
        (f"{GSS},1,1 a,S,2026,", "line 2: sentence: It has to end with a full stop."),
        (f"{GSS},1,1 a.,S,soon,", "line 2: date: Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known."),
        (f"{GSS},1,1 a.,S,2026-02-30,", "line 2: date: There is no such date."),
        (f"{GSS},1,1 a.,S,2999,", "line 2: date: This date is in the future."),
        (f"{GSS},1,1 a.,S,2026,soon", "line 2: valid_until: Write the day as 2027-03-31, or leave it empty."),
        (f"{GSS},1,1 a.,S,2026,2027-02-30", "line 2: valid_until: There is no such date."),
        (f"{GSS},1,1 a.,S,2026-05,2026-04-01", "line 2: valid_until: It is before the date of the figure."),
        (f"{GSS},1,000,1 a.,S,2026,", "line 2: has more cells than the header. Put what has a comma in it between quotation marks."),
        (f"\n\n{GSS},1,1\u202e a.,S,2026,", "line 4: sentence: There is a hidden or control character (U+202E) in this text. Remove it."),
        (f"{GOOD}\n{GOOD}", f"line 3: gss: {GSS} is in the file twice. Keep one line."),
        ("", "line 1: has no line below its header."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(line: str, fault: str) -> None:
    assert find_faults(line) == [fault]


def test_a_wrong_header_or_coding_is_told() -> None:
    assert find_faults(GOOD, header="gss,figure,sentence,source") == [
        f"line 1: has no column “date”. The first line has to name the columns: {HEADER}."
    ]
    assert find_faults(GOOD, header=f"{HEADER},party") == [
        f"line 1: has a column “party”, which is not one of these: {HEADER}."
    ]
    with pytest.raises(FactsRefusedError) as refused:
        parse_facts(f"{HEADER}\n{GOOD}\n".encode() + b"\xff", {GSS})
    assert [str(fault) for fault in refused.value.faults] == ["line 3: is not UTF-8. Save the file as “CSV UTF-8”."]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode("utf-8", "replace")))
def test_whatever_the_file_is_it_is_read_or_refused(data: bytes) -> None:
    faults: list[Fault] = []
    facts: list[LocalFact] = []
    try:
        facts = parse_facts(data, {GSS})
    except FactsRefusedError as refused:
        faults = refused.faults
    assert bool(facts) != bool(faults)
    assert all(fault.line >= 1 for fault in faults)


@given(st.text("0123456789,. %£", min_size=1, max_size=60).map(str.strip).filter(bool), st.text(max_size=90))
def test_a_fact_reads_the_same_from_a_file(figure: str, words: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([COLUMNS, [GSS, figure, f"{figure}{words}.", "S", "2026", ""]])
    try:
        [fact] = parse_facts(file.getvalue().encode("utf-8", "replace"), {GSS})
    except FactsRefusedError:
        return
    assert figure in fact.sentence


def test_the_sample_can_be_loaded() -> None:
    facts = parse_facts(SAMPLE.read_bytes(), {GSS, "S14000088"})
    assert [fact.gss for fact in facts] == [GSS, "S14000088"]
    assert all("Example" in fact.source for fact in facts)


@pytest.mark.django_db
def test_the_command_loads_checks_and_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = make_campaign()
    make_constituency()
    file = tmp_path / "facts.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n")
    call_command("load_local_facts", "peace", str(file), "--dry-run")
    assert not LocalFact.objects.exists()
    call_command("load_local_facts", "peace", str(file))
    assert [str(fact) for fact in campaign.local_facts.all()] == [f"{GSS}: 1,234"]
    file.write_text(f"{HEADER}\n{GOOD.replace('2027-04-30', '2026-10-31')}\n")
    call_command("load_local_facts", "peace", str(file))
    assert "Out of date, and therefore not shown: 1." in capsys.readouterr().out
    assert not LocalFact.objects.in_date().exists()
    file.write_text(f"{HEADER}\nE14999999,1,1 a.,S,2026,\n")
    with pytest.raises(CommandError, match="line 2: gss: There is no constituency E14999999"):
        call_command("load_local_facts", "peace", str(file))
    with pytest.raises(CommandError, match="There is no campaign “bees”"):
        call_command("load_local_facts", "bees", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_local_facts", "peace", str(tmp_path / "none.csv"))
    assert LocalFact.objects.count() == 1


@pytest.mark.django_db
def test_organisers_load_a_file_see_what_is_wrong_and_take_all_away(admin_client: Client) -> None:
    campaign = make_campaign()
    make_constituency()
    path = reverse("admin:letters_local_facts", args=["peace"])
    assert path in admin_client.get(reverse("admin:content_campaign_change", args=[campaign.pk])).content.decode()

    def send(text: str) -> str:
        file = SimpleUploadedFile("facts.csv", text.encode(), content_type="text/csv")
        return admin_client.post(path, {"file": file}, follow=True).content.decode()

    assert "Choose a file." in admin_client.post(path, {}).content.decode()
    assert "Line 2, <code>gss</code>: There is no constituency" in send(f"{HEADER}\nE14999999,1,1 a.,S,2026,\n")
    assert not LocalFact.objects.exists()
    assert "Loaded facts about 1 constituency." in send(f"{HEADER}\n{GOOD}\n")
    history = admin_client.get(reverse("admin:content_campaign_history", args=[campaign.pk])).content.decode()
    assert "Loaded facts about 1 constituency." in history
    answer = admin_client.get(f"{path}?download")
    given = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert [fact.say("X") for fact in parse_facts(given, {GSS})] == ["In X, 1,234 people signed."]
    admin_client.post(path, {"remove": "yes"})
    assert not LocalFact.objects.exists()


@pytest.mark.django_db
def test_a_file_replaces_what_there_was() -> None:
    campaign = make_campaign()
    other = make_campaign("bees", title="Bees")
    replace_facts(other, parse(GOOD))
    replace_facts(campaign, parse(GOOD))
    loaded = replace_facts(campaign, parse("S14000088,17,17 groups.,S,2026-11,2026-11-28"))
    assert (loaded.count, loaded.out_of_date) == (1, 1 if timezone.localdate() > dt.date(2026, 11, 28) else 0)
    assert [fact.gss for fact in campaign.local_facts.all()] == ["S14000088"]
    assert Campaign.objects.get(slug="bees").local_facts.count() == 1
