"""The page on which organisers ask for the weekly digest, or stop it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from letters.admin.permissions import may_see_figures
from letters.models import DigestReader
from letters.statistics.digest import find_monday


def show_digest(request: HttpRequest, admin_site: admin.AdminSite) -> HttpResponse:
    user = request.user
    if not (isinstance(user, User) and may_see_figures(request)):
        raise PermissionDenied
    reader = DigestReader.objects.filter(user=user)
    if request.method == "POST":
        if request.POST.get("wanted") == "no":
            reader.delete()
            messages.success(request, _("You will get no more weekly emails."))
        elif user.email:
            DigestReader.objects.get_or_create(user=user, defaults={"told_until": find_monday()})
            messages.success(request, _("You will get an email every Monday morning."))
        else:
            messages.error(request, _("Your account has no email address. Ask someone who manages accounts to add it."))
        return redirect("admin:letters_digest")
    context = admin_site.each_context(request) | {"title": _("Weekly digest"), "wanted": reader.exists()}
    return TemplateResponse(request, "admin/letters/digest.html", context)
