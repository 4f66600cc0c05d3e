"""Template tags of the public pages: honest numbers, nothing else about letters."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.content.models import Campaign
from letters.models import DownloadCount, Letter, Status, Tally

register = template.Library()


@dataclass(frozen=True)
class Counts:
    """How many letters a campaign's supporters have sent, had answered, and downloaded to post."""

    sent: int
    answered: int
    downloaded: int
    posted: int

    @property
    def on_their_way(self) -> int:
        """What counts towards a campaign's goal."""
        return self.sent + self.posted


@register.simple_tag
def count_letters(campaign: Campaign) -> Counts:
    """Return the campaign's numbers; rehearsed letters count only while there are no others.

    The number sent comes from the roll-up, some seconds old, so that it is cheap even with a million letters.
    """
    rehearsal = campaign.mode in (Campaign.Mode.DRAFT, Campaign.Mode.REHEARSAL)
    constituencies = Tally.objects.filter(
        campaign=campaign, rehearsal=rehearsal, kind=Tally.Kind.CONSTITUENCY, status=Status.SENT
    )
    answered = Letter.objects.filter(campaign=campaign, rehearsal=rehearsal, answered_at__isnull=False)
    paper = DownloadCount.objects.filter(campaign=campaign).aggregate(downloaded=Sum("count"), posted=Sum("posted"))
    return Counts(
        sent=constituencies.aggregate(sent=Sum("count"))["sent"] or 0,
        answered=answered.count(),
        downloaded=paper["downloaded"] or 0,
        posted=paper["posted"] or 0,
    )


@register.simple_tag
def confirm_within() -> str:
    days: int = settings.UNCONFIRMED_DAYS
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.simple_tag
def say_draft_lifetime() -> str:
    hours: int = settings.DRAFT_HOURS
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


@register.inclusion_tag("components/share.html")
def share_campaign(campaign: Campaign, place: str = "share") -> dict[str, object]:
    """Offer links for sharing the campaign's page: plain URLs without trackers, never a letter's secret link."""
    address = settings.SITE_URL + campaign.get_absolute_url()
    words = _("%(campaign)s: I have written to my MP. You can too:") % {"campaign": campaign.title}
    both = f"{words} {address}"
    ways = [
        ("WhatsApp", f"https://wa.me/?{_write_query(text=both)}"),
        (_("Email"), f"mailto:?{_write_query(subject=campaign.title, body=both)}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{_write_query(u=address)}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{_write_query(text=both)}"),
        ("X", f"https://x.com/intent/tweet?{_write_query(text=words, url=address)}"),
    ]
    return {"address": address, "words": words, "ways": ways, "place": place}


def _write_query(**values: str) -> str:
    """Encode a query string, with spaces as %20, which mail programs understand, too."""
    return urlencode(values, quote_via=quote)
