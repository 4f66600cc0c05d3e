"""What the models promise to the rest of the site (dates.py, validators.py, models/argument.py, models/ask.py, models/campaign.py, models/texts.py)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaign.content.models import Argument, Campaign, Phrasing, Source, Theme
from campaign.content.validators import RESERVED_SLUGS
from tests.campaign.content.samples import load_sample

DAY = dt.timedelta(days=1)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> dt.date:
    """The day on which the test began, which stays until it is over, also at midnight."""
    began = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: began)
    return timezone.localdate()


@pytest.mark.django_db
def test_only_published_sourced_arguments_in_date_are_offered(today: dt.date) -> None:
    campaign = load_sample()
    assert Argument.objects.offered().count() == 3  # in rehearsal, although all are due
    Campaign.objects.filter(pk=campaign.pk).update(mode=Campaign.Mode.LIVE)
    assert not Argument.objects.offered().exists()
    Argument.objects.update(review_by=today)
    bills = Argument.objects.get(key="bills")
    for changes in ({"published": False}, {"review_by": today - DAY}):
        Argument.objects.filter(pk=bills.pk).update(**{"published": True, "review_by": today, **changes})
        assert list(Argument.objects.offered().values_list("key", flat=True)) == ["cold-kills", "it-pays"]
    Argument.objects.filter(pk=bills.pk).update(review_by=today, published=True)
    assert bills in Argument.objects.offered()  # on its last day it still is
    bills.sources.all().delete()
    assert bills not in Argument.objects.offered()


@pytest.mark.django_db
def test_only_published_arguments_past_their_day_are_due(today: dt.date) -> None:
    load_sample()
    Argument.objects.filter(key="bills").update(review_by=today - DAY)
    Argument.objects.filter(key="it-pays").update(review_by=today - DAY, published=False)
    Argument.objects.filter(key="cold-kills").update(review_by=today)
    assert list(Argument.objects.due_for_review().values_list("key", flat=True)) == ["bills"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "paused_from", "offers"),
    [
        ("draft", "", True), ("rehearsal", "", True), ("live", "", False), ("closed", "", False),
        ("paused", "rehearsal", True), ("paused", "live", False), ("paused", "", False),
    ],
)  # fmt: skip
def test_what_is_due_is_offered_only_where_letters_go_to_no_mp(mode: str, paused_from: str, offers: bool) -> None:
    campaign = load_sample()
    Campaign.objects.filter(pk=campaign.pk).update(mode=mode, paused_from=paused_from)
    assert Argument.objects.offered().exists() is offers
    assert not Argument.objects.sourced().in_date().exists()


@pytest.mark.django_db
def test_the_review_counts_from_what_was_known_last(today: dt.date) -> None:
    campaign = load_sample()
    theme = campaign.themes.first()
    made = {"campaign": campaign, "theme": theme, "title": "A", "claim": "A", "key": "a", "review_every_days": 30}
    for as_of, review_by, said in (
        ("2023", dt.date(2023, 1, 31), "Facts as of 2023. Not reviewed since."),
        ("2023-02", dt.date(2023, 3, 3), "Facts as of February 2023. Not reviewed since."),
        ("2023-02-16", dt.date(2023, 3, 18), "Facts as of 16 February 2023. Not reviewed since."),
        (str(today), today + 30 * DAY, f"Facts as of {today.day} {today:%B %Y}."),
    ):
        argument = Argument(as_of=as_of, **made)
        argument.save()
        argument.refresh_from_db()
        assert (argument.review_by, argument.age) == (review_by, said)
        argument.delete()
    argument = Argument.objects.create(as_of="2023-02", **made)
    argument.reminded_days = 7
    argument.note_review(None, "Still so.")
    argument.save(update_fields=["reviewed_on", "reviewed_by", "review_note"])
    argument.refresh_from_db()
    assert argument.review_by == today + 30 * DAY
    assert not argument.reminded_days
    assert argument.age == f"Facts as of February 2023. Reviewed on {today.day} {today:%B %Y}."
    argument.review_by = today - DAY
    assert argument.age == f"Facts as of February 2023. Last reviewed on {today.day} {today:%B %Y}."


@pytest.mark.django_db
def test_what_has_happened_since_ends_the_paragraph_if_so_marked() -> None:
    load_sample()
    argument = Argument.objects.with_texts().get(key="bills")
    text = argument.phrasings.all()[0].text
    argument.since = "Since March 2024 it is so no more."
    with pytest.raises(ValidationError, match="Enter the date"):
        argument.clean()
    argument.since_date = "2026-11"
    argument.clean()
    assert argument.phrasings.all()[0].words == text
    argument.since_in_letter = True
    assert argument.phrasings.all()[0].words == f"{text} Since March 2024 it is so no more."


@pytest.mark.django_db
def test_texts_come_in_a_constant_number_of_queries(django_assert_num_queries: object) -> None:
    load_sample()
    with django_assert_num_queries(3):  # type: ignore[operator]
        for argument in Argument.objects.with_texts():
            assert [argument.theme.title, argument.phrasing("full"), *argument.sources.all()]


@pytest.mark.django_db
def test_a_phrasing_falls_back_to_its_language_but_never_to_another() -> None:
    load_sample()
    argument = Argument.objects.get(key="it-pays")
    found = [argument.phrasing(*wanted) for wanted in (("full", "en"), ("full", "cy"), ("full", "gd"))]
    assert [(p.language, p.length) if p else None for p in found] == [("en", "full"), ("cy", "short"), None]


@pytest.mark.parametrize(
    ("date", "text"), [("2022-11-09", "9 November 2022"), ("2022-11", "November 2022"), ("2022", "2022")]
)
def test_a_date_is_written_as_people_write_it(date: str, text: str) -> None:
    source = Source(who="Jane Roe", publisher="Example", date=date, title="Winter", url="https://example.org")
    assert source.date_text == text
    assert source.note == f"Jane Roe, Winter, Example, {text}, https://example.org."


def test_a_note_says_nothing_twice() -> None:
    assert Source(who="CNN", publisher="CNN", date="2022", title="News").note == "CNN, News, 2022."


@pytest.mark.parametrize(
    "date", ["", "22", "2022-1", "2022-13", "2022-02-30", "0000", "2022-11-09\n", "2999", "2022-00"]
)
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(ValidationError):
        Source(who="A", publisher="B", date=date, title="C").full_clean(exclude=["argument"])


@pytest.mark.parametrize("slug", [slug for slug in sorted(RESERVED_SLUGS) if "." not in slug] + ["Admin"])
def test_a_campaign_cannot_take_the_sites_own_paths(slug: str) -> None:
    with pytest.raises(ValidationError, match="used by the site itself"):
        Campaign(slug=slug).clean_fields(exclude={"title", "subject", "tagline", "brief"})


OTHERS = {"slug", "tagline", "brief"}


@pytest.mark.parametrize("mark", ["=?utf-8?q?x=0d=0aBcc:_e=40x.example?=", "<", ">", "@", '"'])
def test_a_title_has_nothing_that_makes_a_mails_sender(mark: str) -> None:
    Campaign(title="Time to negotiate", subject='Ukraine: talks, <now> @ "last"').clean_fields(exclude=OTHERS)
    Campaign(title="“Warm homes”: now, please; (soon)", subject="a").clean_fields(exclude=OTHERS)
    with pytest.raises(ValidationError) as refused:
        Campaign(title=f"Time {mark} to negotiate", subject="a").clean_fields(exclude=OTHERS)
    assert set(refused.value.message_dict) == {"title"}


def test_a_subject_has_nothing_that_mail_programs_decode() -> None:
    with pytest.raises(ValidationError) as refused:
        Campaign(title="a", subject="Talks =?utf-8?q?x?=").clean_fields(exclude=OTHERS)
    assert set(refused.value.message_dict) == {"subject"}


@pytest.mark.parametrize(
    ("name", "address", "imprint"),
    [
        ("Jane Roe", "1 High Street,\n\n Anytown \nAB1 2CD\n", "Jane Roe, 1 High Street, Anytown, AB1 2CD"),
        ("Jane Roe", "", "Jane Roe"),
        ("", "1 High Street", "1 High Street"),
        ("", " \n ", ""),
    ],
)
def test_the_imprint_is_one_line(name: str, address: str, imprint: str) -> None:
    assert Campaign(promoter_name=name, promoter_address=address).imprint == imprint


@pytest.mark.parametrize(
    ("mode", "starts", "ends", "takes"),  # days from today
    [
        ("rehearsal", None, None, True),
        ("live", 0, 0, True),
        ("live", 1, None, False),
        ("live", None, -1, False),
        ("paused", None, None, False),
        ("closed", None, None, False),
    ],
)
def test_letters_are_taken_in_its_dates_unless_paused_or_closed(
    today: dt.date, mode: str, starts: int | None, ends: int | None, takes: bool
) -> None:
    starts_on, ends_on = (None if days is None else today + days * DAY for days in (starts, ends))
    assert Campaign(mode=mode, starts_on=starts_on, ends_on=ends_on).takes_letters() is takes


@pytest.mark.django_db
def test_a_campaign_goes_with_all_that_is_in_it_but_no_theme_from_under_its_arguments() -> None:
    campaign = load_sample()
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.themes.first().delete()  # type: ignore[union-attr]
    campaign.delete()
    assert (Theme.objects.count(), Argument.objects.count(), Phrasing.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_an_argument_cannot_stand_under_another_campaigns_theme() -> None:
    campaign = load_sample()
    other = Campaign.objects.create(slug="other", title="Other")
    argument = campaign.arguments.first()
    assert argument is not None
    argument.theme = Theme.objects.create(campaign=other, key="a", title="A")
    with pytest.raises(ValidationError, match="belongs to another campaign"):
        argument.full_clean()
