"""The list of people says who may do what and who is invited; one press ends an account (people.py, leaving.py)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from campaign.staff.invitations import Guest, make_link, prepare
from campaign.staff.models import Invitation
from tests.otp import make_phone, otp_login

pytestmark = pytest.mark.django_db
LIST, INDEX = reverse("admin:auth_user_changelist"), reverse("admin:index")


@pytest.fixture
def chief(client: Client) -> User:
    user = User.objects.create_superuser("chief")
    otp_login(client, user)
    return user


@pytest.fixture
def olive() -> User:
    user = User.objects.create_user("olive", "olive@group.example", "x", first_name="Olive", is_staff=True)
    user.groups.add(Group.objects.create(name="Helper"))
    return user


def read_rows(client: Client, query: str = "") -> dict[str, list[str]]:
    """Each row of the list, by name."""
    page = client.get(f"{LIST}?{query}").content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    words = [re.findall(r"<t[hd] [^>]*field-(\w+)[^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    cells = [[" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for _name, cell in row] for row in words]
    return {row[0]: row[1:] for row in cells}


def url(name: str, user: User) -> str:
    return reverse(f"admin:auth_user_{name}", args=[user.pk])


def test_each_row_says_who_may_do_what(client: Client, chief: User, olive: User) -> None:
    olive.user_permissions.add(Permission.objects.get(codename="add_user"))
    make_phone(olive)
    guest = prepare(Guest("guest@group.example", "Gus Guest", Group.objects.get(name="Helper")))
    User.objects.create_user("gone", is_active=False)
    rows = read_rows(client)
    assert rows["chief"][1] == "Superuser"
    assert rows["chief"][-1] == "Active (you)"
    assert rows["Olive"][:2] == ["olive@group.example", "Helper, with permissions besides"]
    assert rows["Olive"][2:] == ["never", "Yes", "Not signed in yet Deactivate Olive"]
    assert rows["Gus Guest"][-1].startswith("No invitation sent Send invitation Gus Guest")
    assert rows["gone"][-1] == "Deactivated Reactivate gone"
    Invitation.objects.filter(user=guest).update(sent_at="2026-01-05T12:00Z")
    assert "the link has expired Invite again" in read_rows(client)["Gus Guest"][-1]


def test_filters(client: Client, chief: User, olive: User) -> None:
    prepare(Guest("guest@group.example", "Gus Guest", Group.objects.get(name="Helper")))
    User.objects.create_user("gone", is_active=False)
    for query, names in (
        (f"role={Group.objects.get(name='Helper').pk}", {"Olive", "Gus Guest"}),
        ("role=superuser", {"chief"}),
        ("role=none", {"gone"}),
        ("role=nonsense", {"chief", "Olive", "Gus Guest", "gone"}),
        ("account=invited", {"Gus Guest"}),
        ("account=deactivated", {"gone"}),
        ("account=active", {"chief", "Olive"}),
    ):
        assert set(read_rows(client, query)) == names, query


@pytest.mark.parametrize("is_superuser", [True, False])
def test_the_list_costs_as_much_for_many_as_for_few(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, is_superuser: bool
) -> None:
    me = User.objects.create_user("me", is_staff=True, is_superuser=is_superuser)
    me.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    otp_login(client, me)
    roles = [Group.objects.create(name=f"Role {number}") for number in range(3)]
    for role in roles:
        role.permissions.set(Permission.objects.filter(codename__in=["add_user", "view_user"]))
    for number in range(30):
        user = prepare(Guest(f"{number}@group.example", f"Guest {number}", roles[number % 3]))
        user.user_permissions.set(Permission.objects.filter(codename="view_user"))
    with django_assert_max_num_queries(15):
        page = client.get(LIST).content.decode()
    assert page.count("/deactivate/") == 30


def test_one_press_ends_the_account_and_its_sessions_and_one_takes_it_back(
    client: Client, chief: User, olive: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    theirs, other, supporter = Client(), Client(), Client()
    for one in (theirs, other):
        otp_login(one, olive)
    session = other.session
    session["drafts"] = {"kept": "yes"}
    session.save()
    session = supporter.session
    session["drafts"] = {"theirs": "yes"}
    session.save()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(url("deactivate", olive), follow=True).content.decode()
    assert "Olive can no longer sign in, and has been signed out." in unescape(page)
    assert f'form="changelist-form" formmethod="post" formaction="{url("reactivate", olive)}"' in page
    assert theirs.get(INDEX).status_code == 302
    assert client.post(url("reactivate", olive)).status_code == 302
    olive.refresh_from_db()
    assert olive.is_active
    for one in (theirs, other):
        assert one.get(INDEX).status_code == 302, "a session of before does not come back"
    assert other.session["drafts"] == {"kept": "yes"}
    assert supporter.session["drafts"] == {"theirs": "yes"}
    assert client.get(INDEX).status_code == 200
    told = LogEntry.objects.filter(object_id=str(olive.pk)).order_by("pk").values_list("change_message", flat=True)
    assert list(told) == ["Deactivated the account.", "Reactivated the account."]


def test_unticking_active_ends_the_sessions_too(
    client: Client, chief: User, olive: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    otp_login(Client(), olive)
    sent = {"username": "olive", "is_staff": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url("change", olive), sent).status_code == 302
    assert Session.objects.count() == 1
    assert client.get(LIST).status_code == 200


def test_a_guest_who_is_deactivated_needs_a_new_invitation(client: Client, chief: User) -> None:
    guest = prepare(Guest("guest@group.example", "Gus Guest", Group.objects.create(name="Helper")))
    link = make_link(guest)
    client.post(url("deactivate", guest))
    page = client.post(url("reactivate", guest), follow=True).content.decode()
    assert "They need a new invitation" in page
    assert Client().get(link).status_code == 404


def test_nobody_deactivates_themselves_or_who_may_do_more(client: Client, chief: User, olive: User) -> None:
    assert client.post(url("deactivate", chief)).status_code == 403
    helper = User.objects.create_user("hank", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    otp_login(client, helper)
    olive.user_permissions.add(Permission.objects.get(codename="take_live"))
    for user in (chief, olive):
        assert url("deactivate", user) not in client.get(LIST).content.decode()
        assert client.post(url("deactivate", user)).status_code == 403
    User.objects.filter(pk=olive.pk).update(is_active=False)
    assert client.post(url("reactivate", olive)).status_code == 403
    assert client.post(url("deactivate", User.objects.create_user("nora"))).status_code == 302


def test_an_old_proof_is_asked_for_again(client: Client, chief: User, olive: User) -> None:
    otp_login(client, chief, seconds_ago=11 * 60)
    assert "Confirm that it is you" in client.post(url("deactivate", olive)).content.decode()
    assert client.get(url("deactivate", olive)).headers["Location"] == LIST
    olive.refresh_from_db()
    assert olive.is_active
