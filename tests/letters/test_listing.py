"""The list of letters: every letter on exactly one page, found by what people know of it, at no cost that grows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaign.parliament.models import Member
from letters.models import Letter
from tests.letters.factories import make_campaign, make_letter, make_seat
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
    make_seat()
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


@pytest.mark.parametrize("place", ["3", "older", "older_x_y", "older_1e99_1", "newer_nan_", "x_1_2"])
def test_a_page_that_no_link_names_is_the_first(admin_client: Client, place: str) -> None:
    letter = make_letter()
    assert letter.reference in admin_client.get(LIST + f"?p={place}").content.decode()


def test_letters_are_found_by_reference_seat_member_and_code(admin_client: Client) -> None:
    campaign = make_campaign()
    make_seat()
    seat = make_seat(
        "W07000112", "Ynys Môn", name_display="Llinos Medi", name_full_title="Llinos Medi MP", party="Plaid Cymru"
    )
    one = make_letter(campaign)
    other = make_letter(
        campaign,
        constituency_gss=seat.pk,
        constituency_name=seat.name,
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
    Member.objects.filter(constituency=seat).update(sitting=False)
    assert other.reference in admin_client.get(f"{LIST}?q=Llinos").content.decode()
    for when, there in (("today", True), ("week", True), (f"{timezone.localdate():%Y-%m}", True), ("2020-01", False)):
        assert (one.reference in admin_client.get(f"{LIST}?written={when}").content.decode()) is there
