"""The dashboard's numbers are right, cost a constant number of queries, and say what needs a person (map.py, pages.py, campaign/parliament/hexes.py, letters/statistics/charts.py, letters/statistics/figures.py, letters/templatetags/admin_pages.py)."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from campaign.parliament.hexes import read_hexes
from campaign.parliament.models import Constituency, Member
from letters.actions.decide import DECISIONS, decide, refuse
from letters.actions.withdraw import withdraw_letter
from letters.models import Heartbeat, Letter, LetterParagraph, Status, StepCount, Tally
from letters.statistics.charts import count_between, make_columns, make_steps, round_up
from letters.statistics.figures import list_campaigns, list_constituencies, read_figures
from letters.statistics.rollup import roll_up_all
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter
from tests.letters.many import write_many
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"


def dashboard(name: str = "", slug: str = "peace") -> str:
    return reverse(f"admin:letters_dashboard{name}", args=[slug])


def read_rows(page: str) -> dict[str, str]:
    """The rows of all tables of bars: label without its note, number."""
    page = page[page.index('id="now"') :]  # below the admin's own menu
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>\s*<td class="dash-number">(.*?)</td>', page, re.DOTALL)
    plain = [
        (re.sub(r"<span.*?</span>|<b.*?</b>|<[^>]+>", "", label, flags=re.DOTALL), number) for label, number in rows
    ]
    return {" ".join(label.split()): number for label, number in plain}


@pytest.fixture
def five() -> Campaign:
    """Two sent (one with two arguments), one queued, one withdrawn, one unconfirmed; one of them is another constituency's."""
    campaign = make_campaign()
    make_constituency()
    make_constituency("W07000112", "Ynys Môn")
    sent, _queued, withdrawn = (make_letter(campaign) for _ in range(3))
    other = make_letter(campaign, constituency_gss="W07000112", member_party="Labour")
    make_letter(campaign, queued=False)
    LetterParagraph.objects.create(letter=sent, position=2, argument_key="argument-2")
    assert withdraw_letter(withdrawn)
    now = timezone.now()
    Letter.objects.filter(pk__in=[sent.pk, other.pk]).update(
        status=Status.SENT, sent_at=now, own_word_count=30, own_share=0.5, own_score=0.65
    )
    for step, times in ((StepCount.Step.STARTED, 9), (StepCount.Step.MADE, 6), (StepCount.Step.DOWNLOADED, 1)):
        for _ in range(times):
            StepCount.add_one(campaign, step)
    return campaign


def test_the_numbers_are_those_counted_by_hand(five: Campaign, admin_client: Client) -> None:
    rows = read_rows(admin_client.get(dashboard()).content.decode())
    expected = {
        "Sent": "2",  # status and funnel agree
        "Queued": "1",
        "Withdrawn": "1",
        "Waiting for confirmation": "1",
        "Started": "9",
        "Made": "6",
        "Downloaded": "1",
        "Confirmed": "4",
        "Argument 1": "3",
        "Argument 2": "1",
        "Argument 1 + Argument 2": "1",
        "Independent": "2",
        "Labour": "1",
        "London": "2",
        "Wales": "1",
        "Scotland": "0",
        "20–49": "2",
        "60–80 %": "2",
    }
    assert {label: rows.get(label) for label in expected} == expected


def test_a_goal_stands_beside_the_figures_and_is_that_of_the_public_page(
    five: Campaign, admin_client: Client, client: Client
) -> None:
    Letter.objects.update(rehearsal=False)
    Campaign.objects.update(mode="live", goal=1500, goal_occasion="before the debate")
    page = " ".join(admin_client.get(dashboard()).content.decode().split())  # counts the letters
    found = re.search(r"<strong>(\d+) of 1500 letters</strong>", client.get("/peace/").content.decode())
    assert found is not None
    assert int(found[1]) > 0
    assert f"Goal: {found[1]} of 1,500 before the debate" in page
    assert "Goal:" not in admin_client.get(dashboard() + "?of=rehearsal").content.decode()


def test_rehearsal_and_live_letters_are_never_mixed(five: Campaign, admin_client: Client) -> None:
    five.mode = Campaign.Mode.LIVE
    five.save()
    make_letter(five)
    assert read_figures(list_campaigns().get(), rehearsal=False).standing == 1
    assert read_figures(list_campaigns().get(), rehearsal=True).standing == 3
    page = admin_client.get(dashboard()).content.decode()
    assert "<strong>letters to MPs</strong>" in page
    assert read_rows(page)["Queued"] == "1"
    assert "<strong>rehearsal letters</strong>" in admin_client.get(dashboard() + "?of=rehearsal").content.decode()


def test_what_needs_a_person_stands_first(five: Campaign, admin_client: Client) -> None:
    Heartbeat.beat("sweep")
    assert "Nothing: no letter is held" in admin_client.get(dashboard()).content.decode()
    for status in (Status.HELD, Status.FAILED, Status.UNKNOWN):
        letter = make_letter(five)
        Letter.objects.filter(pk=letter.pk).update(status=status)
    Argument.objects.filter(key="argument-3").update(review_by=dt.date(2020, 1, 1))
    Member.objects.filter(constituency=GSS).update(sitting=False)
    Heartbeat.objects.all().delete()
    roll_up_all()
    for path, next_part in ((dashboard(), 'id="statuses"'), ("/admin/", 'class="home-cards"')):
        page = admin_client.get(path).content.decode()
        section = page[page.index('id="now"') :].partition("</section>")[0]
        for words in (
            "No worker has ever swept the queue",
            "1 letter may or may not have arrived",
            "1 letter failed",
            "1 letter is held",
            "1 constituency without an MP: 2 letters are on hold",
            "1 argument is due for review",
        ):
            assert words in section
        assert page.index('id="now"') < page.index(next_part)
        for url in re.findall(r'href="([^"]+)"', section):
            assert admin_client.get(url.replace("&amp;", "&"), follow=True).status_code == 200
    assert re.search(r"\s2 letters\s", admin_client.get(read_vacant(page)).content.decode())
    # After the House is dissolved all wait; a web server takes no address of more than some 4,000 characters.
    constituencies = {
        "campaign": five,
        "rehearsal": False,
        "kind": Tally.Kind.CONSTITUENCY,
        "status": Status.QUEUED,
        "count": 1,
    }
    Tally.objects.bulk_create(Tally(key=f"W{number:08}", **constituencies) for number in range(649))
    url = re.search(r'href="([^"]+)"><b aria-hidden="true">○', admin_client.get("/admin/").content.decode())
    assert url
    assert url[1] == "/admin/letters/letter/?status__in=queued%2Cheld%2Cclaimed"


def test_what_a_person_has_refused_or_given_up_needs_nobody_and_number_and_list_agree(
    five: Campaign, admin_client: Client, admin_user: User
) -> None:
    failed, given_up, tried_again, refused = (make_letter(five) for _ in range(4))
    Letter.objects.filter(pk__in=[given_up.pk, tried_again.pk]).update(status=Status.UNKNOWN)
    for letter in (given_up, tried_again):
        letter.refresh_from_db()
    give_up, retry = (next(one for one in DECISIONS if one.name == name) for name in ("give_up", "retry_failed"))
    assert decide(give_up, [given_up, tried_again], reason="No trace of it", actor=admin_user) == 2
    assert decide(retry, [tried_again], reason="Once more", actor=admin_user) == 1
    for letter in (failed, tried_again):  # this time by the mail server: somebody has to look at it again
        assert letter.transition_to(Status.FAILED)
    assert refused.transition_to(Status.HELD)
    assert refuse(refused, reason="It threatens", actor=admin_user)
    roll_up_all()
    for path in (dashboard(), "/admin/", LIST):
        page = admin_client.get(path).content.decode()
        link = re.search(r'href="([^"]+)"><b aria-hidden="true">✕</b>\s*(\d+)', page)
        assert link
        assert link[2] == "2"
        url = link[1].replace("&amp;", "&")
        shown = admin_client.get(LIST + url if url.startswith("?") else url).content.decode()
        assert set(re.findall(r">([0-9A-Z]{4}-[0-9A-Z]{4})</a>", shown)) == {failed.reference, tried_again.reference}
    page = admin_client.get(f"{LIST}?status__exact=failed").content.decode()
    assert (page.count("Failed: given up"), page.count("Failed: refused")) == (1, 1)
    assert "Failed: given up" in admin_client.get(f"{LIST}{given_up.pk}/change/").content.decode()


def read_vacant(page: str) -> str:
    """Where the first page leads for the letters of a constituency without an MP."""
    found = re.search(r'href="([^"]*\?constituency_gss__in=[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("page", ["", "_map", "_constituencies", "_replies"])
def test_the_pages_cost_few_queries_however_many_letters(
    client: Client, django_assert_max_num_queries: Any, count: int, page: str
) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_tally"))
    otp_login(client, viewer)
    campaign = make_campaign()
    make_constituency()
    write_many(campaign, count)
    client.get(dashboard(page))  # counts the letters
    with django_assert_max_num_queries(15):
        assert client.get(dashboard(page)).status_code == 200


def test_figures_are_for_those_who_may_see_them(five: Campaign, client: Client) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    otp_login(client, staff)
    for page in ("", "_map", "_constituencies", "_replies"):
        assert client.get(dashboard(page)).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_tally"))
    page = client.get(dashboard()).content.decode()
    assert "status__exact=queued" not in page  # numbers, but no way to the letters
    assert client.get(dashboard(slug="nothing-here")).status_code == 404
    assert dashboard() in client.get("/admin/").content.decode()


def test_the_constituencies_without_a_letter_are_found(five: Campaign, admin_client: Client) -> None:
    make_constituency("S14000027", "Na h-Eileanan an Iar")
    page = admin_client.get(dashboard("_constituencies") + "?show=none").content.decode()
    assert re.findall(r'<th scope="row"><a[^>]*>(.*?)</a></th>', page) == ["Na h-Eileanan an Iar"]
    page = admin_client.get(dashboard("_constituencies") + "?by=letters").content.decode()
    names = [re.sub("<.*?>", "", name) for name in re.findall(r'<th scope="row">(.*?)</th>', page)]
    assert names == ["Cities of London and Westminster", "Ynys Môn", "Na h-Eileanan an Iar"]
    constituencies = {
        constituency.name: (constituency.letters, constituency.sent, constituency.waiting)
        for constituency in list_constituencies(five, rehearsal=True)
    }
    assert constituencies["Cities of London and Westminster"] == (2, 1, 1)


def test_the_map_names_every_constituency_and_stays_small(admin_client: Client) -> None:
    call_command("import_members", verbosity=0)
    campaign = make_campaign()
    write_many(campaign, 500)
    body = admin_client.get(dashboard("_map") + "?of=live").content
    named = re.findall(r'<a href="(\w+)/\?of=live"><title>(.+?): (no|[\d,]+) letters?</title>', body.decode())
    assert {gss for gss, _name, _count in named} == set(Constituency.objects.values_list("pk", flat=True))
    assert len(named) == 650
    counts = {constituency.gss: constituency.letters for constituency in list_constituencies(campaign, rehearsal=False)}
    assert {gss: int(count.replace("no", "0")) for gss, _name, count in named} == counts
    assert len(body) < 150_000
    assert len(gzip.compress(body)) < 30_000
    place = admin_client.get(dashboard("_map") + f"{named[0][0]}/?of=live").content.decode()
    letters = f"campaign__id__exact={campaign.pk}&rehearsal__exact=0&constituency_gss__exact={named[0][0]}"
    assert letters.replace("&", "&amp;") in place


def test_every_hexagon_is_a_place_of_its_own() -> None:
    hexes = read_hexes()
    assert len({(one.column, one.row) for one in hexes}) == len({one.gss for one in hexes}) == len(hexes) == 650
    assert len({one.region for one in hexes}) == 12


def test_columns_reach_from_the_first_letter_to_today_and_become_weeks() -> None:
    today = dt.date(2026, 11, 22)
    days = make_columns({dt.date(2026, 11, 1): 4}, {dt.date(2026, 11, 2): 3}, today)
    assert (len(days.columns), days.weekly, days.top) == (22, False, 4)
    assert [(c.first, c.second) for c in days.columns[:2]] == [(4, 0), (0, 3)]
    assert days.columns[0].first_height == 100
    weeks = make_columns({dt.date(2026, 1, 1): 4, dt.date(2026, 1, 4): 1}, {}, today)
    assert weeks.weekly
    assert (weeks.columns[0].start, weeks.columns[0].first) == (dt.date(2025, 12, 29), 5)
    assert len(make_columns({}, {}, today).columns) == 7


def test_scales_are_round_and_complete() -> None:
    assert [round_up(number) for number in (0, 1, 3, 7, 11, 99, 1000)] == [1, 1, 4, 8, 20, 100, 1000]
    assert count_between([0, 19, 20, 500], [0, 20, 50]) == [2, 1, 1]
    steps = make_steps([0, 0, 1, 2, 3, 4, 100])
    assert [(step.least, step.most, step.constituencies) for step in steps] == [
        (0, 0, 2), (1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 99, 1), (100, None, 1),
    ]  # fmt: skip
    assert [(step.least, step.most, step.constituencies) for step in make_steps([0])] == [(0, None, 1)]
