"""Fair scheduling: campaigns take turns, and each campaign's MPs take turns, so that a flood delays nobody else.

A lane is the letters of one campaign to one MP, the longest waiting first.
"""

from __future__ import annotations

import itertools
import uuid
from collections import Counter, deque
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from campaign.content.models import Campaign
from letters.delivery.pace import get_domain
from letters.models import list_sending_campaigns, list_sending_kinds


class Lane(NamedTuple):
    """The letters of one campaign to one MP; rehearsed ones are separate, as they go elsewhere."""

    campaign_id: int
    rehearsal: bool
    gss: str
    domain: str  # recipient's domain of the longest waiting one


# When each lane and campaign last had a turn in this process. A drain may be allowed a single letter: without this the
# next drain would start with the same lane.
_served: dict[Lane | int, int] = {}
_clock = itertools.count(1)

# A loose index scan of letter_turn, from one constituency to the next, however many letters each has.
LANES = """
    WITH RECURSIVE constituency(gss) AS (
        SELECT min(constituency_gss) FROM letters_letter
        WHERE status = 'queued' AND campaign_id = %(campaign)s AND rehearsal = %(rehearsal)s
        AND outdated_at IS NULL
        UNION ALL
        SELECT (
            SELECT min(letter.constituency_gss) FROM letters_letter letter
            WHERE letter.status = 'queued' AND letter.campaign_id = %(campaign)s
            AND letter.rehearsal = %(rehearsal)s AND letter.constituency_gss > constituency.gss
            AND letter.outdated_at IS NULL
        )
        FROM constituency WHERE constituency.gss IS NOT NULL
    ), head(id) AS MATERIALIZED (
        SELECT (
            SELECT letter.id FROM letters_letter letter
            WHERE letter.status = 'queued' AND letter.campaign_id = %(campaign)s
            AND letter.rehearsal = %(rehearsal)s AND letter.constituency_gss = constituency.gss
            AND letter.outdated_at IS NULL
            ORDER BY letter.next_attempt_at LIMIT 1
        )
        FROM constituency WHERE gss IS NOT NULL
    )
    SELECT constituency_gss, next_attempt_at, member_email
    FROM head JOIN letters_letter letter ON letter.id = head.id WHERE next_attempt_at <= %(now)s
"""
HEAD = """
    SELECT id FROM letters_letter
    WHERE status = 'queued' AND campaign_id = %s AND rehearsal = %s AND constituency_gss = %s AND next_attempt_at <= %s
    AND outdated_at IS NULL
    ORDER BY next_attempt_at LIMIT %s
"""
# The same for many lanes at once, to save PostgreSQL's round trips and planning.
HEADS = """
    SELECT lane.number, head.id FROM (VALUES {rows}) AS lane(number, campaign_id, rehearsal, gss, count)
    CROSS JOIN LATERAL (
        SELECT id FROM letters_letter
        WHERE status = 'queued' AND campaign_id = lane.campaign_id AND rehearsal = lane.rehearsal
        AND constituency_gss = lane.gss AND next_attempt_at <= %s AND outdated_at IS NULL
        ORDER BY next_attempt_at LIMIT lane.count FOR UPDATE SKIP LOCKED
    ) AS head
"""


class FairScheduler:
    """The lanes with due letters, in the order of their turns. Each drain has its own."""

    def __init__(self) -> None:
        self.full: set[Lane] = set()  # held back by rate limits
        self._waiting: deque[Lane] = deque()
        self._fresh = True  # whether there may be letters that the last look-up of lanes missed

    def choose(self, limit: int) -> list[tuple[Lane, int]]:
        """Return the next lanes, each with how many letters it may send; empty if nothing is due."""
        if not self._waiting and self._fresh:
            self._waiting.extend(lane for lane in list_lanes() if lane not in self.full)
            self._fresh = False
        theirs: dict[int, list[Lane]] = {}
        for lane in itertools.islice(self._waiting, limit):
            theirs.setdefault(lane.campaign_id, []).append(lane)
        turns = itertools.cycle([itertools.cycle(lanes) for lanes in theirs.values()]) if theirs else iter(())
        share = Counter(next(lanes) for lanes in itertools.islice(turns, limit))
        self._waiting = deque(lane for lane in self._waiting if lane not in share)
        return list(share.items())

    def settle(self, lane: Lane, *, asked: int, found: int, leased: int) -> None:
        """Give the lane another turn if it may have more letters; if some may not go now, it is full."""
        if leased:
            _served[lane] = _served[lane.campaign_id] = next(_clock)
            self._fresh = True
        if leased < found:
            self.full.add(lane)
        elif found == asked:
            self._waiting.append(lane)

    def close_domain(self, domain: str) -> None:
        self.full |= {lane for lane in self._waiting if lane.domain == domain}
        self._waiting = deque(lane for lane in self._waiting if lane.domain != domain)


def list_lanes() -> list[Lane]:
    campaigns = sorted(list_sending_campaigns().order_by("pk"), key=_get_last_served)
    found = [
        sorted((lane for kind in list_sending_kinds() for lane in _find(one, kind)), key=_get_turn) for one in campaigns
    ]
    rounds = itertools.zip_longest(*([lane for lane, _due in theirs] for theirs in found))
    return [lane for turn in rounds for lane in turn if lane is not None]


def _get_last_served(campaign: Campaign) -> int:
    return _served.get(campaign.pk, 0)


def _get_turn(found: tuple[Lane, Any]) -> tuple[int, Any]:
    lane, due = found
    return _served.get(lane, 0), due


def _find(campaign: Campaign, rehearsal: bool) -> list[tuple[Lane, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(LANES, {"campaign": campaign.pk, "rehearsal": rehearsal, "now": _get_now()})
        return [
            (Lane(campaign.pk, rehearsal, gss, get_domain(campaign.test_address if rehearsal else address)), due)
            for gss, due, address in cursor.fetchall()
        ]


def lock_next(lanes: Collection[tuple[Lane, int]]) -> list[list[uuid.UUID]]:
    """Return up to so many letters at the head of each lane, locked until the transaction ends.

    PostgreSQL skips rows that another worker is taking; on SQLite the IMMEDIATE transaction excludes others.
    """
    now = _get_now()
    found: list[list[uuid.UUID]] = [[] for _lane in lanes]
    values = [(number, lane.campaign_id, lane.rehearsal, lane.gss, count) for number, (lane, count) in enumerate(lanes)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(values))
            cursor.execute(HEADS.format(rows=rows), [*(value for row in values for value in row), now])
            taken = cursor.fetchall()
        else:
            taken = []
            for number, campaign, rehearsal, gss, count in values:
                cursor.execute(HEAD, [campaign, rehearsal, gss, now, count])
                taken += [(number, pk) for (pk,) in cursor.fetchall()]
    for number, pk in taken:
        found[number].append(pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk))
    return found


def _get_now() -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now())
