"""Whoever tries many names from one address is stopped before a password is looked at; organisers elsewhere are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from pytest_django import Settings

from campaign.core import bulkhead
from campaign.staff.models import TOTPDevice
from tests.otp import make_phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_windows")]
PASSWORD = "a-long-and-good-password"


@pytest.fixture
def phone() -> TOTPDevice:
    return make_phone(User.objects.create_user("organiser", password=PASSWORD, is_staff=True, is_superuser=True))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names whose passwords were looked at."""
    names: list[str] = []
    authenticate = ModelBackend.authenticate

    def note(self: Any, request: Any, username: Any = None, **given: Any) -> Any:
        names.append(username)
        return authenticate(self, request, username=username, **given)

    monkeypatch.setattr(ModelBackend, "authenticate", note)
    return names


def sign_in(client: Client, name: str = "organiser", password: str = PASSWORD, address: str = "") -> HttpResponse:
    given = {"REMOTE_ADDR": address} if address else {}
    return client.post(reverse("admin:login"), {"username": name, "password": password}, **given)  # type: ignore[return-value,arg-type]


def give_code(client: Client, phone: TOTPDevice, code: str = "") -> int:
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0, last_t=-1)
    typed = code or f"{totp(bytes.fromhex(phone.key)):06}"
    return client.post(reverse("admin:code"), {"code": typed}).status_code


def test_made_up_names_cost_no_more_than_the_limit(
    client: Client, phone: TOTPDevice, settings: Settings, looked_at: list[str]
) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "5/hour"
    answers = [sign_in(client, f"nobody-{number}", "wrong") for number in range(8)]
    assert [answer.status_code for answer in answers] == [*[200] * 5, *[429] * 3]
    assert looked_at == [f"nobody-{number}" for number in range(5)]
    assert AccessAttempt.objects.count() == 5
    text = answers[-1].content.decode()
    assert "from your internet connection" in text
    end = timezone.localtime() + dt.timedelta(hours=1)
    moments = [end - dt.timedelta(minutes=ago) for ago in range(5)]
    assert any(f"You can try again at {moment:%H:%M}" in text for moment in moments)
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3601
    assert "no-store" in answers[-1].headers["Cache-Control"]
    assert sign_in(client).status_code == 429, "not even with the right one"
    assert client.get(reverse("admin:login")).status_code == 200
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302, "an organiser elsewhere"


def test_many_tries_at_once_wait_for_one_another_before_a_password_is_looked_at(
    client: Client, phone: TOTPDevice, settings: Settings, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "1/hour"
    monkeypatch.setattr(bulkhead, "WAIT_SECONDS", 0)
    with bulkhead.BULKHEAD.enter("127.0.0.1"):
        answer = sign_in(client, password="wrong")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "we did not check your password" in answer.content.decode()
        assert looked_at == []
        assert client.get(reverse("admin:login")).status_code == 200
        assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302, "an organiser elsewhere"
    assert sign_in(client).status_code == 302, "what was not looked at did not count"


def test_a_rented_network_is_stopped_as_a_whole(client: Client, settings: Settings, looked_at: list[str]) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "2/hour"
    for number in range(12):
        sign_in(client, f"nobody-{number}", "wrong", address=f"2001:db8:1:{number:x}::1")
    assert len(looked_at) == 8


def test_who_signs_in_rightly_uses_up_nothing(client: Client, phone: TOTPDevice, settings: Settings) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "2/hour"
    for _ in range(4):
        assert sign_in(client).status_code == 302
        assert give_code(client, phone) == 302
        client.post(reverse("admin:logout"))
    assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client).status_code == 429


def test_wrong_codes_count_too(client: Client, phone: TOTPDevice, settings: Settings) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "2/hour"
    sign_in(client)
    assert [give_code(client, phone, "000000") for _ in range(3)] == [200, 200, 429]
    assert give_code(client, phone) == 429
    assert client.get(reverse("admin:code")).status_code == 200


def test_a_redis_that_is_away_locks_nobody_out(client: Client, phone: TOTPDevice, settings: Settings) -> None:
    settings.LIMIT_SIGNINS_PER_IP, settings.REDIS_URL = "2/hour", "redis://127.0.0.1:1/0"
    assert sign_in(client).status_code == 302
    assert give_code(client, phone) == 302
