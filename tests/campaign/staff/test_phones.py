"""Who has the database has not the organisers' second factor, and nobody is locked out by that (models.py, two_factor.py)."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from campaign.staff.models import TOTPDevice, match_code
from campaign.staff.two_factor import check_code, make_recovery_codes, set_up_phone, write_key_url
from tests.otp import make_phone, otp_login

OLD, NEW = "an-older-key-aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU", "a-newer-key-zY8xW6vU4tS2rQ0pO9nM7lK5jI3hG"


def read_code(key: str, steps: int = 0) -> str:
    return f"{totp(bytes.fromhex(key), drift=steps):06}"


def read_columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return str(cursor.fetchall())


@pytest.fixture
def organiser(db: None) -> User:
    return User.objects.create_user("organiser", password="a-long-and-good-password", is_staff=True)


def test_no_table_holds_the_key_neither_while_it_is_set_up_nor_after(client: Client, organiser: User) -> None:
    client.post(reverse("admin:login"), {"username": "organiser", "password": "a-long-and-good-password"})
    page = client.get(reverse("admin:second-factor-phone"))
    shown = page.context["key"].replace(" ", "")
    key = base64.b32decode(shown).hex()
    assert not {key, shown} & set(map(str, client.session.values()))
    client.post(reverse("admin:second-factor-phone"), {"code": read_code(key)})
    assert TOTPDevice.objects.get().key == key
    held = read_columns("staff_phone")
    assert key not in held
    assert shown not in held
    assert "gcm2:" in held


def test_the_key_is_read_to_check_a_code_and_for_nothing_else(
    client: Client, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    otp_login(client, organiser)

    def refuse(_token: str) -> str:
        raise AssertionError("decrypted")

    monkeypatch.setattr("campaign.core.encrypted.decrypt", refuse)
    assert client.get(reverse("admin:index")).status_code == 200
    call_command("reset_totp", "organiser")
    assert not TOTPDevice.objects.exists()


def test_a_code_counts_once_also_from_a_clock_that_is_half_a_minute_off(organiser: User) -> None:
    phone = make_phone(organiser)
    for steps, taken in ((2, False), (-2, False), (-1, True), (-1, False), (0, True), (0, False), (-1, False)):
        TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
        # Steps from the server's own clock, whatever drift the phone was found to have.
        assert (check_code(organiser, read_code(phone.key, steps)).device is not None) == taken, (steps, taken)
    phone.refresh_from_db()
    assert phone.last_t == int(time.time()) // 30
    assert phone.last_used_at is not None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345", " 1234", "1e5000"])
def test_what_is_no_code_of_six_digits_matches_no_key(typed: str) -> None:
    assert match_code(bytes(20), typed) is None


def test_a_phone_without_a_key_cannot_be_stored(organiser: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TOTPDevice.objects.create(user=organiser, name="phone", key="")


def test_rotation_brings_phones_along(organiser: User, settings: Any, capsys: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    key = make_phone(organiser).key
    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_field_keys")
    assert "phones: 1 encrypted again, 0 already used the first key" in capsys.readouterr().out
    settings.FIELD_KEYS = [NEW]
    assert TOTPDevice.objects.get().key == key
    assert check_code(organiser, read_code(key)).device is not None


def test_without_the_key_it_was_kept_under_a_phone_opens_nothing_and_recovery_codes_do(
    client: Client, organiser: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FIELD_KEYS = [OLD]
    key = make_phone(organiser).key
    codes = make_recovery_codes(organiser)
    settings.FIELD_KEYS = [NEW]
    client.post(reverse("admin:login"), {"username": "organiser", "password": "a-long-and-good-password"})
    answer = client.post(reverse("admin:code"), {"code": read_code(key)})
    assert (answer.status_code, "Type one of your recovery codes instead" in answer.content.decode()) == (200, True)
    assert "FIELD_KEYS lacks the key" in caplog.text
    assert client.post(reverse("admin:code"), {"code": codes[0]}).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("many", [False, True])
def test_an_account_is_deleted_though_its_phones_key_cannot_be_decrypted(
    admin_client: Client, organiser: User, settings: Any, many: bool
) -> None:
    kept = settings.FIELD_KEYS
    settings.FIELD_KEYS = [OLD]
    make_phone(organiser)
    settings.FIELD_KEYS = kept
    path, asked = reverse("admin:auth_user_delete", args=[organiser.pk]), {}
    if many:
        path = reverse("admin:auth_user_changelist")
        asked = {"action": "delete_selected", "_selected_action": organiser.pk}
    page = (admin_client.post(path, asked) if many else admin_client.get(path)).content.decode()
    assert "phone (organiser)" in page
    assert admin_client.post(path, asked | {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=organiser.pk).exists()
    assert not TOTPDevice.objects.filter(user_id=organiser.pk).exists()


def test_an_app_reads_the_address_as_the_one_of_this_site(organiser: User) -> None:
    key = "00" * 20
    assert write_key_url(organiser, key) == (
        f"otpauth://totp/Parley%20localhost%3Aorganiser?secret={'A' * 32}&issuer=Parley%20localhost"
        "&algorithm=SHA1&digits=6&period=30"
    )
    assert set_up_phone(organiser, key, read_code(key, steps=3)) is None


@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_eight_times_at_once_counts_once() -> None:
    user = User.objects.create_user("organiser", is_staff=True)
    code = read_code(make_phone(user).key)

    def try_code(_number: int) -> bool:
        try:
            return check_code(user, code).device is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_code, range(8))) == [False] * 7 + [True]
