"""The organisers' pages that pictures are taken of."""

from __future__ import annotations

CAMPAIGN = "time-to-negotiate"
DASHBOARD, LIST = "/admin/letters/letter/dashboard/", "/admin/letters/letter/"


def list_pages(letter: str) -> dict[str, str]:
    """Return the admin's pages by name."""
    from django.utils import timezone

    from campaign.content.models import Argument, Campaign

    campaign = Campaign.objects.get(slug=CAMPAIGN)
    argument = Argument.objects.filter(campaign=campaign)[0]
    mine = f"/admin/content/campaign/{campaign.pk}/"
    pages = {
        "first": "/admin/",
        "campaigns": "/admin/content/campaign/",
        "campaign": f"{mine}change/",
        "new campaign": "/admin/content/campaign/add/",
        "mode": f"{mine}mode/",
        "copy": f"{mine}copy/",
        "go live": f"{mine}go-live/",
        "history": f"{mine}history/",
        "load a pack": "/admin/content/campaign/load-pack/",
        "arguments": "/admin/content/argument/",
        "argument": f"/admin/content/argument/{argument.pk}/change/",
        "constituencies": "/admin/parliament/constituency/",
        "letters": LIST,
        "letters found": f"{LIST}?q=London&status__exact=sent",
        "dashboard": f"{DASHBOARD}{CAMPAIGN}/",
        "map": f"{DASHBOARD}{CAMPAIGN}/map/",
        "replies": f"{DASHBOARD}{CAMPAIGN}/replies/",
        "without a letter": f"{DASHBOARD}{CAMPAIGN}/seats/?show=none",
        "dashboard of rehearsals": f"{DASHBOARD}{CAMPAIGN}/?of=rehearsal",
        "by letters": f"{DASHBOARD}{CAMPAIGN}/seats/?by=letters",
        "news": f"{DASHBOARD}{CAMPAIGN}/news/",
        "nothing found": f"{LIST}?q=Nobody",
        "a month": f"{LIST}?written={timezone.localdate():%Y-%m}",
        "held letters": f"{LIST}moderation/",
        "doctor": f"{LIST}doctor/",
        "rules": "/admin/letters/holdrules/",
        "export": f"{LIST}export/",
        "export with persons": f"{LIST}export/personal/",
        "new argument": "/admin/content/argument/add/",
        "delete an argument": f"/admin/content/argument/{argument.pk}/delete/",
        "members": "/admin/parliament/member/",
        "users": "/admin/auth/user/",
        "invite": "/admin/auth/user/invite/",
        "new user": "/admin/auth/user/add/",
        "groups": "/admin/auth/group/",
        "lockouts": "/admin/axes/accessattempt/",
        "second factor": "/admin/second-factor/",
        "prove again": "/admin/again/",
        "password": "/admin/password_change/",
        "preview": f"/{CAMPAIGN}/",
    }
    one = {"letter": letter, "read and decide": letter.replace("/change/", "/review/")}
    return pages | (one if letter else {})
