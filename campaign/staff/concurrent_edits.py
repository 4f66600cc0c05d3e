"""Admin pages that two people may have open at once: both changes are kept, and a conflict is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.forms import BooleanField, Field, ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from campaign.staff.merging import ROW_GONE, Conflict, Merge, Page

if TYPE_CHECKING:
    from django.contrib import admin

    AnyBase = admin.ModelAdmin[Any]
else:
    AnyBase = object

OPENED = "opened_with"  # the hidden field with the page's values when it was opened


class Meeting:
    """What one person sends for a row that others may have changed meanwhile."""

    def __init__(self, merge: Merge, by: str, when: str) -> None:
        self.merge, self.by, self.when = merge, by, when
        self.errors: dict[str, dict[str, Any]] = {}
        for conflict in merge.conflicts:
            self.errors.setdefault(conflict.prefix, {})[conflict.name] = self.ask(conflict)
        if merge.conflicts:
            text = _(
                "%s changed it while you had this page open. Nothing is saved yet, and nothing that you typed is lost: "
                "decide where it is marked below, then save again."
            )
            self.errors.setdefault("", {})[""] = text % by
        merge.now.asked = [conflict.key for conflict in merge.conflicts if conflict.key]

    def ask(self, conflict: Conflict) -> str:
        context = {"by": self.by, "when": self.when, "conflict": conflict}
        if conflict.asks:
            context["theirs"] = say(conflict.asks, conflict.theirs)
        context["gone"] = conflict.why == ROW_GONE
        return render_to_string("staff/theirs.html", context)


def say(field: Field, sent: list[str]) -> str:
    """Return a sent value as a person reads it."""
    if isinstance(field, BooleanField):
        return _("ticked") if sent else _("not ticked")
    if isinstance(field, ModelChoiceField) and field.queryset is not None:
        return ", ".join(field.label_from_instance(one) for one in field.queryset.filter(pk__in=sent))
    named = {str(value): str(label) for value, label in getattr(field, "choices", [])}
    return ", ".join(named.get(one, one) for one in sent)


def name_others(obj: Model, since: str) -> tuple[str, str]:
    """Return who has saved it since, and how long ago, according to its history."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(obj),
        object_id=str(obj.pk),
        action_time__gt=datetime.fromisoformat(since) if since else timezone.now(),
    )
    found = list(entries.select_related("user"))
    if not found:
        return _("Somebody"), ""
    names = sorted({entry.user.get_username() for entry in found})
    age = timezone.now() - found[0].action_time
    said = _("less than a minute") if age < timedelta(minutes=1) else timesince(found[0].action_time)
    return get_text_list(names, _("and")), _("%s ago") % said


def make_asking_form(form_class: Any, meeting: Meeting | None) -> Any:
    """Return a subclass of the form that shows the conflicts as errors."""
    if meeting is None or not meeting.errors:
        return form_class
    errors = meeting.errors

    class AskingForm(form_class):  # type: ignore[misc]
        def full_clean(self) -> None:
            super().full_clean()
            for name, words in errors.get(self.prefix or "", {}).items():
                self.add_error(name or None, words)

    return AskingForm


class MergesSaves(AnyBase):
    """Put it after GuardsDestination: the request for a proof carries what was typed, not the merged form."""

    def lock(self, pk: str) -> None:
        """Lock the row and what belongs to it until it is saved."""
        list(self.model._base_manager.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return make_asking_form(super().get_form(request, obj, change, **kwargs), getattr(request, "meeting", None))

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            formset.form = make_asking_form(formset.form, getattr(request, "meeting", None))
            yield formset, inline

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        typed, pk = request.POST, unquote(object_id)
        try:
            with transaction.atomic():
                if OPENED in typed and self.get_object(request, pk) is None and self.has_add_permission(request):
                    add = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
                    self.begin_again(request)
                    return super().changeform_view(request, None, add, extra_context)
                self.merge_with_saved(request, pk)
                return super().changeform_view(request, object_id, form_url, extra_context)
        finally:
            request.POST = typed

    def begin_again(self, request: HttpRequest) -> None:
        """Turn what was sent for a row that somebody has deleted into a request to add it."""
        merge = Merge(request.POST.copy(), Page(), Page())
        meeting = Meeting(merge, "", "")
        text = _("Someone deleted it while you had this page open. To add it again as it is here, save.")
        meeting.errors[""] = {"": text}
        for formset, _inline in super().get_formsets_with_inlines(request):
            merge.renew_rows(formset)
        request.POST = merge.data  # type: ignore[assignment]
        request.meeting = meeting  # type: ignore[attr-defined]

    def merge_with_saved(self, request: HttpRequest, pk: str) -> None:
        """Merge what was sent with what others have saved since the page was opened."""
        request.meeting = None  # type: ignore[attr-defined]
        if self.get_object(request, pk) is None:
            return
        self.lock(pk)
        obj = self.get_object(request, pk)
        if obj is None or not self.has_change_permission(request, obj):
            return
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=fields)(instance=obj)
        formsets = [
            formset(instance=obj, prefix=formset.get_default_prefix(), queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, obj)
            if inline.has_change_permission(request, obj)
        ]
        now = opened = Page.read(form, formsets, timezone.now().isoformat())
        if text := request.POST.get(OPENED):
            try:
                opened = Page.unsign(text, self.name_opened(obj))
            except signing.BadSignature:
                opened = Page()  # so that every difference is asked about
        data = request.POST.copy()
        merge = Merge(data, opened, now)
        merge.merge_form(form)
        for formset in formsets:
            merge.merge_rows(formset)
        request.meeting = Meeting(merge, *name_others(obj, opened.at))  # type: ignore[attr-defined]
        now.at = opened.at if merge.conflicts else now.at
        request.POST = data  # type: ignore[assignment]

    def name_opened(self, obj: Any) -> str:
        return f"{obj._meta.label_lower}:{obj.pk}"

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None and change and self.has_change_permission(request, obj):
            if meeting := getattr(request, "meeting", None):
                page = meeting.merge.now
            else:
                formsets = [
                    one.formset
                    for one in context["inline_admin_formsets"]
                    if one.opts.has_change_permission(request, obj)
                ]
                page = Page.read(context["adminform"].form, formsets, timezone.now().isoformat())
            context["opened_with"] = page.sign(self.name_opened(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        meeting = getattr(request, "meeting", None)
        if meeting and meeting.merge.kept:
            what = get_text_list(meeting.merge.kept, _("and"))
            text = _(
                "%(by)s changed this while you had it open. Your changes are saved, and theirs are kept: %(what)s."
            )
            self.message_user(request, text % {"by": meeting.by, "what": what}, messages.INFO)
        return super().response_change(request, obj)
