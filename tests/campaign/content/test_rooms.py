"""Arguments are edited inside their campaign; no other campaign's themes are in reach (admin/rooms.py)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from campaign.content.admin.rooms import OF_CAMPAIGN, make_add_url, make_list_url
from campaign.content.copying import copy_campaign
from campaign.content.models import Argument, Campaign, Theme
from tests.campaign.content.samples import load_sample
from tests.campaign.content.test_admin import read_form
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/content/argument/", "/admin/content/argument/add/"


@pytest.fixture
def both() -> tuple[Campaign, Campaign]:
    """Two campaigns that say the same."""
    first = load_sample()
    return first, copy_campaign(first, slug="other", title="The other campaign")


@pytest.fixture
def chief(client: Client) -> Client:
    otp_login(client, User.objects.create_superuser("chief"))
    return client


def list_themes(client: Client, path: str) -> list[Theme]:
    return list(client.get(path).context["adminform"].form.fields["theme"].queryset)


def test_a_form_offers_only_its_campaigns_themes(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    for campaign in both:
        mine = list(campaign.themes.all())
        assert list_themes(chief, make_add_url(campaign)) == mine
        argument = campaign.arguments.all()[0]
        assert list_themes(chief, reverse("admin:content_argument_change", args=[argument.pk])) == mine


def test_another_campaigns_theme_is_refused(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    first, other = both
    count = Argument.objects.count()
    form = read_form(chief, make_add_url(first))
    form |= {"theme": str(other.themes.all()[0].pk), "title": "A", "key": "a", "claim": "A.", "as_of": "2026"}
    page = chief.post(make_add_url(first), form)
    assert "theme" in page.context["adminform"].form.errors
    assert Argument.objects.count() == count
    argument = first.arguments.all()[0]
    path = reverse("admin:content_argument_change", args=[argument.pk])
    page = chief.post(path, read_form(chief, path) | {"theme": str(other.themes.all()[0].pk)})
    assert "theme" in page.context["adminform"].form.errors
    argument.refresh_from_db()
    assert argument.theme.campaign == first


def test_without_a_campaign_one_is_chosen_first(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    for path in (ADD, f"{ADD}?_changelist_filters=campaign__id__exact%3Dx"):
        page = chief.get(path)
        assert [one for one, _address in page.context["campaigns"]] == sorted(both, key=lambda one: one.title)
        assert "adminform" not in page.context
    both[1].delete()
    assert list_themes(chief, ADD) == list(both[0].themes.all())  # where there is but one


def test_without_any_campaign_the_way_leads_to_making_one(chief: Client) -> None:
    assert "Add a campaign first" in chief.get(ADD).content.decode()


def test_without_a_theme_the_way_leads_to_making_one(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    new = Campaign.objects.create(slug="new", title="New")
    page = chief.get(make_add_url(new), follow=True)
    assert page.redirect_chain == [(reverse("admin:content_campaign_change", args=[new.pk]), 302)]
    assert "First add a theme" in page.content.decode()


def test_each_way_back_leads_to_the_campaign(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    _first, other = both
    argument = other.arguments.all()[0]
    path = reverse("admin:content_argument_change", args=[argument.pk])
    page = chief.get(path).content.decode()
    assert f'href="{reverse("admin:content_campaign_change", args=[other.pk])}"' in page
    assert f'href="{make_list_url(other)}"' in page
    answer = chief.post(path, read_form(chief, path))
    assert answer["Location"] == make_list_url(other)


def test_one_more_argument_is_of_the_same_campaign_and_theme(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    _first, other = both
    theme = other.themes.all()[1]
    form = read_form(chief, make_add_url(other)) | {
        "theme": str(theme.pk), "title": "A", "key": "a", "claim": "A.", "as_of": "2026", "_addanother": "on",
        "phrasings-0-text": "In short.", "phrasings-1-text": "In full.",
        "sources-0-who": "Roe", "sources-0-title": "Report", "sources-0-date": "2026",
    }  # fmt: skip
    answer = chief.post(make_add_url(other), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert answer["Location"] == make_add_url(other)
    made = Argument.objects.get(key="a")
    assert made.campaign == other
    shown = chief.get(answer["Location"]).context["adminform"].form
    assert (shown["theme"].value(), shown["position"].value()) == (theme.pk, made.position + 1)


def test_the_list_filters_by_the_campaigns_own_themes(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    first, _other = both
    page = chief.get(make_list_url(first))
    filters = {one.title: one for one in page.context["cl"].filter_specs}
    assert [title for _pk, title in filters["theme"].lookup_choices] == [theme.title for theme in first.themes.all()]
    assert f"Arguments of “{first}”" in page.content.decode()


def test_no_list_has_another_campaigns_arguments(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    for campaign, another in (both, both[::-1]):
        for query in ({}, {"theme": str(another.themes.all()[0].pk)}, {"theme": "x"}):
            page = chief.get(make_list_url(campaign, **query))
            assert set(page.context["cl"].result_list) == set(campaign.arguments.all())
            assert "Show all" not in page.content.decode()  # for it does
            assert f'href="{LIST}">Arguments of another campaign' in page.content.decode()


def test_without_a_campaign_the_list_asks_which(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    first, other = both
    for query in ("?state=due", f"?state=due&{OF_CAMPAIGN}=x"):
        page = chief.get(LIST + query)
        assert page.context["campaigns"] == [
            (one, make_list_url(one, state="due")) for one in sorted(both, key=lambda one: one.title)
        ]
    other.delete()
    assert chief.get(f"{LIST}?state=due")["Location"] == make_list_url(first, state="due")  # where there is but one
    Campaign.objects.all().delete()
    assert "There is no campaign yet" in chief.get(LIST).content.decode()


def test_who_may_see_no_arguments_is_not_asked_which(client: Client, both: tuple[Campaign, Campaign]) -> None:
    otp_login(client, User.objects.create_user("nobody", is_staff=True))
    assert client.get(LIST).status_code == 403


def test_clearing_search_and_filters_stays_in_the_campaign(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    for query in ({"q": "zebra"}, {"q": "zebra", "state": "due"}, {"q": "a", "state": "due"}):
        page = chief.get(make_list_url(both[1], **query)).content.decode()
        assert f'href="?campaign__id__exact={both[1].pk}"' in page
        assert 'href="?"' not in page


def test_deleting_leads_back_to_the_campaign(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    argument = both[1].arguments.all()[0]
    answer = chief.post(reverse("admin:content_argument_delete", args=[argument.pk]), {"post": "yes"})
    assert answer["Location"] == make_list_url(both[1])


def test_a_campaigns_page_leads_to_its_own_form(chief: Client, both: tuple[Campaign, Campaign]) -> None:
    for campaign in both:
        page = chief.get(reverse("admin:content_campaign_change", args=[campaign.pk])).content.decode()
        assert f'href="{make_add_url(campaign)}"' in page
