"""The public pages: who is led where, what is shown, and what never is."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.views.defaults import bad_request, permission_denied, server_error
from pytest_django import DjangoAssertNumQueries

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.content.views import Availability, get_availability, group_arguments

pytestmark = pytest.mark.django_db


def make_campaign(slug: str = "bees", **fields: Any) -> Campaign:
    defaults = {
        "title": f"Save the {slug}",
        "subject": "Bees",
        "tagline": "Ask your MP about bees.",
        "brief": "One.\n\nTwo.",
    }
    return Campaign.objects.create(slug=slug, **{**defaults, **fields})


def add_argument(
    campaign: Campaign, key: str, theme: str = "nature", *, sourced: bool = True, **fields: Any
) -> Argument:
    heading, _ = Theme.objects.get_or_create(campaign=campaign, key=theme, defaults={"title": f"Theme {theme}"})
    defaults = {
        "title": f"Title {key}",
        "claim": f"Claim {key}.",
        "as_of": "2023-02-16",
        "reviewed_on": timezone.localdate(),
    }
    argument = Argument.objects.create(campaign=campaign, theme=heading, key=key, **{**defaults, **fields})
    Phrasing.objects.create(argument=argument, length="short", text=f"I write about {key}.")
    Phrasing.objects.create(argument=argument, length="full", text=f"At length, I write about {key}.")
    if sourced:
        Source.objects.create(
            argument=argument,
            who="A Beekeeper",
            publisher="The Hive",
            date="2022-11-09",
            title=f"On {key}",
            url="https://hive.example/",
            quotation="Seize the moment.",
        )
    return argument


class Strictness(HTMLParser):
    """Collects whatever the Content Security Policy would refuse, or what another site would be asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline <{tag}>")
        self.faults += [f"{name} on <{tag}>" for name in given if name == "style" or name.startswith("on")]
        asked_for = given.get("src") or (given.get("href") if tag == "link" else None) or "/"
        if not asked_for.startswith("/") or asked_for.startswith("//"):
            self.faults.append(f"<{tag}> asks for {asked_for}")


def find_faults(response: HttpResponseBase) -> list[str]:
    assert isinstance(response, HttpResponse)
    parser = Strictness()
    parser.feed(response.content.decode())
    return parser.faults


def fill(campaign: Campaign) -> None:
    """Give it an argument and an ask."""
    add_argument(campaign, "any")
    Ask.objects.create(campaign=campaign, key="any", label="Any", text="Please.")


# --- Home -------------------------------------------------------------------------------------------------------


def test_home_without_a_campaign_says_what_the_operator_does_next(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "There are no campaigns here yet." in response.content.decode()
    assert "load_campaign" in response.content.decode()


@pytest.mark.parametrize("mode", ["rehearsal", "live", "paused"])
def test_home_leads_to_the_only_campaign_that_is_not_closed(client: Client, mode: str) -> None:
    fill(make_campaign("bees", mode=mode))
    make_campaign("wasps", mode="closed")
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/bees/")


def test_home_lists_several_campaigns(client: Client) -> None:
    fill(make_campaign("bees"))
    fill(make_campaign("wasps", mode="paused"))
    make_campaign("moths", mode="closed")
    make_campaign("ants")
    add_argument(make_campaign("flies"), "without-an-ask")
    text = client.get("/").content.decode()
    assert [text.count(f'href="/{slug}/"') for slug in ("bees", "wasps", "moths", "ants", "flies")] == [1, 1, 1, 0, 0]
    assert "Letters are paused at the moment." in text
    assert "Closed campaigns" in text


def test_home_with_closed_campaigns_only_is_no_dead_end(client: Client) -> None:
    make_campaign("moths", mode="closed")
    response = client.get("/")
    assert response.status_code == 200
    assert "No campaign is accepting letters at the moment." in response.content.decode()
    assert 'href="/moths/"' in response.content.decode()


def test_the_pages_take_no_post(client: Client) -> None:
    make_campaign()
    assert [client.post(path).status_code for path in ("/", "/bees/")] == [405, 405]


# --- The case ---------------------------------------------------------------------------------------------------


def test_the_case_is_shown_with_its_sources(client: Client) -> None:
    campaign = make_campaign(
        promoter_name="Bee People", promoter_address="1 Hive Lane\nLeeds", contact_email="a@b.example"
    )
    add_argument(campaign, "honey")
    text = client.get("/bees/").content.decode()
    for expected in (
        "<h1>Save the bees</h1>",
        "<p>One.</p>",
        "Theme nature",
        "Title honey",
        "Claim honey.",
        "16 February 2023",
        "Sources (1)",
        "A Beekeeper",
        "Seize the moment.",
        "The Hive",
        "9 November 2022",
        'href="https://hive.example/"',
        "I write about honey.",
        "Bee People runs this campaign.",
        "mailto:a@b.example",
        "Promoted by Bee People, 1 Hive Lane, Leeds",
    ):
        assert expected in text, expected
    assert "At length" not in text


def test_the_postcode_box_stands_at_the_head_and_at_the_end(client: Client) -> None:
    campaign = make_campaign()
    add_argument(campaign, "honey")
    Ask.objects.create(campaign=campaign, key="any", label="Any", text="Please.")
    text = client.get("/bees/").content.decode()
    assert text.count('<form class="postcode-box" method="post" action="/bees/write/"') == 2
    assert text.count('name="postcode"') == 2
    assert text.count('autocomplete="postal-code"') == 2
    assert text.count("csrfmiddlewaretoken") == 2
    assert text.count('href="/bees/write/seats/"') == 2


def test_only_offered_arguments_are_shown(client: Client) -> None:
    campaign = make_campaign(mode=Campaign.Mode.LIVE)
    add_argument(campaign, "good")
    add_argument(campaign, "hidden", published=False)
    add_argument(campaign, "unsourced", sourced=False)
    add_argument(campaign, "overdue", "stale", reviewed_on=None)
    add_argument(make_campaign("wasps"), "foreign")
    groups = group_arguments(campaign)
    assert {theme.key: [argument.key for argument in found] for theme, found in groups.items()} == {"nature": ["good"]}
    text = client.get("/bees/").content.decode()
    shown = [key for key in ("good", "hidden", "unsourced", "overdue", "foreign") if f"Title {key}" in text]
    assert shown == ["good"]


def test_arguments_stay_under_their_theme_when_themes_share_a_position() -> None:
    campaign = make_campaign()
    for number, theme in enumerate(("a", "b", "a", "b")):
        add_argument(campaign, f"k{number}", theme, position=number)
    groups = {theme.key: [argument.key for argument in found] for theme, found in group_arguments(campaign).items()}
    assert groups == {"a": ["k0", "k2"], "b": ["k1", "k3"]}


def test_a_campaign_without_offered_arguments_says_so(client: Client) -> None:
    make_campaign()
    assert "The organisers are checking the arguments at the moment." in client.get("/bees/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_arguments(client: Client) -> None:
    def count_queries(slug: str, arguments: int) -> int:
        campaign = make_campaign(slug)
        for number in range(arguments):
            add_argument(campaign, f"k{number}", f"theme{number % 7}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/{slug}/").status_code == 200
        return len(queries)

    # The campaign, its arguments, their phrasings and sources, and three for the counter.
    assert [count_queries("few", 3), count_queries("many", 24)] == [7, 7]


# --- Whether a campaign takes letters ---------------------------------------------------------------------------

SHUT = [
    ({"mode": "paused"}, Availability.PAUSED, "Letters are paused"),
    ({"mode": "closed"}, Availability.CLOSED, "This campaign is closed"),
    ({"mode": "closed", "ends_on": dt.date(2020, 1, 1)}, Availability.CLOSED, "This campaign is closed"),
    ({"starts_on": dt.date(2999, 5, 1)}, Availability.EARLY, "You can write from 1 May 2999."),
    ({"mode": "paused", "starts_on": dt.date(2999, 5, 1)}, Availability.EARLY, "You can write from 1 May 2999."),
    ({"ends_on": dt.date(2020, 1, 31)}, Availability.OVER, "It accepted letters until 31 January 2020."),
]


@pytest.mark.parametrize(("fields", "availability", "sentence"), SHUT)
def test_a_closed_campaign_has_its_own_sentence_and_no_postcode_box(
    client: Client, fields: dict[str, Any], availability: Availability, sentence: str
) -> None:
    campaign = make_campaign(**fields)
    add_argument(campaign, "honey")
    assert get_availability(campaign) == availability
    text = client.get("/bees/").content.decode()
    assert sentence in text
    assert "Title honey" in text
    assert [text.count(part) for part in ("postcode-box", "What happens next", "<form")] == [0, 0, 0]


@pytest.mark.parametrize("mode", ["rehearsal", "live"])
def test_a_campaign_is_open_on_the_first_and_on_the_last_day(mode: str) -> None:
    today = timezone.localdate()
    assert get_availability(make_campaign(mode=mode, starts_on=today, ends_on=today)) == Availability.OPEN


def test_only_a_rehearsal_says_that_it_is_one(client: Client) -> None:
    make_campaign("bees", mode="rehearsal")
    make_campaign("wasps", mode="live")
    strip = "Rehearsal: letters go to the organisers’ test address, not to MPs."
    assert [strip in client.get(f"/{slug}/").content.decode() for slug in ("bees", "wasps")] == [True, False]


# --- When something is wrong ------------------------------------------------------------------------------------


def test_an_unknown_address_says_what_to_do_next(client: Client) -> None:
    response = client.get("/no-such-campaign/")
    assert response.status_code == 404
    assert "Go to the home page" in response.content.decode()
    assert find_faults(response) == []


def test_a_form_without_its_token_says_what_to_do_next() -> None:
    make_campaign()
    response = Client(enforce_csrf_checks=True).post("/bees/write/", {"postcode": "M1 1AA"})
    assert response.status_code == 403
    assert "go back, reload the page and send it again" in response.content.decode()
    assert find_faults(response) == []


def test_the_other_error_pages_render_on_their_own(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        pages = [
            bad_request(request, ValueError()),
            permission_denied(request, ValueError()),
            server_error(request),
        ]
    assert [page.status_code for page in pages] == [400, 403, 500]
    assert [page.content.decode().count("<h1>") for page in pages] == [1, 1, 1]
    assert [find_faults(page) for page in pages] == [[], [], []]


# --- The Content Security Policy --------------------------------------------------------------------------------


def test_no_page_holds_inline_style_or_script_or_asks_another_site_for_anything(client: Client) -> None:
    campaign = make_campaign()
    add_argument(campaign, "honey")
    make_campaign("wasps", mode="paused")
    assert {path: find_faults(client.get(path)) for path in ("/", "/bees/", "/wasps/")} == {
        "/": [],
        "/bees/": [],
        "/wasps/": [],
    }
