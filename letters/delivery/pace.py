"""Rate limits for letters: per recipient domain and per MP, across all workers.

Slots are counted in moving windows (campaign.core.rate_counters). While Redis is down each worker counts alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from limits import RateLimitItem

from campaign.core.rate_counters import hit, read_rate, remaining, return_slots
from letters.models import Letter


def admit_letters(letters: Iterable[Letter]) -> tuple[list[Letter], set[str]]:
    """Reserve slots for the letters in order; return those that may go now, and the full domains.

    A letter needs a slot of its MP and one of its recipient's domain.
    """
    per_mp, per_domain = read_rate(settings.PACE_PER_MP), read_rate(settings.PACE_PER_DOMAIN)
    room: dict[str, int] = {}  # of each domain
    full: set[str] = set()  # MPs
    going: dict[str, list[Letter]] = {}
    for letter in letters:
        mp, domain = name_mp(letter), get_domain(letter.recipient)
        if per_domain and domain not in room:
            room[domain] = remaining(per_domain, f"domain:{domain}")
        if mp in full or (per_domain and room[domain] < 1):
            continue
        if per_mp and not hit(per_mp, mp):
            full.add(mp)
            continue
        going.setdefault(domain, []).append(letter)
        if per_domain:
            room[domain] -= 1
    admitted = []
    for domain, theirs in going.items():
        # Another worker may have taken some since they were counted: take as many as are left.
        while per_domain and theirs and not hit(per_domain, f"domain:{domain}", len(theirs)):
            room[domain] = remaining(per_domain, f"domain:{domain}")
            theirs = theirs[: min(room[domain], len(theirs) - 1)]
            room[domain] -= len(theirs)
        admitted += theirs
    return admitted, {domain for domain, left in room.items() if left < 1}


def return_letters(letters: Iterable[Letter]) -> None:
    per_mp, per_domain = read_rate(settings.PACE_PER_MP), read_rate(settings.PACE_PER_DOMAIN)
    taken: Counter[tuple[RateLimitItem, str]] = Counter()
    for letter in letters:
        if per_mp:
            taken[per_mp, name_mp(letter)] += 1
        if per_domain:
            taken[per_domain, f"domain:{get_domain(letter.recipient)}"] += 1
    for (rate, key), count in taken.items():
        return_slots(rate, key, count)


def name_mp(letter: Letter) -> str:
    """Return the MP's key, without personal data. Rehearsed letters have their own."""
    return f"{'rehearsal' if letter.rehearsal else 'mp'}:{letter.constituency_gss}"


def get_domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
