"""A superuser makes an account that can be used at once: let in at the desk, with its role."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
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
        assert '<a class="btn btn-primary" href="/admin/">Go to the organisers’ desk</a>' in answer.content.decode()
    assert 'href="/">Go to the first page</a>' in client.get("/nothing/").content.decode()
