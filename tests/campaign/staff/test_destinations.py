"""Where letters go is changed by nobody who has only found an open session, and never in silence."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaign.content.admin.campaigns import CampaignAdmin
from campaign.content.models import Campaign
from campaign.parliament.admin import MemberAdmin
from campaign.parliament.models import Member
from campaign.staff.models import TOTPDevice
from letters.models import Alert
from tests.campaign.content.samples import load_sample
from tests.campaign.content.test_admin import read_form
from tests.campaign.parliament.samples import make_constituency, make_member
from tests.campaign.staff.test_sign_in import read_code
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-pass-9"
OLD, NEW = "ann@parliament.example", "attacker@evil.example"
MEMBERS = "/admin/parliament/member/"
CAMPAIGNS = "/admin/content/campaign/"
ASKED = "Confirm that it is you"


@pytest.fixture
def chief(client: Client) -> User:
    """A superuser who showed password and code eleven minutes ago."""
    user = User.objects.create_superuser("chief", password=PASSWORD)
    otp_login(client, user, seconds_ago=11 * 60)
    return user


@pytest.fixture
def member() -> Member:
    return make_member(make_constituency(1, "Leeds Test"), "Ann Example", email=OLD, party="Labour")


@pytest.fixture
def campaign(settings: Settings) -> Campaign:
    settings.REHEARSAL_ADDRESS = "operator@site.example"
    return load_sample()


def read_told() -> list[str]:
    return list(Alert.objects.filter(kind=Alert.Kind.REDIRECTED).values_list("words", flat=True))


def read_hidden(page: str) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


def read_history(client: Client, path: str) -> str:
    return unescape(client.get(f"{path}history/").content.decode())


def ask(client: Client, path: str, sent: dict[str, Any]) -> str:
    """Send a form and return the page that asks for password and code."""
    page = client.post(path, sent).content.decode()
    assert ASKED in page
    return page


def prove(client: Client, path: str, page: str, user: User) -> int:
    """Give password and code on the page that asks for them; return the answer's status code."""
    code = read_code(TOTPDevice.objects.get(user=user))
    return client.post(path, read_hidden(page) | {"proof-password": PASSWORD, "proof-code": code}).status_code


@pytest.mark.parametrize(
    ("typed", "new"),
    [({"email": NEW}, f"{NEW} (Leeds Test)"), ({"email": ""}, "nowhere"), ({"sitting": None}, "nowhere")],
)
def test_a_members_address_changes_after_a_proof_and_nothing_typed_is_lost(
    client: Client, chief: User, member: Member, typed: dict[str, Any], new: str
) -> None:
    path = f"{MEMBERS}{member.pk}/change/"
    sent = read_form(client, path) | {"party": "Independent"} | typed
    sent = {name: value for name, value in sent.items() if value is not None}
    page = ask(client, path, sent)
    member.refresh_from_db()
    assert (member.email, member.party, member.sitting) == (OLD, "Labour", True)
    assert (LogEntry.objects.count(), read_told()) == (0, [])

    wrong = client.post(path, read_hidden(page) | {"proof-password": "wrong", "proof-code": "000000"})
    assert read_hidden(wrong.content.decode()) == read_hidden(page)
    assert Member.objects.get().email == OLD

    assert prove(client, path, page, chief) == 302
    member.refresh_from_db()
    assert member.party == "Independent"
    assert member.destination == new.replace("nowhere", "")
    words = f"{OLD} (Leeds Test) → {new}"
    assert f"Changed where letters go: {words}." in read_history(client, f"{MEMBERS}{member.pk}/")
    assert read_told() == [f"By: chief\nmember Ann Example: {words}"]


def test_what_leaves_letters_where_they_go_asks_for_nothing(client: Client, chief: User, member: Member) -> None:
    path = f"{MEMBERS}{member.pk}/change/"
    assert client.post(path, read_form(client, path) | {"party": "Independent"}).status_code == 302
    former = make_member(member.constituency, "Bob Former", sitting=False, email="bob@parliament.example")
    path = f"{MEMBERS}{former.pk}/change/"
    sent = read_form(client, path) | {"email": "other@parliament.example"}
    assert client.post(path, sent).status_code == 302
    former.refresh_from_db()
    assert former.email == "other@parliament.example"
    assert read_told() == []


def test_a_former_member_takes_the_seat_after_a_proof(client: Client, chief: User, member: Member) -> None:
    constituency = make_constituency(2, "York Test")
    path = f"{MEMBERS}{member.pk}/change/"
    page = ask(client, path, read_form(client, path) | {"constituency": constituency.pk})
    assert prove(client, path, page, chief) == 302
    assert read_told() == [f"By: chief\nmember Ann Example: {OLD} (Leeds Test) → {OLD} (York Test)"]


def test_a_new_member_is_added_after_a_proof(client: Client, chief: User) -> None:
    constituency, path = make_constituency(1, "Leeds Test"), f"{MEMBERS}add/"
    sent = {
        "constituency": constituency.pk,
        "name_display": "Eve New",
        "name_full_title": "Eve New MP",
        "party": "Labour",
    }
    sent |= {"sitting": "on", "email": NEW, "as_of": "2026-01-01"}
    page = ask(client, path, sent)
    assert not Member.objects.exists()
    assert prove(client, path, page, chief) == 302
    words = f"nowhere → {NEW} (Leeds Test)"
    assert read_told() == [f"By: chief\nmember Eve New: {words}"]
    assert words in read_history(client, f"{MEMBERS}{Member.objects.get().pk}/")


@pytest.mark.parametrize("many", [False, True])
def test_a_member_is_deleted_after_a_proof(client: Client, chief: User, member: Member, many: bool) -> None:
    path = MEMBERS if many else f"{MEMBERS}{member.pk}/delete/"
    action = {"action": "delete_selected", "_selected_action": [member.pk]} if many else {}
    page = ask(client, path, action | {"post": "yes"})
    assert (Member.objects.count(), LogEntry.objects.count(), read_told()) == (1, 0, [])
    assert prove(client, path, page, chief) == 302
    told = f"member Ann Example: {OLD} (Leeds Test) → nowhere"
    assert (Member.objects.count(), read_told()) == (0, [f"By: chief\n{told}"])
    assert LogEntry.objects.get().change_message == told


def test_the_address_of_a_rehearsal_changes_after_a_proof(client: Client, chief: User, campaign: Campaign) -> None:
    path = f"{CAMPAIGNS}{campaign.pk}/change/"
    form = read_form(client, path)
    assert client.post(path, form | {"title": "Warmer homes"}).status_code == 302
    page = ask(client, path, form | {"rehearsal_address": NEW, "tagline": "Typed, too."})
    campaign.refresh_from_db()
    assert (campaign.rehearsal_address, read_told()) == ("", [])
    assert prove(client, path, page, chief) == 302
    campaign.refresh_from_db()
    assert (campaign.rehearsal_address, campaign.tagline) == (NEW, "Typed, too.")
    words = f"operator@site.example → {NEW}"
    assert f"Changed where letters go: {words}." in read_history(client, f"{CAMPAIGNS}{campaign.pk}/")
    assert read_told() == [f"By: chief\ncampaign {campaign}: {words}"]


def test_a_form_with_faults_is_shown_before_a_proof_is_asked_for(client: Client, chief: User, member: Member) -> None:
    path = f"{MEMBERS}{member.pk}/change/"
    page = client.post(path, read_form(client, path) | {"email": "nobody"}).content.decode()
    assert ASKED not in page
    assert "Enter a valid email address." in page


@pytest.mark.parametrize("by_list", [False, True])
@pytest.mark.parametrize(("mode", "paused_from"), [("paused", "live"), ("closed", "")])
def test_back_from_the_mps_to_the_test_address_takes_a_proof(
    client: Client, chief: User, campaign: Campaign, mode: str, paused_from: str, by_list: bool
) -> None:
    Campaign.objects.update(mode=mode, paused_from=paused_from)
    path = CAMPAIGNS if by_list else f"{CAMPAIGNS}{campaign.pk}/mode/"
    sent = {"action": "resume", "_selected_action": [campaign.pk]} if by_list else {"mode": "rehearsal"}
    page = ask(client, path, sent)
    assert Campaign.objects.get().mode == mode
    assert prove(client, path, page, chief) == 302
    assert Campaign.objects.get().mode == "rehearsal"
    before = "the MPs" if paused_from else "nowhere"
    assert read_told() == [f"By: chief\ncampaign {campaign}: {before} → operator@site.example"]


@pytest.mark.parametrize("mode", ["draft", "rehearsal"])
def test_a_pause_and_a_rehearsal_ask_for_nothing(client: Client, chief: User, campaign: Campaign, mode: str) -> None:
    Campaign.objects.update(mode=mode)
    for action in ["pause", "resume"]:
        client.post(CAMPAIGNS, {"action": action, "_selected_action": [campaign.pk]})
    assert (Campaign.objects.get().mode, read_told()) == ("rehearsal", [])


def test_no_list_can_be_edited_past_the_proof(
    client: Client, chief: User, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [MemberAdmin.list_editable, CampaignAdmin.list_editable] == [(), ()]
    monkeypatch.setattr(MemberAdmin, "list_editable", ["email"])  # if somebody made it so
    sent = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": member.pk, "form-0-email": NEW, "_save": "1"}
    page = ask(client, MEMBERS, sent)
    assert Member.objects.get().email == OLD
    assert prove(client, MEMBERS, page, chief) == 302
    assert read_told() == [f"By: chief\nmember Ann Example: {OLD} (Leeds Test) → {NEW} (Leeds Test)"]


def test_a_change_that_cannot_be_told_is_not_made(
    client: Client, chief: User, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    otp_login(client, chief)
    monkeypatch.setattr(Alert.objects, "create", lambda **_fields: 1 / 0)
    path = reverse("admin:parliament_member_change", args=[member.pk])
    with pytest.raises(ZeroDivisionError):
        client.post(path, read_form(client, path) | {"email": NEW})
    assert Member.objects.get().email == OLD
