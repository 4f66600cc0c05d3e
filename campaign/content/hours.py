"""When a campaign's letters may go: hours of local time, and days of the week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

WEEKDAYS = "weekdays"
MINUTE = dt.timedelta(minutes=1)


class HasHours(Protocol):
    """What has sending hours. Times are strings such as 08:00; empty ones mean midnight, and every day."""

    @property
    def send_from(self) -> str: ...
    @property
    def send_until(self) -> str: ...
    @property
    def send_days(self) -> str: ...


class Hours(NamedTuple):
    """Sending hours without a campaign."""

    send_from: str = ""
    send_until: str = ""
    send_days: str = ""


def open_now(prefix: str = "") -> Q:
    """Return the condition under which a campaign's letters may go now; `prefix` leads to the campaign."""
    now = timezone.localtime()
    clock = f"{now:%H:%M}"
    days = Q() if now.weekday() < 5 else ~Q(**{f"{prefix}send_days": WEEKDAYS})
    late_enough = Q(**{f"{prefix}send_from__lte": clock})  # the empty string sorts first
    early_enough = Q(**{f"{prefix}send_until": ""}) | Q(**{f"{prefix}send_until__gt": clock})
    return days & late_enough & early_enough


def is_open(campaign: HasHours, moment: dt.datetime) -> bool:
    local = timezone.localtime(moment)
    if campaign.send_days == WEEKDAYS and local.weekday() >= 5:
        return False
    clock = f"{local:%H:%M}"
    return campaign.send_from <= clock and (not campaign.send_until or clock < campaign.send_until)


def find_opening(campaign: HasHours, moment: dt.datetime) -> dt.datetime:
    if is_open(campaign, moment):
        return moment
    return min(one for one in _list_openings(campaign, moment, 0, 8) if one > moment)


def find_last_opening(campaign: HasHours, moment: dt.datetime) -> dt.datetime | None:
    """Return when the current, or last, opening began; None if letters may always go."""
    if not (campaign.send_from or campaign.send_until or campaign.send_days):
        return None
    return max((one for one in _list_openings(campaign, moment, -8, 1) if one <= moment), default=None)


def _list_openings(campaign: HasHours, moment: dt.datetime, first: int, last: int) -> Iterator[dt.datetime]:
    zone = timezone.get_current_timezone()
    start = dt.time.fromisoformat(campaign.send_from or "00:00")
    today = timezone.localtime(moment).date()
    for number in range(first, last + 1):
        day = today + dt.timedelta(days=number)
        # When clocks change, a local time comes twice or never. That is at 01:00 UTC in the UK and the EU.
        for opening in (
            *(dt.datetime.combine(day, start, zone).replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)),
            dt.datetime.combine(day, dt.time(1), dt.UTC),
        ):
            if is_open(campaign, opening) and not is_open(campaign, opening - MINUTE):
                yield opening


def describe_opening(moment: dt.datetime) -> str:
    """Format as “8:00 on Monday” or “8:00 today”, for times within a week."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return _("%(time)s today") % {"time": f"{local:%-H:%M}"}
    return _("%(time)s on %(day)s") % {"time": f"{local:%-H:%M}", "day": date_format(local, "l")}
