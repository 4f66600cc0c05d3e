"""Who may open what: every address of the site, for every role, by every method. A new address fails until it is here (campaign/urls.py, campaign/content/urls.py, campaign/staff/urls.py, letters/urls.py, letters/admin/urls.py, letters/mailbox/urls.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from pytest_django import Settings

from campaign.content.models import Argument, Campaign, TextVersion, saving_as
from campaign.content.versions import lock_versions
from campaign.parliament.models import Constituency, Member
from campaign.staff.access import SEEN, SINCE
from letters.models import CarriedText, HoldRules, Letter, LetterEvent
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter
from tests.letters.views.test_journey import come_to_details
from tests.otp import otp_login

pytestmark = pytest.mark.django_db

# For each page: what GET and POST answer to somebody from outside (anonymous, or a supporter with a draft of their own).
# A journey's step answers 302: it leads back to the step that is missing.
PUBLIC = {
    "home": (302, 405), "campaign": (200, 405), "privacy": (200, 405), "who-runs-this": (200, 405),
    "complaints": (200, 405), "campaign-card": (200, 405), "campaign-picture": (404, 405), "portrait": (404, 405),
    "accessibility": (200, 405), "security-txt": (404, 405), "health": (503, 405), "metrics": (404, 405), "lost-link": (200, 200),
    "mailbox": (404, 405), "mailbox-mail": (404, 405), "mailbox-attachment": (404, 405),
    "write-mp": (200, 200), "write-constituencies": (200, 200), "write-arguments": (302, 302), "write-words": (302, 302),
    "write-handover": (302, 302), "write-details": (302, 302), "write-check": (302, 302), "write-download": (302, 302), "write-text": (302, 302),
    "write-posting": (200, 302), "write-send": (302, 302), "write-sent": (200, 200), "write-resend": (302, 302),
    "write-address": (302, 302), "write-finish": (302, 200),
    "easy": (200, 302), "easy-reason": (302, 302), "easy-words": (302, 302), "easy-ask": (302, 302),
    "easy-name": (302, 302), "easy-address": (302, 302), "easy-sending": (302, 302),
}  # fmt: skip
# Behind a secret link: what is behind a wrong one is for nobody, whoever they are. (Who has the link needs no role.)
SECRET = {
    "confirm",
    "continue",
    "invitation",
    "letter",
    "letter-pdf",
    "letter-text",
    "letter-data",
    "letter-act",
    "letter-correct",
    "confirm-correct",
    "letter-choose",
    "confirm-choose",
}
# The admin, for an organiser with both factors and no permission; everybody else is sent to sign in.
OWN = {  # what is about oneself
    "admin:index", "admin:password_change", "admin:password_change_done", "admin:jsi18n", "admin:second-factor",
    "admin:again",
}  # fmt: skip
AT_THE_DOOR = {"admin:login", "admin:logout", "admin:code", "admin:second-factor-phone"}
MODELS = {
    "auth_group", "auth_user", "axes_accessattempt", "content_argument", "content_campaign", "parliament_constituency",
    "parliament_member", "letters_letter", "letters_holdrules",
}  # fmt: skip
FORBIDDEN = {
    *(f"admin:{model}_{page}" for model in MODELS for page in ("changelist", "add", "history", "delete", "change")),
    "admin:auth_user_password_change", "admin:auth_user_invite", "admin:auth_user_invite_again",
    "admin:auth_user_deactivate", "admin:auth_user_reactivate", "admin:content_campaign_go_live", "admin:content_campaign_load_pack",
    "admin:content_argument_review", "admin:content_campaign_pack", "admin:content_campaign_mode", "admin:content_campaign_copy", "admin:content_campaign_picture", "admin:parliament_member_portrait", "admin:letters_letter_pdf",
    "admin:content_campaign_new", "admin:content_campaign_new_preview", "admin:content_campaign_setup", "admin:content_campaign_setup_preview",
    "admin:letters_letter_find", "admin:letters_letter_note",
    "admin:letters_letter_moderation", "admin:letters_letter_review", "admin:letters_letter_export",
    "admin:letters_letter_export_personal", "admin:letters_dashboard",
    "admin:letters_dashboard_map",
    "admin:letters_dashboard_constituency", "admin:letters_dashboard_constituencies", "admin:letters_dashboard_newsletter", "admin:letters_dashboard_replies", "admin:letters_local_facts", "admin:autocomplete",
    "admin:letters_doctor", "admin:letters_digest", "admin:letters_report", "admin:letters_report_pdf", "admin:letters_poster", "admin:letters_picture", "admin:letters_corrections", "admin:letters_correction", "admin:letters_correction_csv",
}  # fmt: skip
# A list of nothing is not found; where a button posts to, a GET leads to the button.
ELSEWHERE = {
    "admin:app_list": 404, "admin:view_on_site": 404, "admin:second-factor-codes": 302,
}  # fmt: skip


def list_pages() -> Iterator[tuple[str, str]]:
    """Every named address, with the pattern's own words."""

    def walk(patterns: Any, prefix: str, space: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                if pattern.name:
                    yield space + pattern.name, route
            else:
                yield from walk(pattern.url_patterns, route, f"{pattern.namespace}:" if pattern.namespace else space)

    return walk(get_resolver().url_patterns, "", "")


def test_every_address_is_in_the_table() -> None:
    assert {name for name, _route in list_pages()} == {
        *PUBLIC, *SECRET, *OWN, *AT_THE_DOOR, *FORBIDDEN, *ELSEWHERE,
    }  # fmt: skip


def carry_corrected(letter: Letter) -> None:
    """Have the letter carry an ask that was corrected."""
    ask = letter.campaign.asks.all()[0]
    [version] = lock_versions(ask.list_texts())
    assert version is not None
    CarriedText.objects.create(letter=letter, version=version)
    with saving_as(TextVersion.Change.FACT):
        ask.text = "I ask you to say this."
        ask.save()
    Letter.objects.filter(pk=letter.pk).update(outdated_at=None)  # so that it can be held and sent


@pytest.fixture
def paths(client: Client) -> dict[str, str]:
    """The path of every page, about something that exists."""
    make_constituency()
    campaign = make_campaign()
    letter = make_letter(campaign)
    carry_corrected(letter)
    user = User.objects.create_user("somebody")
    attempt = AccessAttempt.objects.create(username="x", ip_address="192.0.2.1", failures_since_start=1)
    about: dict[str, Any] = {
        "auth_group": Group.objects.create(name="g").pk, "auth_user": user.pk, "axes_accessattempt": attempt.pk,
        "content_argument": Argument.objects.first().pk, "content_campaign": campaign.pk,  # type: ignore[union-attr]
        "parliament_constituency": GSS, "parliament_member": Member.objects.get().pk, "letters_letter": letter.pk,
        "letters_holdrules": HoldRules.objects.create(campaign=campaign).pk,
    }  # fmt: skip
    wrong = "A" * 43
    found = {}
    for name, route in list_pages():
        path = route
        model = next((model for model in MODELS if name.startswith(f"admin:{model}_")), "")
        values = {
            "token": wrong,
            "slug": "peace",
            "gss": GSS,
            "shape": "square",
            "pk": letter.pk,
            "key": "1",
            "number": 1,
            "version": CarriedText.objects.get().version_id,
            "filename": "x",
            "digest": "x",
            "step": "why",
        }
        values |= {"object_id": about.get(model, 1), "id": user.pk, "content_type_id": 9999, "app_label": "auth"}
        path = re.sub(r"\^|\$$|\(\?P<app_label>[^)]*\)", lambda m: "auth" if "app_label" in m[0] else "", path)
        found[name] = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m, values=values: str(values[m[1]]), path)  # type: ignore[misc]
    return found


def snap() -> list[Any]:
    """What nobody in these tests may change."""
    models: list[Any] = [Letter, LetterEvent, Campaign, Argument, Constituency, Member, Group, AccessAttempt, HoldRules]
    users = list(User.objects.order_by("pk").values("pk", "password", "is_superuser", "is_active"))
    return [users, *(list(model.objects.order_by("pk").values()) for model in models)]


def ask(client: Client, path: str) -> tuple[int, int]:
    return client.get(path).status_code, client.post(path).status_code


def go_half_way(client: Client) -> User:
    user = User.objects.create_user("half", is_staff=True, is_superuser=True)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SINCE] = session[SEEN] = 2e12
    session.save()
    return user


@pytest.mark.parametrize("role", ["anonymous", "supporter", "half-way"])
def test_nobody_from_outside_sees_or_does_more_than_the_table_says(
    client: Client, paths: dict[str, str], role: str
) -> None:
    if role == "supporter":
        come_to_details(client)
        draft = client.session["drafts"]
    if role == "half-way":
        go_half_way(client)
    before = snap()
    if role != "supporter":
        assert {name: ask(client, paths[name]) for name in PUBLIC} == PUBLIC
    posted = {"letter-act", "letter-choose", "confirm-choose"}  # what takes a POST and nothing else
    assert {ask(client, paths[name]) for name in SECRET - posted} <= {(404, 404), (404, 405)}
    assert {ask(client, paths[name]) for name in posted} == {(405, 404)}
    sign_in = reverse("admin:code" if role == "half-way" else "admin:login")
    for name in OWN | FORBIDDEN | set(ELSEWHERE):
        for answer in (client.get(paths[name]), client.post(paths[name])):
            assert (answer.status_code, answer.get("Location", "").partition("?")[0]) == (302, sign_in), name
    assert snap() == before
    if role == "supporter":
        assert client.session["drafts"] == draft, "the staff's pages leave a draft alone"


@pytest.mark.usefixtures("empty_windows")
def test_nobody_makes_sessions_without_end(paths: dict[str, str], settings: Settings) -> None:
    settings.LIMIT_DRAFTS_PER_IP, settings.LIMIT_LINKS_PER_IP = "2/hour", "1/hour"
    typed = {"gss": GSS, "postcode": "SW1A 1AA", "email": "jane@supporter.example", "order": "argument-1"}
    typed |= {"own_words": "Mine.", "username": "somebody", "password": "wrong"}
    for name in sorted({*PUBLIC, *SECRET, *AT_THE_DOOR, *OWN} - {"health"}):  # which would look for the other broker
        Client().get(paths[name])
        Client().post(paths[name], typed)
        Client().post(paths[name], {"gss": GSS})
    # Two with drafts, and one that asked for lost links. A step that only leads on may use up a draft's place.
    assert 1 <= Session.objects.count() <= 3


def test_an_organiser_without_permissions_does_nothing(client: Client, paths: dict[str, str]) -> None:
    user = User.objects.create_user("powerless", password="x" * 14, is_staff=True)
    otp_login(client, user)
    before = snap()
    looked = dict.fromkeys(FORBIDDEN, (403, 403)) | {"admin:autocomplete": (403, 405)}
    assert {name: ask(client, paths[name]) for name in FORBIDDEN} == looked
    assert {name: ask(client, paths[name])[0] for name in ELSEWHERE} == ELSEWHERE
    assert {client.get(paths[name]).status_code for name in OWN} == {200}
    assert snap() == before


def test_a_superuser_sees_every_page(client: Client, paths: dict[str, str]) -> None:
    otp_login(client, User.objects.create_superuser("chief"))
    answers = {
        name: client.get(paths[name]).status_code for name in OWN | FORBIDDEN - {"admin:autocomplete"}
    }  # which asks for a field
    # Nobody adds by hand what is counted or comes from supporters and from Parliament's list; nobody deletes letters.
    closed = {name: status for name, status in answers.items() if status != 200}
    assert set(closed.values()) <= {403, 302}
    assert {"admin:letters_letter_add", "admin:letters_letter_delete", "admin:axes_accessattempt_add"} <= set(closed)
    assert "admin:letters_letter_change" not in closed


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_other_method_does_anything(client: Client, paths: dict[str, str], method: str) -> None:
    before = snap()
    for name in [*PUBLIC, *SECRET]:
        assert getattr(client, method)(paths[name]).status_code in (404, 405), name
    assert snap() == before


def test_a_reference_or_another_letters_link_opens_nothing(client: Client, paths: dict[str, str]) -> None:
    mine, other = make_letter(queued=False), make_letter(queued=False)
    for guess in (mine.reference, str(mine.pk), mine.pk.hex, mine.letter_token_hash, mine.confirm_token_hash, "%2e%2e"):
        for name in SECRET:
            assert client.post(reverse(name, args=[guess])).status_code in (404, 405)
    # The token of one purpose does not serve the other, so who sees a confirmation mail sees that letter only.
    assert client.get(reverse("letter", args=[make_confirm_token(mine)])).status_code == 404
    assert client.get(reverse("confirm", args=[make_token(mine.pk, "letter")])).status_code == 404
    page = client.get(reverse("letter", args=[make_token(mine.pk, "letter")])).content.decode()
    assert other.reference not in page
    client.post(reverse("letter-act", args=[make_token(mine.pk, "letter")]), {"action": "erase", "letter": other.pk})
    other.refresh_from_db()
    assert other.sender_name == "Jane Doe"


def test_every_form_of_ours_needs_its_own_page(paths: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    otp_login(strict, User.objects.create_superuser("chief"))
    before = snap()
    # Those behind a secret link need none: no cookie allows anything there, and who knows the link may do it.
    for name in [*PUBLIC, *OWN, *AT_THE_DOOR, *FORBIDDEN, *ELSEWHERE]:
        status = strict.post(paths[name]).status_code
        assert status == 403 or (PUBLIC.get(name, (0, 0))[1] in (404, 405) and status in (404, 405, 403)), name
    assert snap() == before


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b"])
def test_another_host_name_gets_no_page(client: Client, paths: dict[str, str], host: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    for name in ("home", "campaign", "privacy", "admin:login"):
        answer = client.get(paths[name], headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
    answer = client.get(paths["campaign"], headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()


def test_more_than_a_form_can_have_is_refused_unread(client: Client, paths: dict[str, str]) -> None:
    assert client.post(paths["write-mp"], {"postcode": "x" * 1_100_000}).status_code == 400
    assert client.post(paths["write-mp"], {f"f{number}": "" for number in range(1_001)}).status_code == 400


def test_no_file_is_written_to_the_disk_for_whoever_sends_one(
    client: Client, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise AssertionError("written")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", refuse)
    for name in ("write-mp", "admin:login", "letter-act", "health"):
        file = SimpleUploadedFile("big", b"x" * 2_600_000)  # what Django would not keep in memory
        assert client.post(paths[name], {"file": file}).status_code == 400, name
    for length, status in (("9" * 5000, 400), ("²", 200)):
        assert client.post(paths["admin:login"], CONTENT_LENGTH=length).status_code == status, length[:9]
