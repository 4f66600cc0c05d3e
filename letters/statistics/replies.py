"""What supporters have said came back: answers by MP and by party, and how long they took."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from campaign.content.models import Campaign
from campaign.parliament.parties import find_family
from letters.models import Letter, Status, Tally

DAY = dt.timedelta(days=1)


@dataclass
class Replies:
    """Answers of an MP, a party, or all."""

    name: str
    constituency: str = ""
    gss: str = ""
    party: str = ""
    answered: int = 0
    reached: int = 0  # letters that were sent and did not come back
    waited: dt.timedelta = dt.timedelta()  # of all that have dates
    timed: int = 0  # answers that have dates
    last: dt.datetime | None = None

    @property
    def days(self) -> int | None:
        """Days from a letter to its answer, on average."""
        return round(self.waited / self.timed / DAY) if self.timed else None

    @property
    def percent(self) -> int | None:
        return min(100, round(100 * self.answered / self.reached)) if self.reached else None

    def add(self, other: Replies) -> None:
        self.answered += other.answered
        self.reached += other.reached
        self.waited += other.waited
        self.timed += other.timed
        self.last = max(filter(None, [self.last, other.last]), default=None)


@dataclass(frozen=True)
class CampaignReplies:
    """A campaign's replies."""

    all: Replies
    members: list[Replies]  # who have answered, the most answers first
    parties: list[Replies]  # to whose MPs letters have gone, the most letters first


def find_answered(campaign: Campaign, *, rehearsal: bool) -> QuerySet[Letter]:
    return Letter.objects.filter(campaign=campaign, rehearsal=rehearsal, answered_at__isnull=False)


def read_replies(campaign: Campaign, *, rehearsal: bool) -> CampaignReplies:
    """Count the answers; two queries, which read only answered letters and the roll-up."""
    went = Coalesce("sent_at", "posted_at")
    waited = ExpressionWrapper(F("answered_at") - went, output_field=DurationField())
    rows: Any = (
        find_answered(campaign, rehearsal=rehearsal)
        .order_by()
        .values("constituency_gss", "constituency_name", "member_name", "member_party")
        .annotate(answered=Count("pk"), timed=Count(went), waited=Avg(waited), last=Max("answered_at"))
    )
    reached = _read_reached(campaign, rehearsal=rehearsal)
    members, parties = [], {family: Replies(family) for _gss, family in reached}
    for row in rows:
        family = find_family(row["member_party"])
        member = Replies(
            name=row["member_name"],
            constituency=row["constituency_name"],
            gss=row["constituency_gss"],
            party=family,
            answered=row["answered"],
            reached=reached.get((row["constituency_gss"], family), 0),
            waited=(row["waited"] or dt.timedelta()) * row["timed"],
            timed=row["timed"],
            last=row["last"],
        )
        members.append(member)
        of_party = parties.setdefault(family, Replies(family))
        of_party.add(member)
        of_party.reached -= member.reached  # counted below, with the MPs who have not answered
    for (_gss, family), count in reached.items():
        parties[family].reached += count
    everything = Replies("")
    for party in parties.values():
        everything.add(party)
    return CampaignReplies(
        everything,
        sorted(members, key=lambda one: (-one.answered, one.name)),
        sorted(parties.values(), key=lambda one: (-one.reached, one.name)),
    )


def _read_reached(campaign: Campaign, *, rehearsal: bool) -> dict[tuple[str, str], int]:
    """Return how many letters are with each constituency's MP, by GSS code and family of parties."""
    tallies = Tally.objects.filter(
        campaign=campaign, rehearsal=rehearsal, kind=Tally.Kind.CONSTITUENCY, status=Status.SENT, count__gt=0
    )
    reached: dict[tuple[str, str], int] = {}
    for gss, party, count in tallies.order_by().values_list("key", "other").annotate(count=Sum("count")):
        place = gss, find_family(party)
        reached[place] = reached.get(place, 0) + count
    return reached
