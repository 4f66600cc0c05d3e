"""Keep a list as it is narrowed down, and forget it again: each organiser their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.staff.forms import SaveForm
from campaign.staff.models import LONGEST_QUERY, SavedList

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin

MOST_SAVED = 30  # by one organiser of one list


def name_page(options: Any) -> str:
    """Return the name of the address of a model's list."""
    return f"{options.app_label}_{options.model_name}_changelist"


def list_saved(user: User, page: str) -> list[tuple[SavedList, str]]:
    """Return what the organiser has saved of this list, with the address of each. Costs one query."""
    path = reverse(f"admin:{page}")
    return [(one, f"{path}?{one.query}") for one in SavedList.objects.filter(user=user, page=page)[:MOST_SAVED]]


def clean_query(text: str, never: frozenset[str]) -> str:
    """Return the query without the place in the list, and without what must not be kept."""
    query = QueryDict(text.removeprefix("?"), mutable=True)
    for name in {PAGE_VAR, *never} & set(query):
        del query[name]
    return query.urlencode()


def find_page(label: str, admin_site: AdminSite) -> ModelAdmin[Any]:
    """Return the desk's page of a model, such as "letters.letter". Raises Http404."""
    try:
        return admin_site.get_model_admin(apps.get_model(label))
    except (LookupError, ValueError, NotRegistered):
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def save_list(request: HttpRequest, admin_site: AdminSite) -> HttpResponse:
    """Keep the list under a name; a name that is taken already means the new one from now on."""
    if request.method != "POST":  # who had to sign in again is led here
        return redirect("admin:index")
    shown = find_page(request.POST.get("model", ""), admin_site)
    if not shown.has_view_permission(request):
        raise PermissionDenied
    page = name_page(shown.opts)
    form, user = SaveForm(request.POST), cast(User, request.user)
    never: frozenset[str] = getattr(shown, "never_saved", frozenset())
    query = clean_query(request.POST.get("query", "")[:2000], never)
    back = redirect(f"{reverse(f'admin:{page}')}?{query}")
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    elif not query or len(query) > LONGEST_QUERY:
        messages.error(request, _("This list cannot be saved. Narrow it down with the search or the filters first."))
    elif SavedList.objects.filter(user=user, page=page).exclude(name=form.cleaned_data["name"]).count() >= MOST_SAVED:
        messages.error(request, _("You have saved %d lists here: forget one first.") % MOST_SAVED)
    else:
        kept = {"user": user, "page": page, "name": form.cleaned_data["name"]}
        SavedList.objects.update_or_create(**kept, defaults={"query": query})
        messages.success(request, _("Saved as “%s”: you find it above the list. Others do not see it.") % kept["name"])
    return back


@require_http_methods(["GET", "HEAD", "POST"])
def forget_list(request: HttpRequest, number: int) -> HttpResponse:
    """Forget one of the organiser's own."""
    saved = get_object_or_404(SavedList, pk=number, user=request.user.pk)
    if request.method != "POST":  # who had to sign in again is led here
        return redirect(f"admin:{saved.page}")
    saved.delete()
    messages.success(request, _("“%s” is forgotten. No letter or campaign has changed.") % saved.name)
    return redirect(f"admin:{saved.page}")
