"""A campaign's replies: what supporters have said came back from MPs."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from letters.actions.follow_up import ASK_AFTER
from letters.admin.pages import open_page
from letters.statistics.charts import get_bar_length
from letters.statistics.figures import count_now
from letters.statistics.replies import find_answered, read_replies

NEWEST = 10


def show_replies(request: HttpRequest, slug: str, admin_site: admin.AdminSite) -> HttpResponse:
    context = open_page(request, slug, admin_site)
    campaign, rehearsal = context["campaign"], context["rehearsal"]
    count_now()
    replies = read_replies(campaign, rehearsal=rehearsal)
    most = max((party.reached for party in replies.parties), default=0) or 1
    newest = find_answered(campaign, rehearsal=rehearsal).order_by("-answered_at", "pk")
    fields = ("pk", "reference", "answered_at", "member_name", "constituency_name")
    context |= {
        "title": _("Replies"),
        "replies": replies,
        "parties": [
            (party, get_bar_length(party.reached, most), get_bar_length(party.answered, most))
            for party in replies.parties
        ],
        "newest": newest.values(*fields)[:NEWEST] if context["may_see_letters"] and replies.all.answered else [],
        "weeks": ASK_AFTER.days // 7,
    }
    return TemplateResponse(request, "admin/letters/replies.html", context)
