"""The list of letters: every letter on exactly one page, found by what people know of it, at no cost that grows (dates.py, filters.py)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.utils import timezone

from campaign.content.models import Campaign
from campaign.parliament.models import Member
from letters.models import Letter, Status
from letters.statistics.rollup import roll_up_all
from tests.letters.factories import make_campaign, make_constituency, make_letter, submit_sample
from tests.letters.many import write_many

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"


def follow(client: Client, query: str, word: str) -> list[list[str]]:
    """The references on each page, going on by this link."""
    pages: list[list[str]] = []
    found: re.Match[str] | None
    while True:
        page = client.get(LIST + query).content.decode()
        pages.append(re.findall(r"<a[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})</a>", page))
        found = re.search(rf'<a href="([^"]+)"[^>]*>{word}</a>', page)
        if not found:
            return pages
        query = found[1].replace("&amp;", "&")


def test_every_letter_is_on_one_page_there_and_back(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign()
    make_constituency()
    write_many(campaign, 120)
    Letter.objects.update(created_at=timezone.now())  # even if all were written in the same moment
    expected = [letter.reference for letter in Letter.objects.order_by("-created_at", "-pk")]
    pages = follow(admin_client, "", "Older")
    assert [len(page) for page in pages] == [50, 50, 20]
    assert sum(pages, []) == expected  # noqa: RUF017
    last = Letter.objects.order_by("created_at", "pk")[0]
    back = follow(admin_client, f"?p=newer_{last.created_at.timestamp():.6f}_{last.pk}", "Newer")
    assert sorted(sum(back, [])) == sorted(expected[:-1])  # noqa: RUF017
    with django_assert_max_num_queries(15):
        admin_client.get(LIST + f"?p=newer_{last.created_at.timestamp():.6f}_{last.pk}&party=Independent")


def read_numbers(page: str) -> dict[str, int]:
    """The numbers beside the filters' choices, by what the choice asks for."""
    found = re.findall(r'<a href="\?([^"]*)">[^<]*\(([\d,]+)\)</a>', page)
    return {query.replace("&amp;", "&"): int(number.replace(",", "")) for query, number in found}


def test_the_numbers_beside_the_filters_are_those_of_the_list(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    for slug in ("peace", "rivers"):
        campaign = make_campaign(slug)
        make_constituency(f"E1400000{len(slug)}", slug, party="Green Party" if slug == "rivers" else "Labour")
        write_many(campaign, 90)
    Letter.objects.filter(created_at__gte=timezone.now() - dt.timedelta(days=5)).update(rehearsal=True)
    roll_up_all()
    # Some have moved since, and one is gone: the roll-up does not know it yet.
    for letter in Letter.objects.filter(status=Status.QUEUED)[:3]:
        letter.transition_to(Status.HELD)
    held, peace = Letter.objects.filter(status=Status.HELD)[0], Campaign.objects.get(slug="peace")
    held.transition_to(Status.WITHDRAWN)
    for query in ("", "status__exact=held", f"campaign__id__exact={peace.pk}&rehearsal__exact=0", "party=Labour",
                  "constituency_gss__exact=E14000005", "party=Labour&status__exact=sent"):  # fmt: skip
        with django_assert_max_num_queries(15):
            numbers = read_numbers(admin_client.get(f"{LIST}?{query}").content.decode())
        assert len(numbers) >= 15
        for asked, number in numbers.items():
            wanted = {name.replace("party", "member_party"): value for name, value in parse_qsl(asked)}
            assert number == Letter.objects.filter(**wanted).count(), (query, asked)
    for query in ("q=peace", "written=week", "status__exact=sent&p=x&q=E14000005"):
        assert read_numbers(admin_client.get(f"{LIST}?{query}").content.decode()) == {}, "not known: not said"
    # As no link of ours writes it, but as somebody may type it: the number below the list is that of the list.
    for query, count in ((f"campaign__id__exact=0{peace.pk}", 90), ("rehearsal__exact=True", 180)):
        assert f"{count} letters" in admin_client.get(f"{LIST}?{query}").content.decode(), query


def test_who_wrote_to_labour_mps_in_wales_this_month_and_with_what(admin_client: Client) -> None:
    """Three choices answer it, and each is a link of the list."""
    make_campaign()
    for gss, name, party in (
        ("W07000081", "Aberafan Maesteg", "Labour"),
        ("W07000112", "Ynys Môn", "Plaid Cymru"),
        ("W07000085", "Blaenau Gwent and Rhymney", "Labour (Co-op)"),
        ("E14001172", "Cities of London and Westminster", "Labour"),
    ):
        make_constituency(gss, name, party=party)
    wanted = {submit_sample("argument-1", "argument-2", gss="W07000081").reference}
    wanted.add(submit_sample("argument-2", gss="W07000085").reference)
    submit_sample("argument-1", gss="W07000112")
    submit_sample("argument-1", gss="E14001172")
    earlier = submit_sample("argument-1", gss="W07000081")
    month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    Letter.objects.filter(pk=earlier.pk).update(created_at=month - dt.timedelta(seconds=1))

    query = ""
    for choice in ("Wales", "Labour", "This month"):
        page = admin_client.get(LIST + query).content.decode()
        query = re.findall(rf'<a href="([^"]*)">{choice}(?: \([\d,]+\))?</a>', page)[0].replace("&amp;", "&")
    page = admin_client.get(LIST + query).content.decode()
    assert set(re.findall(r"<a[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})</a>", page)) == wanted
    table = page[page.index("admin-arguments") :]
    rows = re.findall(r'<th scope="row">([^<]*)</th>\s*<td>(\d+)</td>', table)
    assert rows == [("Argument 2", "2"), ("Argument 1", "1")]


def test_letters_with_an_argument(admin_client: Client) -> None:
    make_campaign()
    one, other = submit_sample("argument-1"), submit_sample("argument-2")
    page = admin_client.get(LIST).content.decode()
    query = re.findall(r'<a href="([^"]*)">Argument 2</a>', page)[0]
    page = admin_client.get(LIST + query).content.decode()
    assert (one.reference in page, other.reference in page) == (False, True)
    for nonsense in ("argument=x", "argument=" + "9" * 30, "argument=-1", "region=Mercia", "party=None"):
        assert "0 letters" in admin_client.get(f"{LIST}?{nonsense}").content.decode(), nonsense


def test_labour_and_labour_co_op_are_counted_as_one(admin_client: Client) -> None:
    campaign = make_campaign()
    for number, party in enumerate(("Labour", "Labour (Co-op)", "Green Party")):
        make_constituency(f"E1400000{number}", party, party=party)
        make_letter(campaign, constituency_gss=f"E1400000{number}", member_party=party)
    roll_up_all()
    numbers = read_numbers(admin_client.get(LIST).content.decode())
    assert {key: n for key, n in numbers.items() if key.startswith("party")} == {
        "party=Labour": 2,
        "party=Green+Party": 1,
    }
    assert read_numbers(admin_client.get(LIST + "?party=Labour").content.decode())["party=Labour"] == 2
    assert "2 letters" in admin_client.get(LIST + "?party=Labour+(Co-op)").content.decode(), "an older link"


def test_the_way_from_years_to_months_to_days(admin_client: Client) -> None:
    old, new = make_letter(), make_letter()
    zone = timezone.get_current_timezone()
    Letter.objects.filter(pk=old.pk).update(created_at=dt.datetime(2024, 7, 1, 0, 30, tzinfo=zone))
    page, seen = admin_client.get(LIST).content.decode(), []
    for name in ("2024", "July 2024", "1"):
        url = dict(
            reversed(found) for found in re.findall(r'<a href="([^"]*)">([^<]*)</a>', page[page.index("admin-dates") :])
        )[name]
        page = admin_client.get(LIST + url).content.decode()
        seen.append((url, old.reference in page, new.reference in page))
    assert seen == [
        ("?written=2024", True, False),
        ("?written=2024-07", True, False),
        ("?written=2024-07-01", True, False),
    ]
    for nonsense in ("2024-13", "0000", "9999", "9999-05", "9999-12-31", "2024-02-30", "2024-07-01x"):
        assert admin_client.get(f"{LIST}?written={nonsense}").status_code == 200


@pytest.mark.parametrize("place", ["3", "older", "older_x_y", "older_1e99_1", "newer_nan_", "x_1_2"])
def test_a_page_that_no_link_names_is_the_first(admin_client: Client, place: str) -> None:
    letter = make_letter()
    assert letter.reference in admin_client.get(LIST + f"?p={place}").content.decode()


def test_letters_are_found_by_reference_constituency_member_and_code(admin_client: Client) -> None:
    campaign = make_campaign()
    make_constituency()
    constituency = make_constituency(
        "W07000112", "Ynys Môn", name_display="Llinos Medi", name_full_title="Llinos Medi MP", party="Plaid Cymru"
    )
    one = make_letter(campaign)
    other = make_letter(
        campaign,
        constituency_gss=constituency.pk,
        constituency_name=constituency.name,
        member_name="Llinos Medi MP",
        member_party="Plaid Cymru",
    )
    for query, found, missing in (
        (f"q={one.reference.lower()}", one, other),
        ("q=ynys mon", other, one),
        ("q=W07000112", other, one),
        ("q=Llinos", other, one),
        ("party=Plaid+Cymru", other, one),
    ):
        page = admin_client.get(f"{LIST}?{query}").content.decode()
        assert found.reference in page
        assert missing.reference not in page
    Member.objects.filter(constituency=constituency).update(sitting=False)
    assert other.reference in admin_client.get(f"{LIST}?q=Llinos").content.decode()
    for when, there in (("today", True), ("week", True), (f"{timezone.localdate():%Y-%m}", True), ("2020-01", False)):
        assert (one.reference in admin_client.get(f"{LIST}?written={when}").content.decode()) is there
