"""Pages of texts that letters carry: saving a changed one asks whether its facts or its style have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from campaign.content.corrections import ANSWERS, Change, clean_note, read_answer, say_carriers
from campaign.content.models import TextVersion, saving_as, watch_changes

if TYPE_CHECKING:
    from django.contrib import admin

    AnyBase = admin.ModelAdmin[Any]
else:
    AnyBase = object


def list_answers(request: HttpRequest) -> list[tuple[str, Any, bool]]:
    """Return the answers as radio buttons have them: value, label, whether it is chosen."""
    chosen = request.POST.get("correction", "")
    return [(change.value, label, change.value == chosen) for change, label in ANSWERS.items()]


def render_question(request: HttpRequest, carried: str) -> str:
    note = clean_note(request.POST.get("correction_note", ""))
    context = {"carried": carried, "answers": list_answers(request), "note": note}
    return render_to_string("admin/content/_correction.html", context)


class AsksAboutCorrections(AnyBase):
    """Put it before MergesSaves: what is asked about is what the two changes make together."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        said: Any = messages.get_messages(request)
        before = list(said._queued_messages)
        answer = read_answer(request.POST.get("correction"))
        note = clean_note(request.POST.get("correction_note", ""))
        with transaction.atomic():
            with saving_as(answer or Change.STYLE, by=request.user, note=note), watch_changes() as old:
                response = super().changeform_view(request, object_id, form_url, extra_context)
            carried = "" if answer == Change.STYLE else say_carriers(old)
            if answer or not carried:
                self.tell_corrected(request, old, carried)
                return response
            transaction.set_rollback(True)
        said._queued_messages[:] = before  # that it was saved
        request.correction = carried  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def tell_corrected(self, request: HttpRequest, old: list[TextVersion], carried: str) -> None:
        if not carried:
            return
        text = _("Those that have not been sent are on hold until their supporters have chosen.")
        said = format_html("{} {}", carried, text)
        if request.user.has_perm("letters.view_letter"):
            address = reverse("admin:letters_corrections", args=[old[0].campaign.slug])
            said = format_html('{} <a href="{}">{}</a>', said, address, _("See who was sent the old words"))
        messages.info(request, said)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        carried = getattr(request, "correction", "")
        if not carried:
            return form
        question = render_question(request, carried)

        class AskingForm(form):  # type: ignore[misc]
            def full_clean(self) -> None:
                super().full_clean()
                self.add_error(None, question)

        return AskingForm
