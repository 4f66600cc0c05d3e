"""Letters go at a campaign's hours on the clock on the wall, also on the days when clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.dumping import make_pack, write_pack
from campaign.content.hours import WEEKDAYS, Hours, find_last_opening, find_opening, is_open
from campaign.content.loading import load_pack
from campaign.content.models import Campaign
from campaign.content.pack import PackRefusedError
from campaign.content.parsing import parse_bytes
from tests.letters.factories import make_campaign

LONDON = ZoneInfo("Europe/London")
MINUTE = dt.timedelta(minutes=1)


def london(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


clocks = st.times().map(lambda time: f"{time:%H:%M}")
hours = st.builds(Hours, st.just("") | clocks, st.just("") | clocks, st.sampled_from(["", WEEKDAYS])).filter(
    lambda one: not one.send_until or one.send_from < one.send_until != "00:00"
)
# Half of the moments within two days of a change of clocks.
changes = st.sampled_from([dt.datetime(2026, 3, 29, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, tzinfo=dt.UTC)])
near = st.builds(lambda day, minutes: day + dt.timedelta(minutes=minutes), changes, st.integers(-2880, 2880))
start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
moments = near | st.integers(0, 3 * 365 * 1440).map(lambda minutes: start + dt.timedelta(minutes=minutes))


@given(hours, moments)
def test_an_opening_is_the_first_moment_at_which_letters_may_go(one: Hours, moment: dt.datetime) -> None:
    opening = find_opening(one, moment)
    assert is_open(one, opening)
    if opening != moment:
        assert not is_open(one, opening - MINUTE)
        between = [moment + (opening - moment) / 12 * number for number in range(12)]
        assert not any(is_open(one, waiting) for waiting in between)


@given(hours, moments)
def test_a_last_opening_is_since_when_letters_have_gone_without_a_break(one: Hours, moment: dt.datetime) -> None:
    if not is_open(one, moment):
        return
    since = find_last_opening(one, moment)
    if since is None:
        assert (one.send_from or "00:00", one.send_until, one.send_days) == ("00:00", "", "")
    else:
        assert since <= moment
        assert is_open(one, since)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 08:00", "2026-11-23 08:00"),
        ("2026-11-23 18:00", "2026-11-24 08:00"),
        ("2026-11-20 18:00", "2026-11-23 08:00"),  # Friday evening
        ("2026-03-28 12:00", "2026-03-30 08:00"),  # clocks change on the 29th
    ],
)
def test_office_hours(now: str, opens: str) -> None:
    assert find_opening(Hours("08:00", "18:00", WEEKDAYS), london(now)) == london(opens)


def test_a_time_that_is_left_out_when_clocks_go_forward_begins_when_they_have() -> None:
    opening = find_opening(Hours("01:30", "05:00"), london("2026-03-29 00:10"))
    assert opening == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_hours_over_midnight_are_refused_with_words_that_help() -> None:
    campaign = make_campaign(send_from="22:00")
    campaign.send_until = "06:00"
    with pytest.raises(ValidationError, match="later in the day than it begins"):
        campaign.full_clean()
    campaign.send_from, campaign.send_until = "", "00:00"
    with pytest.raises(ValidationError, match="later in the day than it begins"):
        campaign.full_clean()
    campaign.send_until = "6 pm"
    with pytest.raises(ValidationError, match="four digits"):
        campaign.full_clean()


@pytest.mark.django_db
def test_packs_keep_the_hours_and_never_change_an_organisers() -> None:
    campaign = make_campaign(send_from="08:00", send_until="17:30", send_days=WEEKDAYS)
    text = write_pack(make_pack(campaign))
    assert parse_bytes(text.encode()) == make_pack(campaign)
    Campaign.objects.update(send_from="", send_until="", send_days="")
    load_pack(parse_bytes(text.replace("'17:30'", "17:30").encode()))
    campaign.refresh_from_db()
    assert (campaign.send_from, campaign.send_until, campaign.send_days) == ("08:00", "17:30", WEEKDAYS)
    Campaign.objects.update(send_from="10:00")
    assert load_pack(parse_bytes(text.encode())) == []
    with pytest.raises(PackRefusedError, match="send_until: has to be later in the day"):
        parse_bytes(text.replace("17:30", "07:30").encode())
    with pytest.raises(PackRefusedError, match="send_days: has to be weekdays"):
        parse_bytes(text.replace("send_days: weekdays", "send_days: sundays").encode())
