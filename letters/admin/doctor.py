"""The doctor's page: what `manage.py doctor` says, for superusers."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.doctor.finding import Finding, Level

GROUPS = {
    Level.PROBLEM: gettext_lazy("To correct"),
    Level.WARNING: gettext_lazy("To look at this week"),
    Level.WELL: gettext_lazy("In order"),
}


def show_doctor(request: HttpRequest, admin_site: admin.AdminSite) -> HttpResponse:
    """Offer to examine the installation; do so on POST, because it talks to the mail server and asks DNS."""
    from letters.doctor.examination import examine_all  # it brings what speaks DNS, which nothing else needs

    if not request.user.is_superuser:
        raise PermissionDenied
    examined = request.method == "POST"
    context = admin_site.each_context(request) | {
        "title": _("Doctor"),
        "examined": examined,
        "groups": group_findings(list(examine_all())) if examined else [],
    }
    return TemplateResponse(request, "admin/letters/doctor.html", context)


def group_findings(findings: list[Finding]) -> list[tuple[str, list[tuple[Finding, list[str]]]]]:
    """Return the findings by level, the worst first; the parts of each cure, of which every second is a command."""
    groups = []
    for level, name in GROUPS.items():
        if members := [(one, one.cure.split("`")) for one in findings if one.level is level]:
            groups.append((str(name), members))
    return groups
