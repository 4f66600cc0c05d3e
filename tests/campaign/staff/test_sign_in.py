"""Nobody gets in without a password, a second factor and a fresh sign-in (access.py, forms.py, login_log.py, password_pages.py, passwords.py, site.py, sudo.py, views.py, management/commands/changepassword.py, management/commands/reset_totp.py, management/commands/unlock.py)."""

from __future__ import annotations

import datetime as dt
import re
import time
from html import unescape
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from pytest_django import Settings

from campaign.core.ciphers import decrypt
from campaign.staff.access import PROVED, SEEN, SINCE
from campaign.staff.lockout import forget_old_attempts
from campaign.staff.models import TemporaryPassword, TOTPDevice
from campaign.staff.two_factor import check_code, list_recovery_hashes, make_recovery_codes
from tests.otp import make_phone, otp_login

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-and-good-password"
LOGIN, CODE, SET_UP, AGAIN = (reverse(f"admin:{name}") for name in ("login", "code", "second-factor-phone", "again"))
INDEX, FACTOR, RENEW = (reverse(f"admin:{name}") for name in ("index", "second-factor", "second-factor-codes"))


@pytest.fixture
def organiser() -> User:
    return User.objects.create_user("organiser", password=PASSWORD, is_staff=True, is_superuser=True)


@pytest.fixture
def phone(organiser: User) -> TOTPDevice:
    return make_phone(organiser)


def give_password(client: Client, password: str = PASSWORD, **headers: str) -> HttpResponse:
    return client.post(LOGIN, {"username": "organiser", "password": password}, **headers)  # type: ignore[return-value,arg-type]


@pytest.mark.parametrize(
    ("account", "typed", "lets_in"),
    [
        ("olive@group.example", "Olive@Group.example", True),
        ("olive@group.example", "olive@group.example", True),
        ("Olive@group.example", "Olive@group.example", True),  # made by hand before
        ("Olive@group.example", "olive@group.example", False),
        ("organiser", "Organiser", False),
    ],
)
def test_an_address_signs_in_however_its_case_is_typed(client: Client, account: str, typed: str, lets_in: bool) -> None:
    User.objects.create_user(account, password=PASSWORD, is_staff=True)
    answer = client.post(LOGIN, {"username": typed, "password": PASSWORD})
    assert (answer.status_code == 302) == lets_in


def read_code(phone: TOTPDevice, steps: int = 0) -> str:
    return f"{totp(bytes.fromhex(phone.key), drift=steps):06}"


def give_code(client: Client, code: str) -> HttpResponse:
    return client.post(CODE, {"code": code})  # type: ignore[return-value]


def age(client: Client, **seconds: float) -> None:
    session = client.session
    for name, ago in seconds.items():
        session[f"staff_{name}"] = time.time() - ago
    session.save()


def list_admin_paths() -> list[str]:
    """Every page of the admin, with 1 or a word for whatever its path asks for."""
    paths = []

    def walk(patterns: list[object], prefix: str) -> None:
        for pattern in patterns:
            path = prefix + re.sub(r"\(\?P<\w+>[^)]*\)", "content", str(pattern.pattern)).strip("^$")  # type: ignore[attr-defined]
            path = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000001", path)
            path = re.sub(r"<(?:\w+:)?\w+>", "1", path).replace("\\Z", "")
            if isinstance(pattern, URLPattern):
                paths.append(path)
            else:
                walk(pattern.url_patterns, path)  # type: ignore[attr-defined]

    walk(list(admin.site.get_urls()), f"/{django_settings.ADMIN_PATH}")
    return sorted(set(paths))


OPEN = {LOGIN, CODE, SET_UP, reverse("admin:logout")}


def test_a_password_alone_opens_no_page_of_the_admin(client: Client, organiser: User, phone: TOTPDevice) -> None:
    assert give_password(client).headers["Location"] == f"{CODE}?next=%2Fadmin%2F"
    paths = [path for path in list_admin_paths() if path not in OPEN]
    assert len(paths) > 40
    for path in paths:
        for answer in (client.get(path), client.post(path, {"action": "x"})):
            assert (path, answer.status_code) == (path, 302)
            assert (path, answer.headers["Location"].partition("?")[0]) == (path, CODE)
    assert client.get(SET_UP).headers["Location"] == CODE, "no second phone beside the first"
    assert client.get(reverse("health"), {"details": ""}).content in (b"ok\n", b"not ok\n")


def test_without_a_password_every_page_leads_to_the_sign_in(client: Client) -> None:
    for path in list_admin_paths():
        if path not in OPEN:
            answer = client.get(path, follow=False)
            assert (path, answer.status_code) in ((path, 302), (path, 405))
            if answer.status_code == 302:
                assert answer.headers["Location"].partition("?")[0] in (LOGIN, CODE)
    assert client.get(CODE).headers["Location"] == LOGIN
    assert client.get(SET_UP).headers["Location"] == LOGIN


def test_password_and_code_let_in_and_the_session_changes_each_time(client: Client, phone: TOTPDevice) -> None:
    client.get(LOGIN)
    session = client.session
    session["drafts"] = {"peace": {}}
    session.save()
    keys = [client.cookies[django_settings.SESSION_COOKIE_NAME].value if client.cookies else session.session_key]
    give_password(client)
    keys.append(str(client.session.session_key))
    assert give_code(client, read_code(phone)).headers["Location"] == INDEX
    keys.append(str(client.session.session_key))
    assert client.get(INDEX).status_code == 200
    assert len(set(keys)) == 3
    assert client.session["drafts"] == {"peace": {}}
    client.post(reverse("admin:logout"))
    assert client.session["drafts"] == {"peace": {}}, "a letter in the same browser stays"
    assert not {SINCE, SEEN, PROVED, "_auth_user_id", "otp_device_id"} & set(client.session.keys())
    assert str(client.session.session_key) not in keys
    assert client.get(INDEX).status_code == 302


def test_a_code_works_once(client: Client, phone: TOTPDevice) -> None:
    code = read_code(phone)
    give_password(client)
    assert give_code(client, f"{code[:3]} {code[3:]}").status_code == 302
    other = Client()
    give_password(other)
    answer = give_code(other, code)
    assert (answer.status_code, "has already been used" in answer.content.decode()) == (200, True)


def test_a_recovery_code_works_once_and_is_not_stored_as_it_is(
    client: Client, organiser: User, phone: TOTPDevice
) -> None:
    codes = make_recovery_codes(organiser)
    assert len(set(codes)) == 10
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert kept == {list_recovery_hashes(organiser, code.replace("-", ""))[0] for code in codes}
    give_password(client)
    page = client.post(CODE, {"code": f" {codes[0].upper()} "}, follow=True).content.decode()
    assert "You used a recovery code; 9 are left." in page
    other = Client()
    give_password(other)
    assert give_code(other, codes[0]).status_code == 200
    assert give_code(other, "nonsense").status_code == 200


def test_a_recovery_code_outlives_a_change_of_key(organiser: User, phone: TOTPDevice, settings: Any) -> None:
    codes = make_recovery_codes(organiser)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert check_code(organiser, codes[0]).device
    assert not check_code(organiser, codes[0]).device, "once"
    settings.SECRET_KEY_FALLBACKS = []
    assert not check_code(organiser, codes[1]).device


def read_pending(client: Client, user: User) -> str:
    return decrypt(client.session["staff_pending_key"], "pending phones", str(user.pk))


def test_the_first_sign_in_sets_up_a_phone_and_shows_recovery_codes_once(client: Client, organiser: User) -> None:
    give_password(client)
    assert client.get(CODE).headers["Location"].startswith(SET_UP)
    page = client.get(SET_UP).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    key = read_pending(client, organiser)
    assert client.get(INDEX).status_code == 302
    wrong = client.post(SET_UP, {"code": "12345a"})
    assert "This code is wrong" in wrong.content.decode()
    assert not TOTPDevice.objects.exists()
    answer = client.post(SET_UP, {"code": f"{totp(bytes.fromhex(key)):06}"})
    codes = re.findall(r"<li><code>([2-9a-z]{5}-[2-9a-z]{5})</code></li>", answer.content.decode())
    assert len(codes) == 10
    assert "no-store" in answer.headers["Cache-Control"]
    assert TOTPDevice.objects.get().key == key
    assert "staff_pending_key" not in client.session
    assert client.get(INDEX).status_code == 200
    assert codes[0] not in client.get(FACTOR).content.decode()
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Set up the second factor.",
        "Made new recovery codes.",
    ]


def test_a_key_that_another_session_saw_is_not_the_one_that_is_set_up(client: Client, organiser: User) -> None:
    thief = Client()
    for one in (thief, client):
        give_password(one)
        one.get(SET_UP)
    keys = [read_pending(one, organiser) for one in (thief, client)]
    assert len(set(keys)) == 2


def test_wrong_passwords_lock_the_account_out_and_say_until_when(client: Client, phone: TOTPDevice) -> None:
    for _try in range(django_settings.LOGIN_TRIES - 1):
        assert give_password(client, "wrong").status_code == 200
    locked = give_password(client, "wrong")
    assert locked.status_code == 429
    end = timezone.localtime() + dt.timedelta(minutes=django_settings.LOCKOUT_MINUTES)
    times = {f"You can try again at {moment:%H:%M}" for moment in (end, end - dt.timedelta(minutes=1))}
    assert any(text in locked.content.decode() for text in times)
    assert 0 < int(locked.headers["Retry-After"]) <= django_settings.LOCKOUT_MINUTES * 60 + 1
    moment = AccessAttempt.objects.get().attempt_time
    assert give_password(client).status_code == 429, "not even with the right one"
    assert AccessAttempt.objects.get().attempt_time == moment, "trying on does not put off the end"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert give_password(elsewhere).status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - django_settings.AXES_COOLOFF_TIME)
    assert give_password(client).status_code == 302


def test_the_address_is_the_one_that_our_own_proxy_wrote(client: Client, organiser: User, settings: Settings) -> None:
    settings.PROXY_COUNT = 1
    for number in range(django_settings.LOGIN_TRIES):
        answer = give_password(client, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.1")
    assert answer.status_code == 429, "addresses that a visitor makes up do not help"
    assert give_password(client, HTTP_X_FORWARDED_FOR="198.51.100.2").status_code == 302


def test_wrong_codes_lock_out_too_and_getting_in_forgives(client: Client, organiser: User, phone: TOTPDevice) -> None:
    give_password(client, "wrong")
    give_password(client)
    for _try in range(django_settings.LOGIN_TRIES - 2):
        assert give_code(client, "000000").status_code == 200
        TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert give_code(client, "000000").status_code == 429
    assert client.get(CODE).status_code == 429
    assert give_code(client, read_code(phone)).status_code == 429
    assert client.get(INDEX).status_code == 302
    call_command("unlock", "organiser", stdout=StringIO())
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    give_password(client, "wrong")
    give_password(client)
    assert give_code(client, read_code(phone)).status_code == 302
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize("kind", ["phone", "recovery"])
def test_whoever_knows_the_password_keeps_the_phone_waiting_for_minutes_and_no_longer(
    organiser: User, phone: TOTPDevice, kind: str
) -> None:
    [code, *_codes] = make_recovery_codes(organiser)
    device: Any = phone if kind == "phone" else StaticDevice.objects.get(user=organiser)
    right, wrong = (read_code(phone), "000000") if kind == "phone" else (code, "22222-22222")
    type(device).objects.update(throttling_failure_count=40, throttling_failure_timestamp=timezone.now())
    assert 200 < check_code(organiser, right).wait <= 256
    for number in range(2):  # and each further wrong code, from wherever, makes it no longer
        an_age_ago = timezone.now() - dt.timedelta(seconds=257)
        type(device).objects.update(throttling_failure_timestamp=an_age_ago)
        assert check_code(organiser, wrong if number == 0 else right).device == (device if number else None)


def test_a_code_right_after_a_wrong_one_is_asked_to_wait(client: Client, phone: TOTPDevice) -> None:
    give_password(client)
    give_code(client, "000000")
    answer = give_code(client, read_code(phone))
    assert re.search(r"Wait \d seconds?, then", answer.content.decode())
    assert AccessAttempt.objects.get().failures_since_start == 1, "it does not count as a wrong one"


def test_the_log_tells_who_came_in_and_who_was_refused_without_a_name_or_address(
    client: Client, organiser: User, phone: TOTPDevice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "campaign.staff")
    client.post(LOGIN, {"username": "nobody-here", "password": PASSWORD})
    give_password(client, "wrong-password")
    give_password(client)
    give_code(client, "000000")
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    give_code(client, read_code(phone))
    client.post(AGAIN, {"password": "wrong-password", "code": "000000"})
    client.post(reverse("admin:logout"))
    said = [(one.levelname, one.getMessage()) for one in caplog.records if one.name == "campaign.staff.login_log"]
    who = f"account {organiser.pk}"
    assert said == [
        ("WARNING", "unknown account: name and password were refused"),
        ("WARNING", f"{who}: name and password were refused"),
        ("INFO", f"{who}: the password was right"),
        ("WARNING", f"{who}: a wrong code"),
        ("INFO", f"{who}: let in by phone"),
        ("WARNING", f"{who}: a wrong password, when asked again"),
        ("INFO", f"{who}: signed out"),
    ]
    assert not [one for one in ("organiser", "nobody-here", "127.0.0.1", "wrong-password") if one in str(said)]


def test_a_new_phone_and_new_recovery_codes_end_what_the_old_ones_opened(client: Client, organiser: User) -> None:
    codes = make_recovery_codes(organiser)
    by_phone, by_code = Client(), Client()
    phone = otp_login(by_phone, organiser)
    give_password(by_code)
    give_code(by_code, codes[0])
    assert {one.get(INDEX).status_code for one in (by_phone, by_code)} == {200}
    shown = by_code.post(RENEW)
    assert (shown.status_code, by_code.get(INDEX).status_code) == (200, 200), "here one stays"
    other = Client()
    give_password(other)
    give_code(other, re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", shown.content.decode())[0])
    assert other.get(INDEX).status_code == 200
    by_code.get(SET_UP)
    key = read_pending(by_code, organiser)
    by_code.post(SET_UP, {"code": f"{totp(bytes.fromhex(key)):06}"})
    assert by_code.get(INDEX).status_code == 200
    for one in (by_phone, other):
        assert one.get(INDEX).headers["Location"].startswith(CODE)
    assert not TOTPDevice.objects.filter(pk=phone.pk).exists()


def test_what_is_kept_of_wrong_tries_has_no_secret_and_goes(client: Client, phone: TOTPDevice) -> None:
    give_password(client, "nearly-my-password")
    give_password(client)
    give_code(client, "abcde-23456")
    kept = str(list(AccessAttempt.objects.values()))
    assert "nearly-my-password" not in kept
    assert "abcde" not in kept
    assert forget_old_attempts() == 0
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(hours=1))
    assert forget_old_attempts() > 0


def test_a_superuser_unlocks_and_resets_and_it_is_logged(client: Client, organiser: User) -> None:
    other = User.objects.create_user("other", password=PASSWORD, is_staff=True)
    make_phone(other)
    AccessAttempt.objects.create(username="other", ip_address="192.0.2.1", failures_since_start=9)
    otp_login(client, organiser)
    attempts = reverse("admin:axes_accessattempt_changelist")
    assert "192.0.2.1" in client.get(attempts).content.decode()
    client.post(attempts, {"action": "let_try_again", "_selected_action": [AccessAttempt.objects.get().pk]})
    assert not AccessAttempt.objects.exists()
    users = reverse("admin:auth_user_changelist")
    client.post(users, {"action": "reset_second_factor", "_selected_action": [other.pk]})
    assert not TOTPDevice.objects.filter(user=other).exists()
    entry = LogEntry.objects.get(object_id=str(other.pk))
    assert (entry.user, entry.change_message) == (organiser, "Reset the second factor.")


def test_who_has_done_something_is_not_deleted_with_the_log_of_it(client: Client, organiser: User) -> None:
    idle, active = (User.objects.create_user(name, is_staff=True) for name in ("idle", "active"))
    make_recovery_codes(active)
    otp_login(client, organiser)
    users = reverse("admin:auth_user_changelist")
    for user, status in ((idle, 302), (active, 403)):
        assert client.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"}).status_code == status
    chosen = {"action": "delete_selected", "_selected_action": [active.pk], "post": "yes"}
    assert client.post(users, chosen).status_code == 403
    assert set(User.objects.values_list("username", flat=True)) == {"organiser", "active"}
    assert LogEntry.objects.filter(user=active).count() == 1


def test_a_password_that_somebody_else_chose_opens_only_the_page_for_another_one(
    client: Client, organiser: User
) -> None:
    otp_login(client, organiser)
    given, own = "given by the chief", "tulips by Leeds canal"
    account = {"username": "new", "password1": given, "password2": given, "usable_password": "true"}
    assert client.post(reverse("admin:auth_user_add"), account).status_code == 302
    new = User.objects.get(username="new")
    User.objects.update(is_staff=True)
    phone = make_phone(new)
    theirs, change = Client(), reverse("admin:password_change")

    def sign_in(password: str) -> str:
        TOTPDevice.objects.update(last_t=-1)
        theirs.post(reverse("admin:logout"))
        theirs.post(LOGIN, {"username": "new", "password": password})
        return str(give_code(theirs, read_code(phone)).headers["Location"])

    def choose(before: str, after: str) -> HttpResponse:
        typed = {"old_password": before, "new_password1": after, "new_password2": after}
        return theirs.post(change, typed)  # type: ignore[return-value]

    assert sign_in(given) == INDEX
    assert theirs.get(INDEX).headers["Location"] == change
    assert theirs.post(reverse("admin:auth_user_changelist"), {}).headers["Location"] == change
    page = theirs.get(change).content.decode()
    assert "Someone else chose your password." in page
    assert "Choose a different one." in choose(given, given).content.decode()
    assert choose(given, own).status_code == 302
    assert theirs.get(INDEX).status_code == 200
    assert sign_in(own) == INDEX
    assert theirs.get(INDEX).status_code == 200, "once is enough"
    path = reverse("admin:auth_user_password_change", args=[new.pk])
    client.post(path, {"password1": given, "password2": given, "usable_password": "true"})
    sign_in(given)
    assert theirs.get(INDEX).headers["Location"] == change, "one that was set anew is somebody else's, too"
    mine = reverse("admin:auth_user_password_change", args=[organiser.pk])
    client.post(mine, {"password1": own, "password2": own, "usable_password": "true"})
    assert TemporaryPassword.objects.get().user == new, "one's own is not"


def test_a_password_that_somebody_else_chose_sets_up_no_phone(client: Client, organiser: User) -> None:
    TemporaryPassword.objects.create(user=organiser)
    own, change = "tulips by Leeds canal", reverse("admin:password_change")
    give_password(client)
    for page in (SET_UP, client.post(SET_UP, {"code": "000000"}).headers["Location"]):
        answer = client.get(page)
        assert answer.headers.get("Location", page) == change
    assert "Someone else chose your password." in answer.content.decode()
    assert 'id="nav-sidebar"' not in answer.content.decode()
    assert client.get(INDEX).headers["Location"].startswith(CODE), "nothing else is open"
    assert "staff_pending_key" not in client.session
    typed = {"old_password": PASSWORD, "new_password1": own, "new_password2": own}
    assert client.post(change, typed).status_code == 302
    assert client.get(change).headers["Location"].startswith(CODE)
    assert client.get(SET_UP).status_code == 200
    key = read_pending(client, organiser)
    assert client.post(SET_UP, {"code": f"{totp(bytes.fromhex(key)):06}"}).status_code == 200
    assert client.get(INDEX).status_code == 200


def test_a_password_that_somebody_else_chose_changes_no_phone(
    client: Client, organiser: User, phone: TOTPDevice
) -> None:
    TemporaryPassword.objects.create(user=organiser)
    change = reverse("admin:password_change")
    give_password(client)
    assert client.get(change).headers["Location"].startswith(CODE), "the code comes first, where there is a phone"
    assert client.get(SET_UP).headers["Location"] == CODE
    give_code(client, read_code(phone))
    assert client.get(SET_UP).headers["Location"] == change


def test_a_password_that_was_set_on_the_server_is_somebody_elses_choice_unless_its_owner_says_so(
    organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_password(*options: str) -> str:
        output = StringIO()
        call_command("changepassword", "organiser", *options, stdout=output)
        organiser.refresh_from_db()
        assert organiser.check_password("tulips by Leeds canal")
        return output.getvalue()

    monkeypatch.setattr("getpass.getpass", lambda prompt: "tulips by Leeds canal")
    for _twice in range(2):
        assert "At the next sign-in organiser will have to choose a new one." in set_password()
        assert TemporaryPassword.objects.get().user == organiser
    assert "asked to choose" not in set_password("--own")
    assert not TemporaryPassword.objects.exists()
    monkeypatch.setattr("getpass.getpass", lambda prompt: "short")
    with pytest.raises(CommandError, match="Aborting"):
        call_command("changepassword", "organiser", stdout=StringIO(), stderr=StringIO())
    assert not TemporaryPassword.objects.exists(), "nothing was changed"


def test_who_is_no_superuser_sees_no_address_and_resets_nobody(client: Client) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    otp_login(client, staff)
    assert client.get(reverse("admin:axes_accessattempt_changelist")).status_code == 403
    client.post(
        reverse("admin:auth_user_changelist"), {"action": "reset_second_factor", "_selected_action": [staff.pk]}
    )
    assert TOTPDevice.objects.filter(user=staff).exists()


def test_nobody_reads_or_puts_in_a_key_in_the_admin() -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label.startswith("otp_")]


def test_the_command_resets_a_lost_phone(client: Client, organiser: User, phone: TOTPDevice) -> None:
    make_recovery_codes(organiser)
    output = StringIO()
    call_command("reset_totp", "organiser", stdout=output)
    assert "will set up a phone" in output.getvalue()
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    with pytest.raises(CommandError, match="There is no account “nobody”"):
        call_command("reset_totp", "nobody")


@pytest.mark.parametrize(
    ("seen", "since", "fresh"),
    [(44 * 60, 60, True), (46 * 60, 60, False), (0, 8 * 3600 - 60, True), (0, 8 * 3601, False)],
)
def test_a_sign_in_ends_after_its_hours_or_without_use(
    client: Client, organiser: User, seen: float, since: float, fresh: bool
) -> None:
    otp_login(client, organiser)
    age(client, seen=seen, since=since)
    answer = client.get(INDEX)
    assert (answer.status_code == 200) == fresh
    if not fresh:
        assert answer.headers["Location"] == f"{LOGIN}?next=%2Fadmin%2F"
        assert "_auth_user_id" not in client.session


def test_what_was_typed_when_the_sign_in_ended_is_shown_to_copy(client: Client, organiser: User) -> None:
    otp_login(client, organiser)
    age(client, seen=3600)
    typed = {"brief": "A long <b>text</b> of mine", "password1": "not-to-be-shown", "csrfmiddlewaretoken": "secret"}
    answer = client.post(reverse("admin:content_campaign_add"), typed)
    page = answer.content.decode()
    assert (answer.status_code, "A long &lt;b&gt;text&lt;/b&gt; of mine" in page) == (403, True)
    assert "not-to-be-shown" not in page


def test_a_session_without_its_times_is_not_let_in(client: Client, organiser: User) -> None:
    otp_login(client, organiser)
    session = client.session
    del session[SINCE]
    session.save()
    assert client.get(INDEX).status_code == 302


def test_a_phone_of_somebody_elses_does_not_count(client: Client, organiser: User) -> None:
    otp_login(client, organiser)
    TOTPDevice.objects.update(user=User.objects.create_user("other"))
    assert client.get(INDEX).headers["Location"].startswith(CODE)


def test_new_recovery_codes_ask_for_a_fresh_proof(client: Client, organiser: User) -> None:
    phone = otp_login(client, organiser)
    age(client, proved=11 * 60)
    assert "Confirm that it is you" in client.post(RENEW).content.decode()
    assert client.get(SET_UP).headers["Location"].startswith(AGAIN)
    assert not StaticToken.objects.exists()
    for wrong in ({"password": "wrong", "code": read_code(phone)}, {"password": PASSWORD, "code": "000000"}):
        assert client.post(AGAIN, wrong).status_code == 200
        assert time.time() - client.session[PROVED] > 600
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    right = {"password": PASSWORD, "code": read_code(phone), "next": RENEW}
    assert client.post(AGAIN, right).headers["Location"] == RENEW
    assert client.get(RENEW).headers["Location"] == FACTOR, "where the button is that was pressed"
    assert "<code>" in client.post(RENEW).content.decode()
    assert StaticToken.objects.count() == 10


def test_who_may_do_what_is_changed_after_a_fresh_proof_only(client: Client, organiser: User) -> None:
    group = Group.objects.create(name="g")
    groups_before = Group.objects.count()
    otp_login(client, organiser)
    age(client, proved=11 * 60)
    users, groups = reverse("admin:auth_user_changelist"), reverse("admin:auth_group_changelist")
    paths = [reverse("admin:auth_user_add"), reverse("admin:auth_group_add")]
    paths += [
        reverse(f"admin:auth_user_{page}", args=[organiser.pk]) for page in ("change", "delete", "password_change")
    ]
    paths += [reverse(f"admin:auth_group_{page}", args=[group.pk]) for page in ("change", "delete")]
    for path in paths:
        assert client.get(path).headers["Location"].startswith(f"{AGAIN}?next="), path
        page = client.post(path, {"post": "yes", "username": "mine", "is_superuser": "on"}).content.decode()
        assert "Confirm that it is you" in page, path
    for path, action in ((users, "reset_second_factor"), (users, "delete_selected"), (groups, "delete_selected")):
        chosen = {"action": action, "_selected_action": [organiser.pk if path == users else group.pk], "post": "yes"}
        assert "Confirm that it is you" in client.post(path, chosen).content.decode()
    assert {client.get(path).status_code for path in (users, groups)} == {200}
    assert (User.objects.count(), Group.objects.count(), TOTPDevice.objects.count()) == (1, groups_before, 1)
    age(client, proved=9 * 60)
    assert {client.get(path).status_code for path in paths} == {200}


def test_what_was_typed_is_done_once_the_proof_is_given_and_nothing_of_it_is_kept_meanwhile(
    client: Client, organiser: User
) -> None:
    roles = [Group.objects.create(name=name) for name in ("Helper", "Writer")]
    given = 'tulips "by" <Leeds> canal'
    phone = otp_login(client, organiser)
    age(client, proved=11 * 60)
    typed = {"username": ["olive"], "password1": [given], "password2": [given], "usable_password": ["true"]}
    typed["groups"] = [str(role.pk) for role in roles]
    path = reverse("admin:auth_user_add")

    def read_hidden(answer: Any) -> dict[str, list[str]]:
        assert answer.headers["Cache-Control"].startswith("no-store, private")
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
        hidden: dict[str, list[str]] = {}
        for name, value in found:
            hidden.setdefault(name, []).append(unescape(value))
        hidden.pop("csrfmiddlewaretoken")
        return hidden

    carried = read_hidden(client.post(path, typed | {"csrfmiddlewaretoken": ["x"]}))
    assert carried == typed
    wrong = client.post(path, carried | {"proof-password": ["wrong"], "proof-code": [read_code(phone)]})
    assert "This is not your password." in wrong.content.decode()
    assert read_hidden(wrong) == carried
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', wrong.content.decode()) == ["proof-password"]
    assert not User.objects.filter(username="olive").exists()
    assert "tulips" not in str(dict(client.session))
    right = carried | {"proof-password": [PASSWORD], "proof-code": [read_code(phone)]}
    assert client.post(path, right).status_code == 302
    olive = User.objects.get(username="olive")
    assert (olive.check_password(given), olive.groups.count()) == (True, 2)
    assert client.get(path).status_code == 200, "proved for ten minutes"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client: Client, phone: TOTPDevice, target: str) -> None:
    client.post(f"{LOGIN}?next={target}", {"username": "organiser", "password": PASSWORD, "next": target})
    assert client.post(f"{CODE}?next={target}", {"code": read_code(phone), "next": target}).headers["Location"] == INDEX


def test_the_demo_may_do_without_a_second_factor(client: Client, organiser: User, settings: Settings) -> None:
    settings.ADMIN_TOTP = False
    assert give_password(client).headers["Location"] == INDEX
    assert client.get(INDEX).status_code == 200
    age(client, proved=11 * 60)
    assert client.post(AGAIN, {"password": PASSWORD}).headers["Location"] == INDEX
    age(client, proved=11 * 60)
    assert "Confirm that it is you" in client.post(RENEW).content.decode()
    assert "<code>" in client.post(RENEW, {"proof-password": PASSWORD}).content.decode()


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "1q2w3e4r5t6y7u",
        "837465029174650",
        "Parley-Parliament-1",
        "letters.leeds.example",
        "leeds2026letters",
    ],
)
def test_short_common_and_numeric_passwords_and_the_sites_own_words_are_refused(
    password: str, settings: Settings
) -> None:
    settings.SITE_URL = "https://letters.leeds.example"
    with pytest.raises(ValidationError):
        validate_password(password)
    validate_password("tulips by Leeds canal")
