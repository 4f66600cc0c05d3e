"""What organisers do in the admin, and that going live is one deliberate act (admin/arguments.py, admin/campaigns.py, admin/inlines.py, admin/reviews.py, admin/campaign_pages.py, modes.py, pack_order.py)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaign.content.admin.rooms import make_list_url
from campaign.content.models import Argument, Campaign, Phrasing, Source, Theme
from campaign.content.modes import list_requirements
from letters.models import Letter
from tests.campaign.content.samples import load_sample
from tests.letters.factories import make_letter
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
ARGUMENTS = "/admin/content/argument/"
CAMPAIGNS = "/admin/content/campaign/"


@pytest.fixture
def campaign() -> Campaign:
    return load_sample()


@pytest.fixture
def organiser(client: Client) -> User:
    """Somebody who may edit everything here, but not take a campaign live."""
    user = User.objects.create_user("organiser", password="a-long-password", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="content").exclude(codename="take_live")
    user.user_permissions.set(rights)
    otp_login(client, user)
    return user


@pytest.fixture
def chief(client: Client, organiser: User) -> User:
    """An organiser who may."""
    organiser.user_permissions.add(Permission.objects.get(codename="take_live"))
    return organiser


@pytest.fixture
def ready(campaign: Campaign, settings: Settings) -> Campaign:
    """A campaign that lacks nothing."""
    settings.LIVE_DELIVERY = True
    settings.LETTERS_FROM = "letters@warm-homes.org.uk"
    settings.SECURITY_CONTACT, settings.SECURITY_EXPIRES = "security@example.org", dt.date(9999, 1, 1)
    imprint = {
        "promoter_name": "Jane Roe",
        "promoter_address": "1 High Street",
        "contact_email": "jane@example.org",
        "complaints_contact": "John Roe, complaints@example.org",
    }
    Campaign.objects.update(**imprint)
    Argument.objects.update(review_by=timezone.localdate())
    campaign.refresh_from_db()
    rehearsed = make_letter(campaign, queued=False)
    Letter.objects.filter(pk=rehearsed.pk).update(
        status="sent", sent_at=timezone.now(), confirmed_at=timezone.now(), message_id="<1@warm-homes.org.uk>"
    )
    return campaign


def go_live_path(campaign: Campaign) -> str:
    return reverse("admin:content_campaign_go_live", args=[campaign.pk])


def sure(campaign: Campaign) -> dict[str, str]:
    """What is ticked and typed to go live."""
    return {"slug": campaign.slug, "received": "on", "notice": "on"}


def see_mode(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).mode


def empty_rows(*prefixes: str) -> dict[str, Any]:
    return {f"{prefix}-{name}_FORMS": 0 for prefix in prefixes for name in ("TOTAL", "INITIAL")}


def test_a_campaign_is_made_from_nothing(client: Client, organiser: User) -> None:
    assert client.get(f"{CAMPAIGNS}add/").status_code == 302  # to the screens of setup.py
    values = {
        "title": "Clean rivers", "slug": "clean-rivers", "language": "en", "subject": "Rivers", "tagline": "Ask.",
        "brief": "One.\r\n\r\nTwo.", "own_words_minimum": 20, "mode": "live", **empty_rows("asks"),
        "themes-TOTAL_FORMS": 1, "themes-INITIAL_FORMS": 0, "themes-0-title": "Why", "themes-0-key": "why",
        "themes-0-position": 0,
    }  # fmt: skip
    made = client.post(f"{CAMPAIGNS}add/", values, follow=True)
    campaign = Campaign.objects.get(slug="clean-rivers")
    assert (campaign.brief, campaign.mode) == ("One.\n\nTwo.", Campaign.Mode.DRAFT)
    theme = campaign.themes.get()

    assert made.redirect_chain == [(f"{CAMPAIGNS}{campaign.pk}/change/", 302)]
    add = f"{ARGUMENTS}add/?_changelist_filters=campaign__id__exact%3D{campaign.pk}"
    assert f'<a href="{add}">add the first one</a>' in made.content.decode()
    asked = read_form(client, f"{ARGUMENTS}add/?theme={theme.pk}")
    lengths = (asked["phrasings-0-length"], asked["phrasings-1-length"])
    assert (asked["theme"], asked["phrasings-TOTAL_FORMS"], lengths) == (str(theme.pk), 2, ("short", "full"))
    values = {
        "theme": theme.pk, "title": "Fish", "key": "fish", "claim": "Fish die.", "as_of": "2023-01",
        "review_every_days": 30, "published": "on", "position": 0,
        "phrasings-TOTAL_FORMS": 2, "phrasings-INITIAL_FORMS": 0, "phrasings-0-language": "en",
        "phrasings-0-length": "short", "phrasings-0-text": "Fish die.", "phrasings-1-language": "en",
        "phrasings-1-length": "full", "phrasings-1-text": "",
        "sources-TOTAL_FORMS": 1, "sources-INITIAL_FORMS": 0, "sources-0-who": "Jane", "sources-0-title": "Fish",
        "sources-0-publisher": "Example", "sources-0-date": "2022", "sources-0-position": 0,
    }  # fmt: skip
    values = asked | values
    assert client.post(f"{ARGUMENTS}add/", values).status_code == 302
    argument = Argument.objects.offered().get()
    assert (argument.campaign, argument.review_by) == (campaign, dt.date(2023, 1, 31))

    argument.sources.all().delete()
    form = read_form(client, f"{ARGUMENTS}{argument.pk}/change/")
    assert form["sources-TOTAL_FORMS"] == 1
    said = client.post(f"{ARGUMENTS}{argument.pk}/change/", form, follow=True).content.decode()
    assert "It has no source yet" in said

    again = client.post(f"{ARGUMENTS}add/", values)
    assert "Another argument of this campaign has this key." in again.content.decode()
    without_text = client.post(f"{ARGUMENTS}add/", values | {"key": "b", **empty_rows("phrasings")})
    assert "Please submit at least 1 form." in without_text.content.decode()
    assert Argument.objects.count() == 1


def read_form(client: Client, path: str) -> dict[str, Any]:
    """Return what the browser would post from a change page, unchanged."""
    context = client.get(path).context
    forms = [context["adminform"].form, *(f for s in context["inline_admin_formsets"] for f in s.formset.forms)]
    forms += [s.formset.management_form for s in context["inline_admin_formsets"]]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_a_campaigns_page_changes_texts_but_never_mode_or_slug(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    values = read_form(client, f"{CAMPAIGNS}{campaign.pk}/change/") | {
        "title": "Warmer homes",
        "mode": "live",
        "slug": "other",
    }
    assert client.post(f"{CAMPAIGNS}{campaign.pk}/change/", values).status_code == 302
    assert Campaign.objects.values_list("title", "mode", "slug").get() == ("Warmer homes", "rehearsal", "warm-homes")


def test_saving_without_a_change_changes_nothing_in_the_texts(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    before = Campaign.objects.values("brief", "prompts", "credit").get()
    values = read_form(client, f"{CAMPAIGNS}{campaign.pk}/change/")
    values["brief"] = values["brief"].replace("\n", "\r\n")  # as browsers send it
    assert client.post(f"{CAMPAIGNS}{campaign.pk}/change/", values).status_code == 302
    assert Campaign.objects.values("brief", "prompts", "credit").get() == before


def test_every_text_of_the_admin_takes_the_line_ends_that_browsers_send(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    """An argument with two subject lines could not be saved."""
    Argument.objects.update(subjects="Warm homes\nThe cost of cold")
    path = f"{ARGUMENTS}{Argument.objects.get(key='bills').pk}/change/"
    values = read_form(client, path).items()
    sent = {name: value.replace("\n", "\r\n") if isinstance(value, str) else value for name, value in values}
    assert "\r\n" in sent["subjects"]
    answer = client.post(path, sent)
    assert answer.status_code == 302
    assert set(Argument.objects.values_list("subjects", flat=True)) == {"Warm homes\nThe cost of cold"}


def test_a_theme_under_which_arguments_stand_is_not_removed(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    values = read_form(client, f"{CAMPAIGNS}{campaign.pk}/change/") | {"themes-0-DELETE": "on"}
    answer = client.post(f"{CAMPAIGNS}{campaign.pk}/change/", values)
    assert (answer.status_code, campaign.themes.count()) == (200, 2)
    assert "would require deleting the following protected related objects" in answer.content.decode()


def test_an_arguments_page_shows_its_texts_and_only_its_campaigns_themes(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    Theme.objects.create(campaign=Campaign.objects.create(slug="other", title="Other"), key="a", title="A")
    page = client.get(f"{ARGUMENTS}{Argument.objects.get(key='bills').pk}/change/").content.decode()
    assert re.findall(r"<option[^>]*>(What .*|A)</option>", page) == ["What it costs", "What helps"]
    assert "Bills fell in 2021: by a third." in page


def test_the_list_says_which_arguments_are_offered_and_why_not(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Argument.objects.update(review_by=timezone.localdate())
    Argument.objects.filter(key="it-pays").update(review_by=yesterday)
    Argument.objects.get(key="bills").sources.all().delete()
    page = client.get(make_list_url(campaign)).content.decode()
    assert re.findall(r'state-(\w+)"><span aria-hidden="true">.</span> ([\w ]+)</span>', page) == [
        ("offered", "Offered"),
        ("unsourced", "Needs a source"),
        ("due", "Due for review"),
    ]
    Argument.objects.filter(key="cold-kills").update(published=False)
    found = {
        state: [a.key for a in client.get(make_list_url(campaign, state=state)).context["cl"].result_list]
        for state in ("offered", "due", "unsourced", "unpublished")
    }
    assert found == {"offered": [], "due": ["it-pays"], "unsourced": ["bills"], "unpublished": ["cold-kills"]}


def test_lists_take_as_many_queries_for_thirty_rows_as_for_three(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    def count_queries() -> list[int]:
        counts = []
        for path in (make_list_url(campaign), make_list_url(campaign, q="cold"), CAMPAIGNS):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(path).status_code == 200
            counts.append(len(queries))
        return counts

    Campaign.objects.create(slug="a", title="A")
    Campaign.objects.create(slug="b", title="B")
    count_queries()  # the first request of all also fills caches
    for_three = count_queries()
    theme = campaign.themes.get(key="cost")
    for number in range(27):
        Campaign.objects.create(slug=f"c{number}", title=f"C{number}")
        argument = Argument.objects.create(
            campaign=campaign,
            theme=theme,
            key=f"cold{number}",
            title="Cold",
            claim="C",
            as_of=str(timezone.localdate()),
        )
        Phrasing.objects.create(argument=argument, length="short", text="Cold.")
        Source.objects.create(argument=argument, who="A", publisher="B", date="2022", title="C")
    assert count_queries() == for_three


def test_a_review_has_a_day_an_account_and_a_note_that_everybody_reads(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    chosen = Argument.objects.filter(key__in=["bills", "it-pays"])
    asked = client.post(
        make_list_url(campaign), {"action": "review", "_selected_action": [a.pk for a in chosen]}, follow=True
    )
    address = asked.redirect_chain[0][0]
    assert "Not reviewed since." in asked.content.decode()
    assert "This field is required." in client.post(address, {"note": ""}).content.decode()
    assert client.post(address, {"note": "Checked against Hansard."}).status_code == 302
    next_day = timezone.localdate() + dt.timedelta(days=180)
    assert set(chosen.values_list("review_by", "reviewed_by", "review_note")) == {
        (next_day, organiser.pk, "Checked against Hansard.")
    }
    assert [a.key for a in Argument.objects.due_for_review()] == ["cold-kills"]
    assert {(e.object_id, e.get_change_message()) for e in LogEntry.objects.all()} == {
        (str(a.pk), f"Reviewed: Checked against Hansard. Next review by {next_day}.") for a in chosen
    }
    public = client.get(campaign.get_absolute_url()).content.decode()
    assert public.count("Checked against Hansard.") == 2
    assert "Facts as of 28 February 2023. Not reviewed since." in public
    assert f"by {organiser.username}" not in public
    assert client.get(f"{ARGUMENTS}review/?of=0&of=x").status_code == 302


def test_going_live_lists_what_is_due_and_needs_one_argument_in_date(
    client: Client, chief: User, campaign: Campaign
) -> None:
    def read() -> str:
        return client.get(f"{CAMPAIGNS}{campaign.pk}/go-live/", follow=True).content.decode()

    requirement = "At least one argument that is in date"
    assert requirement in read()
    assert read().count("Not reviewed since.") == 3
    argument = Argument.objects.get(key="bills")
    argument.note_review(chief, "Fine.")
    argument.save()
    assert read().count("Not reviewed since.") == 2
    assert {one.name: one.met for one in list_requirements(campaign)}[requirement]


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("pause", "rehearsal", "paused"),
        ("pause", "live", "paused"),
        ("resume", "paused", "rehearsal"),
        ("resume", "closed", "rehearsal"),
        ("resume", "draft", "rehearsal"),
        ("close", "draft", "draft"),
        ("close", "live", "closed"),
        ("pause", "closed", "closed"),
        ("resume", "live", "live"),
    ],
)
def test_pause_resume_and_close_are_logged_and_never_lead_to_live(
    client: Client, organiser: User, campaign: Campaign, action: str, before: str, after: str
) -> None:
    Campaign.objects.update(mode=before)
    client.post(CAMPAIGNS, {"action": action, "_selected_action": [campaign.pk]})
    assert see_mode(campaign) == after
    told = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert told == ([f"Mode changed from {before} to {after}."] if before != after else [])


def test_the_go_live_page_lists_what_is_missing_and_refuses(client: Client, chief: User, campaign: Campaign) -> None:
    campaign.asks.all().delete()
    Argument.objects.update(published=False)
    page = client.get(go_live_path(campaign))
    assert [r.name for r in page.context["requirements"] if not r.met] == [
        "The promoter's name",
        "The promoter's postal address",
        "A contact email address",
        "Who deals with complaints",
        "At least one argument that is in date",
        "At least one ask",
        "A letter sent in rehearsal",
        "An address to send letters from",
        "A contact for anyone who finds a security fault",
        "This site may send letters to MPs",
    ]
    assert '<input type="submit"' not in page.content.decode().split("content-main")[1]
    assert client.post(go_live_path(campaign), sure(campaign)).status_code == 200
    assert (see_mode(campaign), LogEntry.objects.count()) == ("rehearsal", 0)


MISSING: list[dict[str, Any]] = [
    {"promoter_name": ""},
    {"promoter_address": ""},
    {"contact_email": ""},
    {"complaints_contact": ""},
    {"ends_on": dt.date(2020, 1, 1)},
    {"mode": "closed"},
]


@pytest.mark.parametrize("missing", MISSING, ids=[next(iter(m)) for m in MISSING])
def test_one_thing_missing_is_enough_to_refuse(
    client: Client, chief: User, ready: Campaign, missing: dict[str, Any]
) -> None:
    Campaign.objects.update(**missing)
    client.post(go_live_path(ready), sure(ready))
    assert (see_mode(ready) == "live", LogEntry.objects.count()) == (False, 0)


def test_an_operator_who_has_not_allowed_it_refuses(
    client: Client, chief: User, ready: Campaign, settings: Settings
) -> None:
    settings.LIVE_DELIVERY = False
    client.post(go_live_path(ready), sure(ready))
    assert see_mode(ready) == "rehearsal"


@pytest.mark.parametrize(
    "without", [{"ADMIN_TOTP": False}, {"SECURITY_CONTACT": ""}, {"SECURITY_EXPIRES": dt.date(2020, 1, 1)}]
)
def test_without_a_second_factor_or_a_security_contact_no_campaign_goes_live(
    client: Client, chief: User, ready: Campaign, settings: Settings, without: dict[str, Any]
) -> None:
    for name, value in without.items():
        setattr(settings, name, value)
    client.post(go_live_path(ready), sure(ready))
    assert see_mode(ready) == "rehearsal"


def test_going_live_asks_for_a_fresh_proof(client: Client, chief: User, ready: Campaign) -> None:
    otp_login(client, chief, seconds_ago=11 * 60)
    answer = client.post(go_live_path(ready), sure(ready))
    assert "Confirm that it is you" in answer.content.decode()
    assert see_mode(ready) == "rehearsal"


@pytest.mark.parametrize("unticked", ["received", "notice"])
def test_what_no_program_can_see_has_to_be_ticked(client: Client, chief: User, ready: Campaign, unticked: str) -> None:
    values = {name: value for name, value in sure(ready).items() if name != unticked}
    assert set(client.post(go_live_path(ready), values).context["form"].errors) == {unticked}
    assert see_mode(ready) == "rehearsal"


def test_without_a_rehearsed_letter_or_a_real_sender_no_campaign_goes_live(
    client: Client, chief: User, ready: Campaign, settings: Settings
) -> None:
    settings.LETTERS_FROM = "Letters <letters@parley.example>"
    client.post(go_live_path(ready), sure(ready))
    assert see_mode(ready) == "rehearsal"
    settings.LETTERS_FROM = "Letters <letters@warm-homes.org.uk>"
    Letter.objects.update(rehearsal=False)
    client.post(go_live_path(ready), sure(ready))
    assert see_mode(ready) == "rehearsal"


def test_looking_at_the_go_live_page_changes_nothing(client: Client, chief: User, ready: Campaign) -> None:
    page = client.get(go_live_path(ready), sure(ready))
    assert page.context["ready"]
    assert (see_mode(ready), LogEntry.objects.count()) == ("rehearsal", 0)


@pytest.mark.parametrize("slug", ["", "warm", "Warm-Homes"])
def test_the_slug_has_to_be_typed(client: Client, chief: User, ready: Campaign, slug: str) -> None:
    assert client.post(go_live_path(ready), sure(ready) | {"slug": slug}).context["form"].errors
    assert see_mode(ready) == "rehearsal"


@pytest.mark.parametrize("before", ["rehearsal", "paused"])
def test_going_live_is_done_and_logged(client: Client, chief: User, ready: Campaign, before: str) -> None:
    Campaign.objects.update(mode=before)
    answer = client.post(go_live_path(ready), sure(ready))
    assert (answer.status_code, see_mode(ready)) == (302, "live")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.get_change_message()) == (
        chief,
        str(ready.pk),
        f"Mode changed from {before} to live.",
    )
    client.post(go_live_path(ready), sure(ready))
    assert LogEntry.objects.count() == 1


def test_going_live_needs_the_permission(client: Client, organiser: User, ready: Campaign) -> None:
    assert client.get(go_live_path(ready)).status_code == 403
    assert client.post(go_live_path(ready), sure(ready)).status_code == 403
    assert "go-live" not in client.get(f"{CAMPAIGNS}{ready.pk}/change/").content.decode()
    assert see_mode(ready) == "rehearsal"


def test_the_campaigns_page_leads_to_it_for_those_who_may(client: Client, chief: User, ready: Campaign) -> None:
    page = client.get(f"{CAMPAIGNS}{ready.pk}/change/").content.decode()
    assert f'href="{go_live_path(ready)}"' in page
    assert f'href="{ready.get_absolute_url()}"' in page


def test_going_live_needs_a_login_and_a_csrf_token(chief: User, ready: Campaign) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(go_live_path(ready)).status_code == 302
    otp_login(strict, chief)
    assert strict.post(go_live_path(ready), sure(ready)).status_code == 403
    assert see_mode(ready) == "rehearsal"


def test_there_is_no_way_live_for_a_campaign_that_is_not_there(client: Client, chief: User) -> None:
    assert client.get(f"{CAMPAIGNS}999/go-live/").status_code == 404


def test_the_pages_hold_under_a_strict_policy(client: Client, chief: User, ready: Campaign) -> None:
    argument = Argument.objects.get(key="bills")
    for path in (
        go_live_path(ready),
        f"{CAMPAIGNS}{ready.pk}/change/",
        f"{ARGUMENTS}{argument.pk}/change/",
        make_list_url(ready),
    ):
        answer = client.get(path)
        page = answer.content.decode()
        assert "Content-Security-Policy" in answer.headers
        assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*json)", page) == []


def test_a_second_text_of_the_same_length_and_language_is_refused(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    bills = Argument.objects.get(key="bills")
    values = read_form(client, f"{ARGUMENTS}{bills.pk}/change/") | {"phrasings-1-length": "short"}
    answer = client.post(f"{ARGUMENTS}{bills.pk}/change/", values)
    assert (answer.status_code, "Please correct the duplicate data" in answer.content.decode()) == (200, True)


def test_what_an_organiser_decides_about_publishing_outlives_what_a_pack_did(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    bills = Argument.objects.get(key="bills")
    Argument.objects.filter(pk=bills.pk).update(dropped_by_pack=True)
    values = read_form(client, f"{ARGUMENTS}{bills.pk}/change/")
    del values["published"]
    assert client.post(f"{ARGUMENTS}{bills.pk}/change/", values).status_code == 302
    assert Argument.objects.values_list("published", "dropped_by_pack").get(pk=bills.pk) == (False, False)


def test_an_argument_that_letters_carry_is_not_deleted(client: Client, organiser: User, campaign: Campaign) -> None:
    organiser.user_permissions.add(Permission.objects.get(codename="delete_argument"))
    argument = Argument.objects.get(key="bills")
    letter = make_letter(campaign, queued=False)
    letter.paragraphs.filter(position=1).update(argument=argument)
    path = f"{ARGUMENTS}{argument.pk}/delete/"
    assert "To stop offering it, untick “Published”." in client.get(path).content.decode()
    client.post(path, {"post": "yes"})
    assert Argument.objects.filter(key="bills").exists()
    letter.delete()
    client.post(path, {"post": "yes"})
    assert not Argument.objects.filter(key="bills").exists()


def test_a_draft_is_rehearsed_only_with_an_argument_and_an_ask(
    client: Client, organiser: User, campaign: Campaign
) -> None:
    Campaign.objects.update(mode=Campaign.Mode.DRAFT)
    path = f"{CAMPAIGNS}{campaign.pk}/mode/"
    said = "It is still a draft. First add an argument with a text and a source and an ask."
    asks = list(campaign.asks.all())
    campaign.asks.all().delete()
    Argument.objects.update(published=False)
    assert said in client.post(path, {"mode": "rehearsal"}).content.decode()
    chosen = {"action": "resume", "_selected_action": [campaign.pk]}
    assert said in client.post(CAMPAIGNS, chosen, follow=True).content.decode()
    Argument.objects.update(published=True)
    assert "First add an ask." in client.post(path, {"mode": "rehearsal"}).content.decode()
    assert Campaign.objects.get().mode == Campaign.Mode.DRAFT
    asks[0].save(force_insert=True)
    assert client.post(path, {"mode": "rehearsal"}).status_code == 302
    assert Campaign.objects.get().mode == Campaign.Mode.REHEARSAL
