"""Who is written to: constituencies and their members."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.parliament.address import address_envelope, address_salutation, fold_name

# Parties whose members take no part in votes and debates: abstentionists, and the Speaker (impartial by office).
TAKES_NO_PART = {"Sinn Féin", "Speaker"}


class ConstituencyQuerySet(models.QuerySet["Constituency"]):
    """Queries that read as English."""

    def with_members(self) -> ConstituencyQuerySet:
        """With the sitting member of each, in two queries; read it as `constituency.member`."""
        sitting = Member.objects.filter(sitting=True)
        return self.prefetch_related(models.Prefetch("members", queryset=sitting, to_attr="sitting_members"))

    def search(self, text: str) -> ConstituencyQuerySet:
        """Seats whose name, Welsh name or sitting member has every word of `text`, accents and case ignored."""
        found = self
        for word in fold_name(text).split():
            found = found.filter(
                Q(search_name__contains=word)
                | Q(pk__in=Member.objects.filter(sitting=True, search_name__contains=word).values("constituency"))
            )
        return found


class Constituency(models.Model):
    """One of the 650 seats; its GSS code is the key everywhere."""

    class Nation(models.TextChoices):
        """The four nations, as in the first letter of a GSS code."""

        ENGLAND = "E", _("England")
        SCOTLAND = "S", _("Scotland")
        WALES = "W", _("Wales")
        NORTHERN_IRELAND = "N", _("Northern Ireland")

    gss = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=100)
    name_cy = models.CharField(max_length=100, blank=True)
    nation = models.CharField(max_length=1, choices=Nation.choices)
    search_name = models.CharField(max_length=210, editable=False)
    as_of = models.DateField()

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ["search_name"]
        verbose_name_plural = "constituencies"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name true."""
        self.search_name = fold_name(f"{self.name} {self.name_cy}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def member(self) -> Member | None:
        """The sitting member, or none while the seat is vacant or Parliament is dissolved."""
        if not hasattr(self, "sitting_members"):
            self.sitting_members = list(self.members.filter(sitting=True))
        return self.sitting_members[0] if self.sitting_members else None


class Member(models.Model):
    """A member of the House of Commons, with names as Parliament gives them."""

    parliament_id = models.PositiveIntegerField(null=True, blank=True, unique=True)
    constituency = models.ForeignKey(Constituency, on_delete=models.PROTECT, related_name="members")
    sitting = models.BooleanField(default=True)
    name_display = models.CharField(max_length=150)
    name_full_title = models.CharField(max_length=200)
    name_address_as = models.CharField(max_length=150, blank=True)
    party = models.CharField(max_length=80)
    email = models.EmailField(blank=True, help_text=_("Never guessed: without an address a letter goes by post only."))
    search_name = models.CharField(max_length=200, editable=False)
    as_of = models.DateField()

    class Meta:
        ordering = ["search_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["constituency"], condition=Q(sitting=True), name="one_sitting_member_per_seat"
            )
        ]

    def __str__(self) -> str:
        return self.name_display

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name true."""
        self.search_name = fold_name(self.name_display)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def envelope(self) -> str:
        """The name on the envelope: The Rt Hon Sir Iain Duncan Smith MP."""
        return address_envelope(self.name_full_title)

    @property
    def salutation(self) -> str:
        """How the letter begins, without the comma: Dear Sir Iain."""
        return address_salutation(self.name_display, self.name_full_title, self.name_address_as)

    @property
    def takes_part(self) -> bool:
        """Whether the member votes and speaks in the chamber on party lines."""
        return self.party not in TAKES_NO_PART
