"""Who was sent words that were corrected: counted by text, and by constituency. No personal data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from campaign.content.models import Campaign, TextVersion
from letters.actions.outdate import CHOOSING, WENT, list_carrying, say_carriers
from letters.actions.tell import list_untold
from letters.models import CarriedText, Status
from letters.statistics.export import escape_cell

COLUMNS = ["gss", "constituency", "mp", "with_mp", "in_doubt", "bounced", "first_sent", "last_sent"]


@dataclass
class CorrectedText:
    """A text of the campaign's with the versions of it that are known to be wrong."""

    title: str = ""  # of its argument
    versions: list[TextVersion] = field(default_factory=list)
    current: TextVersion | None = None
    fact: TextVersion | None = None  # the version that corrected it; none if it was deleted

    @property
    def last(self) -> TextVersion:
        return self.versions[-1]

    @property
    def carried(self) -> str:
        return say_carriers(self.versions)

    @property
    def waiting(self) -> int:
        return list_carrying(self.versions).filter(status__in=CHOOSING, outdated_at__isnull=False).count()

    @property
    def untold(self) -> int:
        return list_untold(self.versions).count()


@dataclass(frozen=True)
class Reached:
    """A constituency whose MP was sent the old words."""

    gss: str
    name: str
    member: str
    with_mp: int
    in_doubt: int
    bounced: int
    first_sent: dt.date | None
    last_sent: dt.date | None


def list_corrected(campaign: Campaign) -> list[CorrectedText]:
    """Return the campaign's texts that have a wrong version which letters carry, the latest correction first."""
    carried = CarriedText.objects.filter(version__campaign=campaign).corrected().values("version")
    wrong = campaign.versions.filter(pk__in=carried).order_by("corrected_at", "pk")
    titles = dict(campaign.arguments.values_list("key", "title"))
    texts: dict[tuple[str, int, int], CorrectedText] = {}
    for version in wrong:
        title = titles.get(version.argument_key, version.argument_key)
        texts.setdefault((version.kind, version.row, version.slot), CorrectedText(title)).versions.append(version)
    if not texts:
        return []
    rows = {row for _kind, row, _slot in texts}
    others = campaign.versions.filter(Q(superseded_at=None) | Q(change=TextVersion.Change.FACT), row__in=rows)
    for version in others.select_related("by").order_by("pk"):
        text = texts.get((version.kind, version.row, version.slot))
        if text and version.superseded_at is None:
            text.current = version
        if text and version.change == TextVersion.Change.FACT and version.pk > text.last.pk:
            text.fact = text.fact or version
    return sorted(texts.values(), key=lambda text: text.last.corrected_at or timezone.now(), reverse=True)


def list_reached(versions: Sequence[TextVersion], *, rehearsal: bool = False) -> list[Reached]:
    went = list_carrying(versions).filter(status__in=WENT, rehearsal=rehearsal).order_by()
    rows = went.values("constituency_gss", "constituency_name", "member_name").annotate(
        with_mp=Count("pk", filter=Q(status=Status.SENT)),
        in_doubt=Count("pk", filter=Q(status=Status.UNKNOWN)),
        bounced=Count("pk", filter=Q(status=Status.BOUNCED)),
        first=Min("sent_at"),
        last=Max("sent_at"),
    )
    return [
        Reached(
            row["constituency_gss"], row["constituency_name"], row["member_name"], row["with_mp"], row["in_doubt"],
            row["bounced"], *(timezone.localdate(row[end]) if row[end] else None for end in ("first", "last")),
        )
        for row in rows.order_by("constituency_name", "member_name")
    ]  # fmt: skip


def make_rows(reached: Sequence[Reached]) -> Iterator[list[str]]:
    yield COLUMNS
    for one in reached:
        cells = (one.gss, one.name, one.member, one.with_mp, one.in_doubt, one.bounced, one.first_sent, one.last_sent)
        yield [escape_cell(cell) for cell in cells]
