"""Two organisers who have one page open at once lose nothing of each other's (campaign/staff/concurrent_edits.py, campaign/staff/merging.py)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.parliament.models import Member
from campaign.staff.merging import Page
from tests.campaign.content.samples import load_sample
from tests.campaign.parliament.samples import make_constituency, make_member
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
Form = dict[str, Any]


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    return load_sample()


def sign_in(name: str) -> Client:
    user, client = User.objects.create_user(name, password="a-long-password", is_staff=True), Client()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["content", "parliament"]))
    otp_login(client, user)
    return client


@pytest.fixture
def mo() -> Client:
    return sign_in("mo")


@pytest.fixture
def jo() -> Client:
    return sign_in("jo")


def find_path(one: Model) -> str:
    return f"/admin/{one._meta.app_label}/{one._meta.model_name}/{one.pk}/change/"


def read(answer: Any) -> Form:
    """What a browser would send from a change page as it is shown."""
    context = answer.context
    formsets = [one.formset for one in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(form for one in formsets for form in one.forms)]
    forms += [one.management_form for one in formsets]
    values = {field.html_name: field.value() for form in forms for field in form}
    values["opened_with"] = context["opened_with"]
    assert f'value="{values["opened_with"]}"' in answer.content.decode()
    return {name: value for name, value in values.items() if value is not None and value is not False}


def open_page(client: Client, one: Model) -> Form:
    return read(client.get(find_path(one)))


def save(client: Client, one: Model, form: Form, **changes: Any) -> Any:
    data = {name: value for name, value in {**form, **changes}.items() if value is not None}
    return client.post(find_path(one), data)


def find_row(form: Form, prefix: str, one: Model) -> str:
    """The prefix of a row in a form."""
    numbers = range(int(form[f"{prefix}-TOTAL_FORMS"]))
    return next(f"{prefix}-{n}-" for n in numbers if str(form.get(f"{prefix}-{n}-id")) == str(one.pk))


def test_changes_of_different_fields_are_put_together(mo: Client, jo: Client, campaign: Campaign) -> None:
    theirs, mine = open_page(mo, campaign), open_page(jo, campaign)
    assert save(mo, campaign, theirs, tagline="Mo's tagline", offers_news="on").status_code == 302
    saved = jo.post(find_path(campaign), {**mine, "credit": "Jo's credit"}, follow=True)
    campaign.refresh_from_db()
    assert (campaign.tagline, campaign.credit, campaign.offers_news) == ("Mo's tagline", "Jo's credit", True)
    assert "Mo changed this while you had it open" in saved.content.decode()


KINDS = ["campaign", "theme", "ask", "argument", "phrasing", "source", "member"]


def find_case(kind: str) -> tuple[Any, Any, str, str]:
    """The page's row, the row that both change, the prefix of its rows, and the field."""
    campaign, argument = Campaign.objects.get(), Argument.objects.order_by("pk")[0]
    match kind:
        case "campaign":
            return campaign, campaign, "", "tagline"
        case "theme":
            return campaign, Theme.objects.order_by("pk")[0], "themes", "intro"
        case "ask":
            return campaign, Ask.objects.order_by("pk")[0], "asks", "text"
        case "argument":
            return argument, argument, "", "claim"
        case "phrasing":
            return argument, Phrasing.objects.filter(argument=argument)[0], "phrasings", "text"
        case "source":
            return argument, Source.objects.filter(argument=argument)[0], "sources", "title"
    member = make_member(make_constituency(1, "Clacton"), "Ann Old")
    return member, member, "", "party"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", ["mine", "theirs"])
def test_changes_of_one_field_are_asked_about(kind: str, answer: str, mo: Client, jo: Client) -> None:
    page, row, prefix, field = find_case(kind)
    theirs, mine = open_page(mo, page), open_page(jo, page)
    name = (find_row(mine, prefix, row) if prefix else "") + field
    assert save(mo, page, theirs, **{name: "Of Mo"}).status_code == 302

    asked = save(jo, page, mine, **{name: "Of Jo"})
    row.refresh_from_db()
    text = asked.content.decode()
    assert (asked.status_code, getattr(row, field)) == (200, "Of Mo")
    assert "mo changed this less than a minute ago to:" in " ".join(text.split())
    form = read(asked)
    assert form[name] == "Of Jo"
    assert '<div class="theirs-text">Of Mo</div>' in text

    again = save(jo, page, form)
    assert (again.status_code, read(again)[name]) == (200, "Of Jo")
    place = f"settle-{prefix}-{row.pk}-{field}" if prefix else f"settle-own-{field}"
    assert f'name="{place}" value="{answer}"' in text
    assert save(jo, page, read(again), **{place: answer}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == ("Of Jo" if answer == "mine" else "Of Mo")


def test_a_third_change_is_asked_about_again(mo: Client, jo: Client, campaign: Campaign) -> None:
    theirs, mine = open_page(mo, campaign), open_page(jo, campaign)
    save(mo, campaign, theirs, tagline="Of Mo")
    asked = save(jo, campaign, mine, tagline="Of Jo")
    save(mo, campaign, open_page(mo, campaign), tagline="Of Mo, later")
    again = save(jo, campaign, read(asked), **{"settle-own-tagline": "mine"})
    assert (again.status_code, read(again)["tagline"]) == (200, "Of Jo")
    assert "Of Mo, later" in again.content.decode()


def test_the_same_change_by_both_is_no_question(mo: Client, jo: Client, campaign: Campaign) -> None:
    theirs, mine = open_page(mo, campaign), open_page(jo, campaign)
    for client, form in ((mo, theirs), (jo, mine)):
        assert save(client, campaign, form, tagline="Of both", brief="One.\r\n\r\nTwo.").status_code == 302


def test_rows_that_the_other_added_stay(mo: Client, jo: Client, campaign: Campaign) -> None:
    theirs, mine = open_page(mo, campaign), open_page(jo, campaign)
    before = campaign.themes.count()
    for client, form, key in ((mo, theirs, "of-mo"), (jo, mine, "of-jo")):
        new = {f"themes-{before}-{name}": key for name in ("title", "key")} | {f"themes-{before}-position": 9}
        assert save(client, campaign, form, **new, **{"themes-TOTAL_FORMS": before + 1}).status_code == 302
    assert set(campaign.themes.values_list("key", flat=True)) >= {"of-mo", "of-jo"}
    assert campaign.themes.count() == before + 2


def test_a_row_that_the_other_deleted_stays_deleted_unless_it_was_changed(mo: Client, jo: Client) -> None:
    argument, phrasing, prefix, _field = find_case("phrasing")
    Phrasing.objects.create(argument=argument, length="short", variant=7, text="Another.")
    theirs, mine = open_page(mo, argument), open_page(jo, argument)
    row = find_row(theirs, prefix, phrasing)
    assert save(mo, argument, theirs, **{f"{row}DELETE": "on"}).status_code == 302
    assert not Phrasing.objects.filter(pk=phrasing.pk).exists()

    assert save(jo, argument, mine, title="Jo's title").status_code == 302
    assert not Phrasing.objects.filter(argument=argument, text=phrasing.text).exists()
    argument.refresh_from_db()
    assert str(argument) == "Jo's title"

    asked = save(jo, argument, mine, **{f"{row}text": "Jo's paragraph"})
    assert asked.status_code == 200
    assert "deleted this while you changed it" in asked.content.decode()
    form = read(asked)
    assert "Jo's paragraph" in form.values()
    assert save(jo, argument, form).status_code == 302
    assert Phrasing.objects.filter(argument=argument, text="Jo's paragraph").exists()


def test_a_row_that_the_other_changed_is_deleted_only_after_a_question(mo: Client, jo: Client) -> None:
    argument, source, prefix, _field = find_case("source")
    theirs, mine = open_page(mo, argument), open_page(jo, argument)
    row = find_row(theirs, prefix, source)
    save(mo, argument, theirs, **{f"{row}title": "Mo's title"})
    asked = save(jo, argument, mine, **{f"{row}DELETE": "on"})
    assert asked.status_code == 200
    assert "which you want to delete" in asked.content.decode()
    assert Source.objects.get(pk=source.pk).title == "Mo's title"
    assert save(jo, argument, {**read(asked), f"{row}DELETE": "on"}).status_code == 302
    assert not Source.objects.filter(pk=source.pk).exists()


def test_ticks_and_choices_stay_and_are_told_in_words(jo: Client) -> None:
    member = find_case("member")[0]
    mine = open_page(jo, member)
    assert Page.unsign(mine["opened_with"], f"parliament.member:{member.pk}").own["sitting"] == ["on"]
    constituency = make_constituency(2, "Dover")
    Member.objects.filter(pk=member.pk).update(constituency=constituency, office="minister")
    asked = save(jo, member, mine, office="foreign-secretary", name_full_title="Jo's name")
    assert ">Minister" in asked.content.decode()
    saved = save(jo, member, read(asked), **{"settle-own-office": "mine"})
    assert saved.status_code == 302
    member.refresh_from_db()
    assert (member.constituency, member.office) == (constituency, "foreign-secretary")


def test_what_was_deleted_meanwhile_comes_back_as_something_to_add(jo: Client, campaign: Campaign) -> None:
    mine = open_page(jo, campaign)
    campaign.arguments.all().delete()
    campaign.delete()
    asked = save(jo, campaign, mine, tagline="Of Jo")
    assert asked.status_code == 200
    assert "Someone deleted it" in asked.content.decode()
    assert 'action="/admin/content/campaign/add/"' in asked.content.decode()
    context = asked.context
    formsets = [one.formset for one in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(form for one in formsets for form in one.forms)]
    forms += [one.management_form for one in formsets]
    values = {field.html_name: field.value() for form in forms for field in form}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    saved = jo.post("/admin/content/campaign/add/", {**values, "slug": "again"})
    assert saved.status_code == 302
    made = Campaign.objects.get(slug="again")
    assert (made.tagline, made.themes.count() > 0, made.asks.count() > 0) == ("Of Jo", True, True)


def test_a_save_locks_the_rows_until_it_is_done(jo: Client, campaign: Campaign) -> None:
    argument = Argument.objects.all()[0]
    for page, tables in ((campaign, ["content_campaign"]), (argument, ["content_campaign", "content_argument"])):
        form = open_page(jo, page)
        with CaptureQueriesContext(connection) as queries:
            assert save(jo, page, form).status_code == 302
        if connection.features.has_select_for_update:
            locked = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
            locked = [sql for sql in locked if "content_textversion" not in sql]  # after the rows they are versions of
            assert [f'FROM "{table}"' in sql for table, sql in zip(tables, locked, strict=True)] == [True] * len(tables)


@pytest.mark.parametrize("token", ["spoiled", "\x00"])
def test_a_spoiled_token_asks_about_all_that_differs(token: str, jo: Client, campaign: Campaign) -> None:
    form = open_page(jo, campaign)
    asked = save(jo, campaign, {**form, "opened_with": token}, tagline="Of Jo")
    assert asked.status_code == 200
    assert "Somebody changed this" in asked.content.decode()
    assert save(jo, campaign, read(asked), **{"settle-own-tagline": "mine"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.tagline == "Of Jo"


@pytest.mark.django_db(transaction=True)
def test_a_save_waits_for_one_that_is_under_way_and_sees_it(jo: Client, campaign: Campaign) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    form, answers = open_page(jo, campaign), []

    def post() -> None:
        answers.append(save(jo, campaign, form, tagline="Of Jo").status_code)
        connection.close()

    second = threading.Thread(target=post)
    with transaction.atomic():
        Campaign.objects.update(tagline="Of Mo")
        second.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        for found in iter(lambda: run(waiting), None):
            if found or not second.is_alive():
                break
    second.join()
    campaign.refresh_from_db()
    assert (answers, campaign.tagline) == ([200], "Of Mo")


def run(sql: str) -> int:
    """A figure as the server has it now; within a transaction it would show what it showed first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
