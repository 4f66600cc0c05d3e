"""An organiser keeps a list as they narrowed it down: their own, without what stands for a supporter."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from campaign.staff.models import SavedList
from campaign.staff.saving import MOST_SAVED
from tests.letters.factories import make_letter
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"
SAVE = "/admin/saved/"
MODEL, PAGE = "letters.letter", "letters_letter_changelist"


def save(client: Client, name: str = "Failed", query: str = "?status__exact=failed", model: str = MODEL) -> str:
    return client.post(SAVE, {"model": model, "query": query, "name": name}, follow=True).content.decode()


def test_a_list_is_saved_found_again_and_forgotten_by_its_owner_alone(admin_client: Client) -> None:
    make_letter()
    page = admin_client.get(f"{LIST}?status__exact=failed&p=older_1_x").content.decode()
    assert 'value="?status__exact=failed' in page
    assert "Save this list" not in admin_client.get(LIST).content.decode(), "there is nothing to save yet"
    page = save(admin_client, "Failed <b>", "?status__exact=failed&p=older_1_x")
    assert "Saved as “Failed &lt;b&gt;”" in page
    page = admin_client.get(LIST).content.decode()
    assert f'<a href="{LIST}?status__exact=failed">Failed &lt;b&gt;</a>' in page
    save(admin_client, "Failed <b>", "?status__exact=held")
    saved = SavedList.objects.get()
    assert (saved.query, saved.name) == ("status__exact=held", "Failed <b>"), "the same name means the new one"
    client = Client()
    otp_login(client, User.objects.create_superuser("other"))
    assert "desk-saved" not in client.get(LIST).content.decode()
    assert client.post(f"{SAVE}{saved.pk}/forget/").status_code == 404
    found = re.search(rf'action="({SAVE}\d+/forget/)"', page)
    assert found
    # So comes back who had to sign in again when they pressed the button: nothing is done, and no blank page shown.
    assert [admin_client.get(url).headers["Location"] for url in (SAVE, found[1])] == ["/admin/", LIST]
    assert "is forgotten" in admin_client.post(found[1], follow=True).content.decode()
    assert not SavedList.objects.exists()


def test_what_stands_for_a_supporter_is_never_saved(admin_client: Client) -> None:
    save(admin_client, "One person", f"?sender_email_index__in={'a' * 64}&status__exact=sent")
    assert SavedList.objects.get().query == "status__exact=sent"
    assert "cannot be saved" in save(admin_client, "Only a person", f"?sender_email_index__in={'a' * 64}")


def test_what_cannot_be_saved_is_said(admin_client: Client) -> None:
    assert "Give the list a name" in save(admin_client, " ")
    assert "cannot be saved" in save(admin_client, "Long", f"?q={'x' * 600}")
    for model in ("", "letters", "letters.nothing", "sessions.session", "a.b.c"):
        assert admin_client.post(SAVE, {"model": model, "query": "?q=x", "name": "x"}).status_code == 404
    owner = User.objects.get(username="admin")
    SavedList.objects.bulk_create(SavedList(user=owner, page=PAGE, query="q=x", name=str(n)) for n in range(MOST_SAVED))
    assert "forget one first" in save(admin_client)
    client = Client()
    otp_login(client, User.objects.create_user("nobody", is_staff=True))
    assert client.post(SAVE, {"model": MODEL, "query": "?q=x", "name": "x"}).status_code == 403
