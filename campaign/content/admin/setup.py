"""A new campaign as five small screens, each saved as it is left, and what supporters will see beside each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.content import setup
from campaign.content.models import Campaign
from campaign.content.modes import list_missing
from campaign.content.setup import Said
from campaign.content.setup_forms import ArgumentForm, AskForm, SetupForm, SubjectForm, WhoForm, WhyForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Step:
    """One of the screens."""

    name: str
    label: StrOrPromise
    title: StrOrPromise
    form: type[SetupForm]
    read: Callable[[Any], Said]
    save: Callable[..., Any]
    rows: Callable[[Campaign], Any] | None = None  # what it makes several of
    permission: str = "change_campaign"

    @property
    def has_rows(self) -> bool:
        return self.rows is not None

    def list_rows(self, campaign: Campaign | None) -> list[Any]:
        return list(self.rows(campaign)) if self.rows and campaign else []


def list_arguments(campaign: Campaign) -> Any:
    return campaign.arguments.with_sources()


def list_asks(campaign: Campaign) -> Any:
    return campaign.asks.all()


SUBJECT = Step(
    "subject",
    gettext_lazy("Subject"),
    gettext_lazy("What is it about?"),
    SubjectForm,
    setup.read_subject,
    setup.save_subject,
)
STEPS = [
    SUBJECT,
    Step("why", gettext_lazy("Why"), gettext_lazy("Why it matters"), WhyForm, setup.read_why, setup.save_why),
    Step(
        "arguments",
        gettext_lazy("Arguments"),
        gettext_lazy("The arguments"),
        ArgumentForm,
        setup.read_argument,
        setup.save_argument,
        list_arguments,
        "add_argument",
    ),
    Step(
        "asks",
        gettext_lazy("What to ask"),
        gettext_lazy("What to ask of MPs"),
        AskForm,
        setup.read_ask,
        setup.save_ask,
        list_asks,
    ),
    Step("who", gettext_lazy("Who runs it"), gettext_lazy("Who runs it"), WhoForm, setup.read_who, setup.save_who),
]
READY = "ready"


def make_url(campaign: Campaign, name: str) -> str:
    return reverse("admin:content_campaign_setup", args=[campaign.pk, name])


def may_set_up(request: HttpRequest, step: Step | None = None) -> bool:
    needed = {"add_campaign", "change_campaign", *([step.permission] if step else [])}
    return all(request.user.has_perm(f"content.{name}") for name in needed)


def find_step(name: str) -> Step | None:
    return next((step for step in STEPS if step.name == name), None)


def find_campaign(request: HttpRequest, pk: int, step: Step | None) -> Campaign:
    """Return the campaign. Raises Http404 or PermissionDenied."""
    if not may_set_up(request, step):
        raise PermissionDenied
    campaign = Campaign.objects.filter(pk=pk).first()
    if campaign is None:
        raise Http404
    return campaign


@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def new_campaign(request: HttpRequest, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    """Ask for the subject of a campaign that is not there yet."""
    if not may_set_up(request):
        raise PermissionDenied
    return show_step(request, None, SUBJECT, admin_page)


@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # typed for views without arguments
def set_up(request: HttpRequest, object_id: int, step: str, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    one = find_step(step)
    campaign = find_campaign(request, object_id, one)
    if one is None and step != READY:
        raise Http404
    if not campaign.is_draft:
        messages.info(request, _("“%s” is no longer a draft. This page has everything you can change.") % campaign)
        return HttpResponseRedirect(reverse("admin:content_campaign_change", args=[campaign.pk]))
    return show_step(request, campaign, one, admin_page) if one else show_ready(request, campaign, admin_page)


def show_step(
    request: HttpRequest, campaign: Campaign | None, step: Step, admin_page: ModelAdmin[Campaign]
) -> HttpResponse:
    rows = step.list_rows(campaign)
    item = next((row for row in rows if str(row.pk) == request.GET.get("item")), None)
    saved = read_saved(step, campaign, item)
    extra: Said = {"campaign": campaign} if step is SUBJECT else {}
    form = step.form(request.POST if request.method == "POST" else None, initial=saved, **extra)
    asked = request.POST.get("action", "next")
    verb, _sign, key = asked.partition(":")
    chosen = next((row for row in rows if str(row.pk) == key), None)
    if chosen is not None:
        form = step.form(initial=change_rows(request, step, rows, chosen, verb, form), **extra)
        rows = step.list_rows(campaign)
        item = None if verb == "remove" and chosen == item else item
    elif request.method == "POST" and (answer := save_step(request, campaign, step, item, form, saved, admin_page)):
        return answer
    number = STEPS.index(step) + 1
    if campaign:
        preview = reverse("admin:content_campaign_setup_preview", args=[campaign.pk, step.name])
    else:
        preview = reverse("admin:content_campaign_new_preview")
    context = make_context(request, campaign, step.name, admin_page) | {
        "title": step.title,
        "step": step,
        "number": number,
        "form": form,
        "rows": rows,
        "item": item,
        "seen": sign(saved),
        "preview": f"{preview}?item={item.pk}" if item else preview,
    }
    return TemplateResponse(request, "admin/content/campaign/setup.html", context)


def make_context(
    request: HttpRequest, campaign: Campaign | None, name: str, admin_page: ModelAdmin[Campaign]
) -> dict[str, Any]:
    done = list_done(campaign) if campaign else set()
    return admin_page.admin_site.each_context(request) | {
        "opts": admin_page.opts,
        "campaign": campaign,
        "steps": [(one, one.name == name, one.name in done) for one in STEPS],
        "is_ready_page": name == READY,
        "is_nav_sidebar_enabled": False,
    }


def list_done(campaign: Campaign) -> set[str]:
    done = {
        "subject": True,
        "why": bool(campaign.brief),
        "arguments": campaign.arguments.offered().exists(),
        "asks": campaign.asks.exists(),
        "who": bool(campaign.promoter_name and campaign.promoter_address and campaign.contact_email),
    }
    return {name for name, is_done in done.items() if is_done}


def read_saved(step: Step, campaign: Campaign | None, item: Any) -> Said:
    if step.rows:
        return step.read(item) if item else {}
    return step.read(campaign) if campaign else {}


def sign(saved: Said) -> str:
    """Return what changes when somebody else saves this screen meanwhile."""
    return salted_hmac("content.setup", repr(sorted(saved.items()))).hexdigest()[:20]


def change_rows(request: HttpRequest, step: Step, rows: list[Any], chosen: Any, verb: str, form: SetupForm) -> Said:
    """Move or remove one of the rows, and return what stays in the form."""
    typed = {name: request.POST.get(name, "") for name in form.fields}
    if verb == "remove":
        said = step.read(chosen)
        with transaction.atomic():
            campaign = chosen.campaign
            chosen.delete()
            setup.drop_empty_themes(campaign)
        if not form.has_changed():
            messages.success(
                request, _("Removed: “%s”. Its words are in the form below, in case you need them.") % chosen
            )
            return said
        messages.success(request, _("Removed: “%s”.") % chosen)
    elif verb in ("up", "down"):
        with transaction.atomic():
            setup.arrange(rows, chosen, -1 if verb == "up" else 1)
    return typed


def save_step(
    request: HttpRequest,
    campaign: Campaign | None,
    step: Step,
    item: Any,
    form: SetupForm,
    saved: Said,
    admin_page: ModelAdmin[Campaign],
) -> HttpResponse | None:
    """Save the screen and go on; None if something has to be corrected first."""
    following = [*(one.name for one in STEPS), READY]
    go = request.POST.get("go", "")
    target = go if go in following else following[following.index(step.name) + 1]
    if campaign and not form.has_changed() and (go or step.rows):
        if not go and not step.list_rows(campaign):
            messages.info(request, _("You can come back to this. Supporters see the campaign once it has one."))
        return HttpResponseRedirect(make_url(campaign, target))
    if not form.is_valid() or find_conflict(request, form, saved):
        return None
    with transaction.atomic():
        if isinstance(form, SubjectForm):
            form.cleaned_data["slug"] = form.cleaned_data["slug"] or form.make_slug()
        if campaign and step.rows:
            made = step.save(campaign, item, form.cleaned_data, by=request.user)
            admin_page.log_change(request, campaign, f"{step.label}: {made}")
            setup.drop_empty_themes(made.campaign)
        elif campaign:
            step.save(campaign, form.cleaned_data)
            admin_page.log_change(request, campaign, f"{step.label}")
        else:
            campaign = Campaign()
            step.save(campaign, form.cleaned_data)
            admin_page.log_addition(request, campaign, "Set up step by step.")
    if step.rows and request.POST.get("action") == "another" and not go:
        messages.success(request, _("“%s” is saved. Now the next one.") % made)
        target = step.name
    return HttpResponseRedirect(make_url(campaign, target))


def find_conflict(request: HttpRequest, form: SetupForm, saved: Said) -> bool:
    """Note on the form what somebody else has saved since the screen was opened."""
    if not saved or request.POST.get("seen") in (None, sign(saved)):
        return False
    found = False
    for name, value in saved.items():
        if value != form.cleaned_data.get(name):
            found = True
            text = _("Someone else changed this while you had it open. It is now: “%s”. Save again to keep yours.")
            form.add_error(name, text % value)
    return found


def show_ready(request: HttpRequest, campaign: Campaign, admin_page: ModelAdmin[Campaign]) -> HttpResponse:
    """Say what is there, what is missing, and what can be done next."""
    done = list_done(campaign)
    context = make_context(request, campaign, READY, admin_page) | {
        "title": _("Your draft is ready") if not list_missing(campaign) else _("Your draft so far"),
        "missing": list_missing(campaign),
        "undone": [(one, make_url(campaign, one.name)) for one in STEPS if one.name not in done],
        "arguments": campaign.arguments.count(),
        "asks": campaign.asks.count(),
        "preview": reverse("admin:content_campaign_setup_preview", args=[campaign.pk, "subject"]),
    }
    return TemplateResponse(request, "admin/content/campaign/setup_ready.html", context)
