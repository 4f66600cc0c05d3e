"""Constituencies and their members."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Case, IntegerField, Q, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from campaign.parliament.address import address_envelope, address_salutation, fold_name


class ConstituencyQuerySet(models.QuerySet["Constituency"]):
    def with_members(self) -> ConstituencyQuerySet:
        """Prefetch the sitting members, read as `constituency.member`; two queries in all."""
        sitting = Member.objects.filter(sitting=True).select_related("portrait").defer("portrait__content")
        return self.prefetch_related(models.Prefetch("members", queryset=sitting, to_attr="sitting_members"))

    def find_newest_fact(self) -> date | None:
        """Return the date of the newest facts about sitting members; None without any."""
        found = self.aggregate(members=models.Max("members__as_of"), vacant=models.Max("vacant_as_of"))
        return max(filter(None, found.values()), default=None)

    def is_dissolved(self) -> bool:
        """Whether there are constituencies but no MP sits for any, as before a general election.

        `manage.py import_members --dissolution` causes it, and the first import afterwards ends it.
        """
        return self.exists() and not Member.objects.filter(sitting=True).exists()

    def list_initials(self) -> list[str]:
        """Return the first letters of the names, small and without accents, in order."""
        return sorted(set(self.order_by().values_list(Substr("search_name", 1, 1), flat=True)))

    def search(self, text: str) -> ConstituencyQuerySet:
        """Find each word of `text` in the name, Welsh name or sitting member, ignoring accents and case.

        First come names that begin with the text, then those where a later word or the Welsh name does, then those
        whose member's name does. Blank text finds all; text without letters or digits finds none.
        """
        folded = fold_name(text)
        if not folded:
            return self.none() if text.strip() else self
        sitting = Member.objects.filter(sitting=True)
        found = self
        for word in folded.split():
            by_member = sitting.filter(search_name__contains=word).values("constituency")
            found = found.filter(Q(search_name__contains=word) | Q(pk__in=by_member))
        starts = sitting.filter(search_name__startswith=folded).values("constituency")
        nearness = Case(
            When(search_name__startswith=folded, then=0),
            When(search_name__contains=f" {folded}", then=1),
            When(pk__in=starts, then=2),
            default=3,
            output_field=IntegerField(),
        )
        return found.order_by(nearness, "search_name")


class Constituency(models.Model):
    """One of the 650 constituencies; its GSS code is the key everywhere."""

    class Nation(models.TextChoices):
        """The four nations, by the first letter of a GSS code."""

        ENGLAND = "E", _("England")
        SCOTLAND = "S", _("Scotland")
        WALES = "W", _("Wales")
        NORTHERN_IRELAND = "N", _("Northern Ireland")

    gss = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=100)
    name_cy = models.CharField(max_length=100, blank=True)
    nation = models.CharField(max_length=1, choices=Nation.choices)
    search_name = models.CharField(max_length=210, editable=False)
    as_of = models.DateField(
        help_text=_("The date of the facts about the constituency itself (its name, its boundaries).")
    )
    vacant_as_of = models.DateField(
        null=True, blank=True, help_text=_("While it has no MP: the date on which that was last known.")
    )

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ["search_name"]
        verbose_name_plural = "constituencies"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.fold_names()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def fold_names(self) -> None:
        """Set the name that is searched; save() does, bulk writes have to."""
        self.search_name = fold_name(f"{self.name} {self.name_cy}")

    @property
    def member_known_as_of(self) -> date | None:
        """The date of the latest facts on who sits here, if anybody does; None without any."""
        everyone = list(self.members.all())
        for member in everyone:
            if member.sitting:
                return member.as_of
        return max(filter(None, [self.vacant_as_of, *(member.as_of for member in everyone)]), default=None)

    @property
    def member(self) -> Member | None:
        loaded: list[Member] | None = self.__dict__.get("sitting_members")  # set by with_members()
        if loaded is None:
            return self.members.filter(sitting=True).first()
        return loaded[0] if loaded else None


class Office(models.TextChoices):
    """Positions that keep an MP from doing some things. campaign/content has the same values."""

    MINISTER = "minister", _("A minister")
    FOREIGN_SECRETARY = "foreign-secretary", _("The Foreign Secretary")
    SPEAKER = "speaker", _("The Speaker")
    ABSTENTIONIST = "abstentionist", _("An MP who does not take their seat")


# Offices known by party: abstentionists, and the Speaker, who is impartial. They take no part in debates or votes.
PARTY_OFFICES = {"Speaker": Office.SPEAKER, "Sinn Féin": Office.ABSTENTIONIST}


class Member(models.Model):
    """A member of the House of Commons, with names as Parliament publishes them."""

    parliament_id = models.PositiveIntegerField(null=True, blank=True, unique=True)
    constituency = models.ForeignKey(Constituency, on_delete=models.PROTECT, related_name="members")
    sitting = models.BooleanField(default=True)
    name_display = models.CharField(max_length=150)
    name_full_title = models.CharField(max_length=200)
    name_address_as = models.CharField(max_length=150, blank=True)
    party = models.CharField(max_length=80)
    email = models.EmailField(blank=True, help_text=_("Never guess it: without an address, letters go by post only."))
    office = models.CharField(
        max_length=20,
        blank=True,
        choices=[(office.value, office.label) for office in (Office.MINISTER, Office.FOREIGN_SECRETARY)],
        help_text=_("Ministers are not asked for what only a backbencher can do."),
    )
    search_name = models.CharField(max_length=200, editable=False)
    as_of = models.DateField()

    class Meta:
        ordering = ["search_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["constituency"],
                condition=Q(sitting=True),
                name="one_sitting_member_per_seat",
                violation_error_message=_("This constituency has an MP already: first untick “sitting” there."),
            )
        ]

    def __str__(self) -> str:
        return self.name_display

    def save(self, *args: object, **kwargs: object) -> None:
        self.fold_names()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def fold_names(self) -> None:
        """Set the name that is searched; save() does, bulk writes have to."""
        self.search_name = fold_name(self.name_display)

    @property
    def envelope(self) -> str:
        """The name on the envelope: The Rt Hon Sir Iain Duncan Smith MP."""
        return address_envelope(self.name_full_title)

    @property
    def salutation(self) -> str:
        """The salutation, without its comma: Dear Sir Iain."""
        return address_salutation(self.name_display, self.name_full_title, self.name_address_as)

    @property
    def destination(self) -> str:
        return f"{self.email} ({self.constituency.name})" if self.sitting and self.email else ""

    @property
    def offices(self) -> set[str]:
        held = {self.office, PARTY_OFFICES.get(self.party, "")} - {""}
        return held | {Office.MINISTER} if Office.FOREIGN_SECRETARY in held else held

    @property
    def takes_part(self) -> bool:
        return self.party not in PARTY_OFFICES


class Portrait(models.Model):
    """An MP's picture that the operator has loaded. Small enough to be a row; none comes with Parley."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="portrait")
    content = models.BinaryField()  # WebP
    digest = models.CharField(max_length=16)  # its address, which changes with the picture
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    credit = models.CharField(max_length=200)  # who made it, and the licence

    def __str__(self) -> str:
        return self.member.name_display
