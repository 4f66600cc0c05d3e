"""A superuser makes an account that can be used at once: let into the admin, with its role (admin.py)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.otp import otp_login

pytestmark = pytest.mark.django_db


def test_a_new_account_has_its_role_and_is_let_in(admin_client: Client) -> None:
    role = Group.objects.create(name="Helper")
    page = admin_client.get("/admin/auth/user/add/").content.decode()
    assert f'<option value="{role.pk}">Helper</option>' in page
    password = "a-long-enough-pass-9"
    values = {"username": "olive", "password1": password, "password2": password, "usable_password": "true"}
    admin_client.post("/admin/auth/user/add/", values | {"groups": [role.pk]})
    olive = User.objects.get(username="olive")
    assert (olive.is_staff, olive.is_superuser, list(olive.groups.all())) == (True, False, [role])


def test_an_account_without_a_role_learns_what_to_do_and_finds_back(client: Client) -> None:
    otp_login(client, User.objects.create_user("olive", is_staff=True))
    assert "Your account has no role yet" in client.get("/admin/").content.decode()
    for path, status in (("/admin/letters/letter/", 403), ("/admin/nothing/", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert '<a class="btn btn-primary" href="/admin/">Go to the organisers’ admin</a>' in answer.content.decode()
    assert 'href="/">Go to the home page</a>' in client.get("/nothing/").content.decode()


@pytest.fixture
def helper(client: Client) -> User:
    """Somebody who may add and change accounts, roles too, and is no superuser."""
    user = User.objects.create_user("hank", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    otp_login(client, user)
    return user


def read_rights(user: User) -> tuple[bool, bool, bool, list[str], int]:
    user = User.objects.get(pk=user.pk)
    groups = [group.name for group in user.groups.all()]
    return user.is_active, user.is_staff, user.is_superuser, groups, user.user_permissions.count()


def test_who_may_change_accounts_gives_nobody_rights(client: Client, helper: User) -> None:
    role = Group.objects.create(name="Everything")
    role.permissions.set(Permission.objects.all())
    olive = User.objects.create_user("olive", first_name="Olive")
    wanted = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [role.pk]}
    wanted |= {"user_permissions": [permission.pk for permission in Permission.objects.all()]}
    for user in (helper, olive):
        before = read_rights(user)
        path = f"/admin/auth/user/{user.pk}/change/"
        joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        answer = client.post(path, {"username": user.username, "first_name": "Changed"} | joined | wanted)
        assert answer.status_code == 302
        assert User.objects.get(pk=user.pk).first_name == "Changed"
        assert read_rights(user) == before
    password = "a-long-enough-pass-9"
    values = {"username": "nora", "password1": password, "password2": password, "usable_password": "true"}
    assert client.get("/admin/auth/user/add/").status_code == 403, "they invite people instead"
    assert client.post("/admin/auth/user/add/", values | wanted).status_code == 403
    assert not User.objects.filter(username="nora").exists()


def test_who_may_change_accounts_gets_into_none_that_may_do_more(client: Client, helper: User) -> None:
    role = Group.objects.create(name="Everything")
    role.permissions.set(Permission.objects.all())
    above = [
        User.objects.create_superuser("chief", password="the-chiefs-own-9"),
        User.objects.create_user("olive", password="the-chiefs-own-9"),
        User.objects.create_user("gone", password="the-chiefs-own-9", is_active=False),
    ]
    above[1].groups.add(role)
    above[2].user_permissions.add(Permission.objects.get(codename="take_live"))
    new = {"password1": "a-long-enough-pass-9", "password2": "a-long-enough-pass-9", "usable_password": "true"}
    for user in above:
        page = f"/admin/auth/user/{user.pk}/"
        assert client.get(f"{page}change/").status_code == 200  # to look at
        for path, sent in (
            (f"{page}change/", {"username": "mine"}),
            (f"{page}password/", new),
            (f"{page}delete/", {"post": "yes"}),
        ):
            assert client.post(path, sent).status_code == 403, path
    everybody = [user.pk for user in above]
    client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": everybody, "post": "yes"})
    client.post("/admin/auth/user/", {"action": "reset_second_factor", "_selected_action": everybody})
    assert [User.objects.get(pk=pk).check_password("the-chiefs-own-9") for pk in everybody] == [True] * 3
    nobody = User.objects.create_user("nora")
    assert client.post(f"/admin/auth/user/{nobody.pk}/password/", new).status_code == 302
    assert client.post(f"/admin/auth/user/{nobody.pk}/delete/", {"post": "yes"}).status_code == 302


def test_only_a_superuser_changes_what_a_role_may_do(client: Client, helper: User) -> None:
    role = Group.objects.create(name="Helper")
    helper.groups.add(role)
    everything = {"name": "Helper", "permissions": [permission.pk for permission in Permission.objects.all()]}
    for path, sent in (
        (f"{role.pk}/change/", everything),
        (f"{role.pk}/delete/", {"post": "yes"}),
        ("add/", everything),
    ):
        assert client.post(f"/admin/auth/group/{path}", sent).status_code == 403
    assert client.get(f"/admin/auth/group/{role.pk}/change/").status_code == 200
    assert Group.objects.get(pk=role.pk).permissions.count() == 0
    otp_login(client, User.objects.create_superuser("chief"))
    assert client.post(f"/admin/auth/group/{role.pk}/change/", everything).status_code == 302
    assert Group.objects.get(pk=role.pk).permissions.count() == Permission.objects.count()
