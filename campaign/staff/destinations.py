"""Changing where letters go takes a recent login, is written to the history and is mailed to the organisers.

Each change is sent as the signal `redirected`, which letters.delivery.alerts turns into a mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Model, QuerySet
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from campaign.staff.sudo import prove_if_needed, require_proof

if TYPE_CHECKING:
    from django.contrib import admin

    AnyBase = admin.ModelAdmin[Any]
else:
    AnyBase = object

prove = method_decorator(prove_if_needed)
redirected = Signal()  # with `by`, a name, and `changes`, Redirections


@dataclass(frozen=True)
class Redirection:
    """Letters that went to one address go to another."""

    what: str
    old: str
    new: str

    @property
    def words(self) -> str:
        return f"{self.old or _('nowhere')} → {self.new or _('nowhere')}"

    def __str__(self) -> str:
        return f"{self.what}: {self.words}"


def tell(by: AbstractBaseUser | AnonymousUser | str, changes: Sequence[Redirection]) -> list[str]:
    """Send `redirected`; return what its receivers did, in sentences. Call it within the change's transaction."""
    if not changes:
        return []
    name = by if isinstance(by, str) else by.get_username()
    answers = redirected.send(Redirection, by=name, changes=changes)
    return [sentence for _receiver, sentences in answers for sentence in sentences or []]


class GuardsDestination(AnyBase):
    """An admin page of rows that decide where letters go: a change takes a recent login, is logged, and is mailed."""

    def find_destination(self, obj: Any) -> str:
        """Return the address to which this row sends letters; empty if none."""
        raise NotImplementedError

    def compare(self, old: Model | None, new: Model | None) -> list[Redirection]:
        """Return what changes for letters. None stands for no row."""
        nothing = self.model()
        where = [self.find_destination(row or nothing) for row in (old, new)]
        title = f"{self.opts.verbose_name} {new or old}"
        return [Redirection(title, *where)] if where[0] != where[1] else []

    @prove
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @prove
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().delete_view(request, *args, **kwargs)

    @prove
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changelist_view(request, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        old = self.model._base_manager.get(pk=form.instance.pk) if change else None
        new = super().save_form(request, form, change)
        form.redirections = self.compare(old, new)
        if form.redirections:
            require_proof(request)
        return new

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        tell(request.user, form.redirections)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        said: list[dict[str, Any]] = super().construct_change_message(request, form, formsets, add)
        fields = [f"{_('where letters go')}: {one.words}" for one in form.redirections]
        return [*said, {"changed": {"fields": fields}}] if fields else said

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            said = " ".join(str(one) for one in self.compare(row, None))
            LogEntry.objects.log_actions(cast(User, request.user).pk, [row], DELETION, change_message=said)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        changes = self.compare_deleted(request, [obj])
        super().delete_model(request, obj)
        tell(request.user, changes)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        changes = self.compare_deleted(request, queryset)
        super().delete_queryset(request, queryset)
        tell(request.user, changes)

    def compare_deleted(self, request: HttpRequest, rows: Iterable[Any]) -> list[Redirection]:
        changes = [one for row in rows for one in self.compare(row, None)]
        if changes:
            require_proof(request)
        return changes
