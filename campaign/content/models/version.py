"""The words that letters may carry, each as it was from when to when, also after its row has gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound="Versioned")


class TextVersion(models.Model):
    """What a text said for a time. A changed text gets a new one; the versions of one text share kind, row and slot."""

    class Kind(models.TextChoices):
        """What of a letter it stands for."""

        PARAGRAPH = "paragraph", _("paragraph")
        CLAIM = "claim", _("claim")
        SOURCE = "source", _("source")
        AGE = "age", _("date of the facts")
        ASK = "ask", _("ask")
        PREFACE = "preface", _("preface")

    class Change(models.TextChoices):
        """How it came to differ from the version before."""

        FIRST = "first", _("First version")
        STYLE = "style", _("Change of style")
        FACT = "fact", _("Correction of fact")
        REVIEW = "review", _("Review")

    campaign = models.ForeignKey("content.Campaign", on_delete=models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    row = models.PositiveBigIntegerField(help_text=_("The key of the row that says it, which may have been deleted."))
    slot = models.PositiveSmallIntegerField(default=0, help_text=_("Which of several texts of one row."))
    argument_key = models.CharField(max_length=60, blank=True)
    words = models.TextField(help_text=_("As letters carry it."))
    values = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)
    # Since when it is known to be wrong: letters that carry it are not sent.
    corrected_at = models.DateTimeField(null=True)
    change = models.CharField(max_length=6, choices=Change.choices, default=Change.FIRST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "row", "slot"], condition=Q(superseded_at__isnull=True), name="one_current_version"
            ),
            models.CheckConstraint(
                name="only_an_old_version_is_corrected",
                condition=Q(corrected_at__isnull=True) | Q(superseded_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["row", "kind"], name="versions_of_row")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.words}"

    def agrees_with(self, other: TextVersion) -> bool:
        """Whether both say the same in letters. That somebody reviewed an argument makes its older date not wrong."""
        if self.kind == self.Kind.AGE:
            return bool(self.values["as_of"] == other.values["as_of"])
        return self.words == other.words


@dataclass(frozen=True)
class Text:
    """One text of a row as it is now."""

    kind: str
    row: int
    words: str
    values: dict[str, Any] = field(default_factory=dict)
    argument_key: str = ""

    def is_in(self, version: TextVersion) -> bool:
        return (version.words, version.values) == (self.words, self.values)


@dataclass(frozen=True)
class Saving:
    """What whoever saves says of the change."""

    change: TextVersion.Change = TextVersion.Change.STYLE
    by: Any = None
    note: str = ""


_saving: ContextVar[Saving] = ContextVar("saving", default=Saving())  # noqa: B039 # frozen
_watched: ContextVar[list[TextVersion] | None] = ContextVar("watched", default=None)
# Called in the saving's transaction with the versions that have just been found wrong, and those that are right again.
CORRECTED: list[Callable[[Sequence[TextVersion], Sequence[TextVersion]], None]] = []


@contextmanager
def saving_as(change: TextVersion.Change, by: Any = None, note: str = "") -> Iterator[None]:
    """Note on the versions that are made meanwhile what kind of change they are; nobody says so: of style."""
    token = _saving.set(Saving(change, by, note))
    try:
        yield
    finally:
        _saving.reset(token)


@contextmanager
def watch_changes() -> Iterator[list[TextVersion]]:
    """Collect the versions that disagree with what is saved meanwhile: letters with them carry the old words."""
    watched: list[TextVersion] = []
    token = _watched.set(watched)
    try:
        yield watched
    finally:
        _watched.reset(token)


class VersionedQuerySet(models.QuerySet[M]):
    """Keeps versions also of what is changed without loading it."""

    def update(self, **changes: Any) -> int:
        if not self.model.SAID.intersection(changes):
            return super().update(**changes)
        with transaction.atomic():
            keys = list(self.order_by().values_list("pk", flat=True))
            changed = super().update(**changes)
            record_versions(self.model, keys)
        return changed

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            record_versions(self.model, [one.pk for one in made])
        return made


class Versioned(models.Model):
    """A row with texts that letters may carry: each change of them is a version, however it is saved."""

    SAID: ClassVar[frozenset[str]]  # the fields that its texts, or those of its `list_versioned`, are made of
    KINDS: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            if (fields := kwargs.get("update_fields")) is None or self.SAID.intersection(fields):
                record_versions(type(self), [self.pk])

    def list_texts(self) -> list[Text]:
        raise NotImplementedError

    def find_campaign_id(self) -> int:
        raise NotImplementedError

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        """Return these rows, and others whose texts are made of theirs, too."""
        raise NotImplementedError


def record_versions(model: type[Versioned], keys: Iterable[Any]) -> None:
    """Give each text of these rows that has changed a new version. It belongs into the transaction of the change."""
    rows = model.list_versioned(keys)
    current = _list_current((kind, row.pk) for row in rows for kind in row.KINDS)
    now, saving = timezone.now(), _saving.get()
    superseded: list[TextVersion] = []
    made: list[TextVersion] = []
    for row in rows:
        texts = row.list_texts()
        for kind in row.KINDS:
            here = current.get((kind, row.pk), [])
            gone, new = _compare(here, [text for text in texts if text.kind == kind])
            superseded += gone
            made += _make_versions(here, gone, new, row.find_campaign_id(), saving, now)
    if superseded:
        TextVersion.objects.filter(pk__in=[version.pk for version in superseded]).update(superseded_at=now)
    TextVersion.objects.bulk_create(made)
    _settle({(version.kind, version.row) for version in superseded}, saving, now)


def _list_current(texts: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[TextVersion]]:
    """Return the current versions of these rows' texts, locked."""
    wanted = set(texts)
    locked = TextVersion.objects.select_for_update(no_key=True).filter(
        row__in={row for _kind, row in wanted}, kind__in={kind for kind, _row in wanted}, superseded_at=None
    )
    found: dict[tuple[str, int], list[TextVersion]] = {}
    for version in locked.order_by("pk"):
        found.setdefault((version.kind, version.row), []).append(version)
    return found


def _compare(here: list[TextVersion], wanted: list[Text]) -> tuple[list[TextVersion], list[Text]]:
    """Return which of a row's current versions of one kind it does not say any more, and which texts are new."""
    gone, new = [*here], []
    for text in wanted:
        same = next((version for version in gone if text.is_in(version)), None)
        if same:
            gone.remove(same)
        else:
            new.append(text)
    return gone, new


def _make_versions(
    here: list[TextVersion], gone: list[TextVersion], new: list[Text], campaign_id: int, saving: Saving, now: Any
) -> Iterator[TextVersion]:
    """Yield a version for each new text, in the slot of the one that it takes the place of, or in one of its own."""
    end = max((version.slot for version in here), default=-1) + 1
    before = _pair(gone, new)
    for number, text in enumerate(new):
        old = before.get(number)
        yield TextVersion(
            campaign_id=campaign_id,
            kind=text.kind,
            row=text.row,
            slot=old.slot if old else end + number,
            argument_key=text.argument_key,
            words=text.words,
            values=text.values,
            made_at=now,
            change=_name_change(old, text, saving),
            by=saving.by,
            note=saving.note,
        )


def _pair(gone: list[TextVersion], new: list[Text]) -> dict[int, TextVersion]:
    """Return which version each new text, by its number, takes the place of: the one that it is most like."""
    pairs: dict[int, TextVersion] = {}
    for version in gone:
        left = [number for number in range(len(new)) if number not in pairs]
        if left:
            pairs[max(left, key=lambda at: SequenceMatcher(None, version.words, new[at].words).ratio())] = version
    return pairs


def _name_change(before: TextVersion | None, text: Text, saving: Saving) -> str:
    if before is None:
        return TextVersion.Change.FIRST
    if text.kind == TextVersion.Kind.AGE and before.values["as_of"] == text.values["as_of"]:
        return TextVersion.Change.REVIEW
    return saving.change


def _settle(touched: set[tuple[str, int]], saving: Saving, now: Any) -> None:
    """Mark what a correction of fact makes wrong, and unmark what is said again."""
    if not touched:
        return
    texts: dict[tuple[str, int, int], list[TextVersion]] = {}
    rows, kinds = {row for _kind, row in touched}, {kind for kind, _row in touched}
    for version in TextVersion.objects.filter(row__in=rows, kind__in=kinds).order_by("pk"):
        if (version.kind, version.row) in touched:
            texts.setdefault((version.kind, version.row, version.slot), []).append(version)
    wrong, right = [], []
    for versions in texts.values():
        last = versions[-1] if versions[-1].superseded_at is None else None
        for version in versions:
            agrees = last is not None and version.agrees_with(last)
            if agrees and version.corrected_at:
                right.append(version)
            elif not agrees and not version.corrected_at:
                wrong.append(version)
    if (watched := _watched.get()) is not None:
        watched += wrong
    if saving.change != TextVersion.Change.FACT:
        wrong = []
    for versions, at in ((wrong, now), (right, None)):
        TextVersion.objects.filter(pk__in=[version.pk for version in versions]).update(corrected_at=at)
    if wrong or right:
        for tell in CORRECTED:
            tell(wrong, right)


@receiver(post_delete)
def end_versions(sender: type[models.Model], instance: models.Model, **_kwargs: Any) -> None:
    """Note from when a deleted row says nothing any more; its versions stay."""
    if not issubclass(sender, Versioned):
        return
    with transaction.atomic():
        current = _list_current((kind, instance.pk) for kind in sender.KINDS)
        now = timezone.now()
        ended = [version.pk for versions in current.values() for version in versions]
        TextVersion.objects.filter(pk__in=ended).update(superseded_at=now)
        _settle(set(current), _saving.get(), now)
