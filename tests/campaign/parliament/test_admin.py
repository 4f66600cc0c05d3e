"""Organisers see constituencies and members in the admin, and may record a by-election there."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaign.parliament.models import Constituency, Member
from tests.campaign.parliament.samples import AS_OF, make_constituencies, make_constituency, make_member

pytestmark = pytest.mark.django_db
CONSTITUENCIES = "admin:parliament_constituency_changelist"
MEMBERS = "admin:parliament_member_changelist"


def read(client: Client, name: str, **query: str) -> list[str]:
    """What a list shows, as the objects' names."""
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return [str(shown) for shown in response.context["cl"].result_list]


@pytest.mark.parametrize("name", [CONSTITUENCIES, MEMBERS])
def test_a_list_costs_the_same_however_long_it_is(
    name: str, admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_constituencies(40)
    make_constituency(41, "Vacant Seat")
    with django_assert_max_num_queries(10):
        read(admin_client, name)


def test_accents_do_not_matter_to_search(admin_client: Client) -> None:
    make_member(make_constituency(1, "Ynys Môn", nation="W"), "Llinos Médi")
    clacton = make_constituency(2, "Clacton")
    make_member(clacton, "Nigel Farage")
    assert read(admin_client, CONSTITUENCIES, q="ynys mon") == ["Ynys Môn"]
    assert read(admin_client, CONSTITUENCIES, q="medi") == ["Ynys Môn"]
    assert read(admin_client, MEMBERS, q="MÉDI ynys") == ["Llinos Médi"]


def test_constituencies_are_filtered_by_vacancy_party_and_nation(admin_client: Client) -> None:
    make_member(make_constituency(1, "Clacton"), party="Reform UK")
    make_constituency(2, "Ynys Môn", nation="W")
    assert read(admin_client, CONSTITUENCIES, sitting="no") == ["Ynys Môn"]
    assert read(admin_client, CONSTITUENCIES, sitting="yes") == ["Clacton"]
    assert read(admin_client, CONSTITUENCIES, party="Reform UK") == ["Clacton"]
    assert read(admin_client, CONSTITUENCIES, nation__exact="W") == ["Ynys Môn"]
    assert b"vacant" in admin_client.get(reverse(CONSTITUENCIES)).content


def save(client: Client, member: Member | None, constituency: Constituency, **fields: str) -> int:
    """Save a member's form; the answer's status code."""
    data = {
        "constituency": constituency.pk,
        "name_display": "Ann New",
        "name_full_title": "Ann New MP",
        "party": "Labour",
    }
    data |= {"name_address_as": "", "email": "", "parliament_id": "", "as_of": str(AS_OF), **fields}
    path = (
        reverse("admin:parliament_member_change", args=[member.pk])
        if member
        else reverse("admin:parliament_member_add")
    )
    return client.post(path, data).status_code


def test_an_organiser_records_a_by_election(admin_client: Client) -> None:
    constituency = make_constituency()
    leaver = make_member(constituency)
    assert save(admin_client, None, constituency, sitting="on") == 200  # refused: the constituency has a member
    assert save(admin_client, leaver, constituency, name_display="Jane Smith") == 302
    assert save(admin_client, None, constituency, sitting="on") == 302
    assert constituency.member
    assert constituency.member.name_display == "Ann New"
    assert Member.objects.get(name_display="Jane Smith").as_of == timezone.localdate()


def test_constituencies_are_neither_added_nor_deleted_by_hand(admin_client: Client) -> None:
    constituency = make_constituency()
    assert admin_client.get(reverse("admin:parliament_constituency_add")).status_code == 403
    assert admin_client.post(reverse("admin:parliament_constituency_delete", args=[constituency.pk])).status_code == 403
    assert admin_client.get(reverse("admin:parliament_constituency_change", args=[constituency.pk])).status_code == 200


def test_a_members_page_shows_how_letters_address_them(admin_client: Client) -> None:
    member = make_member(make_constituency(), "Dame Jane Smith")
    page = admin_client.get(reverse("admin:parliament_member_change", args=[member.pk])).content.decode()
    assert "Dear Dame Jane," in page
    assert admin_client.get(reverse("admin:parliament_member_add")).status_code == 200
