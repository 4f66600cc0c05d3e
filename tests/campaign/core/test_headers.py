"""Every answer of the site says what browsers may do with it, errors too; cookies have the strictest names (checks.py, security_txt.py)."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, path
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from campaign import urls
from campaign.core import checks
from letters.models import Letter, Status
from letters.privacy.tokens import make_token
from tests.letters.factories import make_campaign, make_constituency, make_letter

SAME_EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# The page as it will look, in a frame beside the form of a new campaign.
PREVIEW = re.compile(r"/admin/content/campaign/(new|\d+/setup/[\w-]+)/preview/")


def list_paths() -> list[str]:
    """Every path of the URLconf, with something harmless for whatever it asks for."""
    found: set[str] = set()

    def walk(patterns: list[Any], prefix: str) -> None:
        for pattern in patterns:
            here = prefix + re.sub(r"\(\?P<\w+>[^)]*\)", "content", str(pattern.pattern)).strip("^$").replace("\\Z", "")
            here = here.replace("<slug:slug>", "peace").replace("<uuid:pk>", "00000000-0000-0000-0000-000000000001")
            here = re.sub(r"<(?:\w+:)?\w+>", "1", here)
            if isinstance(pattern, URLPattern):
                found.add(f"/{here}")
            else:
                walk(pattern.url_patterns, here)

    walk(get_resolver().url_patterns, "")
    return sorted(found)


def look(answer: Any) -> list[str]:
    """What is missing from an answer's headers."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    expected = SAME_EVERYWHERE
    if "frame-ancestors 'self'" in policy and PREVIEW.fullmatch(answer.request["PATH_INFO"]):
        expected = SAME_EVERYWHERE | {"X-Frame-Options": "SAMEORIGIN"}
    faults = [name for name, value in expected.items() if headers.get(name) != value]
    if "default-src 'none'" not in policy or "unsafe" in policy:
        faults.append("Content-Security-Policy")
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        faults.append("Referrer-Policy")
    if not {"camera=()", "geolocation=()", "microphone=()"} <= set(headers.get("Permissions-Policy", "").split(", ")):
        faults.append("Permissions-Policy")
    return faults


@pytest.mark.django_db
def test_every_path_answers_with_every_header(client: Client, admin_client: Client) -> None:
    make_campaign()
    paths = list_paths()
    assert len(paths) > 70
    seen = set()
    for who in (Client(), admin_client):
        for one in paths:
            answer = who.get(one)
            seen.add(answer.status_code)
            assert (one, look(answer)) == (one, [])
    assert {200, 302, 404, 405} <= seen


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


def refuse(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("odd")


class BrokenUrls:
    urlpatterns = [path("broken/", break_down), path("odd/", refuse), *urls.urlpatterns]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=BrokenUrls)
def test_errors_have_them_too_and_look_like_the_site() -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = {
        500: client.get("/broken/"),
        404: client.get("/nowhere/at/all/"),
        403: client.post("/peace/write/", {"postcode": "LS1 3AD"}),
        400: client.get("/odd/"),
    }
    for status, answer in answers.items():
        page = answer.content.decode()
        assert (status, answer.status_code, look(answer)) == (status, status, [])
        assert "<h1>" in page
        assert "/static/parley.css" in page
        assert "<style" not in page
        assert "private" in answer.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("secure", [True, False], ids=["refused-inside", "refused-by-the-redirect"])
def test_a_wrong_host_is_refused_with_all_headers(settings: Settings, secure: bool) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"}, secure=secure)
    assert (answer.status_code, look(answer)) == (400, [])


@pytest.mark.django_db
def test_what_was_typed_into_a_refused_form_is_shown_escaped_and_only_if_it_was_ours() -> None:
    client = Client(enforce_csrf_checks=True)
    typed = {"own_words": "My <script>alert(1)</script> words", "password": "a-secret-word", "code": "123456"}
    page = client.post("/peace/write/", typed)
    assert "My &lt;script&gt;alert(1)&lt;/script&gt; words" in page.content.decode()
    assert "a-secret-word" not in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        page = client.post("/peace/write/", typed, headers=headers)
        assert (page.status_code, b"words" in page.content.split(b"<main")[1]) == (403, False)


@pytest.mark.django_db
def test_whatever_answers_below_a_secret_link_says_no_referrer_and_no_store() -> None:
    letter = make_letter(queued=False)
    confirm, status = f"/confirm/{make_token(letter.id, 'confirm')}", f"/letter/{make_token(letter.id, 'letter')}"
    asked = [
        (confirm, 301), (f"{confirm}/", 200), (status, 301), (f"{status}/", 200), (f"{status}/act/", 405),
        (f"{status}/data.json", 200), (f"{status}/nothing/", 404), ("/letter/x/", 404),
        ("/invitation/x/", 404), ("/invitation/x", 301),
    ]  # fmt: skip
    for one, code in asked:
        answer = Client().get(one)
        says = [answer.headers.get(name) for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")]
        assert (one, answer.status_code, says) == (one, code, ["no-referrer", "no-store, private", "noindex"])
    assert Client().get("/letter/lost/").headers["Referrer-Policy"] == "same-origin", "its form is checked by it"


@pytest.mark.django_db(transaction=True)
def test_the_forms_of_secret_pages_work_under_no_referrer(live_server: LiveServer, page_phone: Page) -> None:
    make_constituency()
    letter = make_letter(queued=False)
    origins = []
    page_phone.on("request", lambda sent: origins.append(sent.headers.get("origin")) if sent.method == "POST" else None)
    page_phone.goto(f"{live_server.url}/confirm/{make_token(letter.id, 'confirm')}/")
    page_phone.get_by_role("button", name="Send my letter now").click()
    assert "Your letter is on its way to" in page_phone.inner_text("h1")
    assert Letter.objects.get().status == Status.QUEUED
    assert origins == ["null"], "what a browser sends under no-referrer, and Django's check would refuse"


def read_production(*names: str) -> dict[str, Any]:
    """What settings are with production's environment."""
    code = f"import json, campaign.settings as s; print(json.dumps({{n: getattr(s, n) for n in {names!r}}}))"
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k" * 60,
        "FIELD_KEYS": "abcdefghijklmnopqrstuvwxyz0123456789-abcdefgh",
        "SITE_URL": "https://letters.example",
    }
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_with_https_cookies_are_bound_to_the_host() -> None:
    names = [
        f"{kind}_COOKIE_{part}" for kind in ("SESSION", "CSRF") for part in ("NAME", "SECURE", "SAMESITE", "HTTPONLY")
    ]
    names += ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_SSL_REDIRECT"]
    read = read_production(*names[:3], *names[4:], "ADMIN_TOTP", "CSRF_COOKIE_AGE")
    assert read == {
        "SESSION_COOKIE_NAME": "__Host-sessionid", "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken", "CSRF_COOKIE_SECURE": True, "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_HTTPONLY": True, "SECURE_HSTS_SECONDS": 31_536_000, "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False, "SECURE_HSTS_PRELOAD": False, "ADMIN_TOTP": True, "CSRF_COOKIE_AGE": None,
    }  # fmt: skip


@pytest.mark.django_db
def test_the_cookies_that_are_set_have_these_flags_and_there_is_no_third(settings: Settings) -> None:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    make_campaign()
    client = Client()
    client.get("/peace/write/arguments/", secure=True)  # leaves a message
    client.get("/peace/write/", secure=True)
    assert set(client.cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in client.cookies.values():
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert client.cookies["__Host-csrftoken"]["max-age"] == "", "it goes with the browser's session"


def test_security_txt_is_there_once_it_is_set(client: Client, settings: Settings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT, settings.SECURITY_EXPIRES = "security@campaign.example", dt.date(2027, 6, 30)
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines()[:2] == [
        "Contact: mailto:security@campaign.example",
        "Expires: 2027-06-30T23:59:59Z",
    ]


def test_the_check_of_a_deployment_names_each_of_the_demos_settings(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    settings.ALLOWED_HOSTS, settings.ADMIN_TOTP, settings.MAILBOX_DIR = ["*"], False, "/tmp"
    ids = [message.id for message in checks.check_for_deployment()]
    assert ids == [f"parley.W00{number}" for number in range(1, 10)]
    fit_for_deployment(settings, tmp_path)
    assert checks.check_for_deployment() == []


def fit_for_deployment(settings: Settings, folder: Path) -> None:
    settings.BASE_DIR = folder
    settings.SECRET_KEY, settings.ALLOWED_HOSTS, settings.HTTPS = "k" * 60, ["a.example"], True
    settings.BEHIND_PROXY, settings.PROXY_COUNT = True, 1
    settings.ADMIN_TOTP, settings.MAILBOX_DIR = True, None
    settings.LETTERS_FROM = settings.REHEARSAL_ADDRESS = settings.ORGANISERS_EMAIL = "a@campaign.example"
    settings.SECURITY_CONTACT, settings.SECURITY_EXPIRES = "a@campaign.example", dt.date(9999, 1, 1)


@pytest.mark.parametrize(
    ("https", "behind_proxy", "count", "words"),
    [
        (True, False, 0, "every page redirects to itself"),
        (True, True, 0, "all visitors share one set of limits"),
        (True, False, 1, "visitors can invent addresses"),
    ],
)
def test_the_check_of_a_deployment_names_settings_of_the_proxy_that_contradict_each_other(
    https: bool, behind_proxy: bool, count: int, words: str, settings: Settings, tmp_path: Path
) -> None:
    fit_for_deployment(settings, tmp_path)
    settings.HTTPS, settings.BEHIND_PROXY, settings.PROXY_COUNT = https, behind_proxy, count
    assert words in " ".join(message.msg for message in checks.check_for_deployment())


@pytest.mark.parametrize(
    ("mode", "warns"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o644, True)]
)
def test_the_check_of_a_deployment_says_how_to_close_an_env_that_others_may_read(
    mode: int, warns: bool, settings: Settings, tmp_path: Path
) -> None:
    fit_for_deployment(settings, tmp_path)
    (tmp_path / ".env").touch()
    (tmp_path / ".env").chmod(mode)
    told = [message.msg for message in checks.check_for_deployment()]
    assert told == ["Others on this machine can read .env, which holds passwords. Run: chmod 600 .env"] * warns
