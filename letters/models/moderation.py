"""Moderation: which rules a campaign uses, what they found, what was refused.

Findings are kept as positions in texts, never as words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.content.models import Campaign
from letters.models.validators import refuse_odd_domains, refuse_wide_phrases

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A few that no peaceful letter has; a campaign about war has others in its own texts.
THREATS = """\
kill* you
shoot you
stab you
hang you
hurt you
beat you up
burn* your house
you * die
deserve a bullet
know where you live
watch your back
coming for you
"""
DISPOSABLE = """\
10minutemail.com
guerrillamail.com
mailinator.com
temp-mail.org
trashmail.com
yopmail.com
"""


class Rule(models.TextChoices):
    """Why a letter is held until somebody has read it."""

    THREAT = "threat", gettext_lazy("Threatening words")
    LINK = "link", gettext_lazy("A link")
    POSTCODE = "postcode", gettext_lazy("A postcode in another constituency")
    MEMBER = "member", gettext_lazy("The MP as sender")
    DISPOSABLE = "disposable", gettext_lazy("A disposable email address")
    NEAR_COPY = "near-copy", gettext_lazy("A near-copy of another letter")


class Part(models.TextChoices):
    """The part of a letter that it was found in."""

    TEXT = "text", gettext_lazy("paragraph")
    NAME = "name", gettext_lazy("name")
    ADDRESS = "address", gettext_lazy("address")
    EMAIL = "email", gettext_lazy("email")
    BEHALF = "behalf", gettext_lazy("on behalf of")
    WHOLE = "whole", gettext_lazy("the whole letter")


class HoldRules(models.Model):
    """Which rules hold a campaign's letters. A campaign without a row has the defaults."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="+")
    threats = models.TextField(
        gettext_lazy("threatening words"),
        blank=True,
        default=THREATS,
        validators=[refuse_wide_phrases, MaxLengthValidator(10_000)],
        help_text=gettext_lazy(
            "One word or phrase on each line. * stands for any letters: “kill* you” finds “killing you”. Case and "
            "accents do not matter. Leave empty to turn the rule off."
        ),
    )
    links = models.BooleanField(
        default=True, help_text=gettext_lazy("Web addresses in the supporter's own words, name or address.")
    )
    postcodes = models.BooleanField(
        gettext_lazy("postcodes elsewhere"),
        default=True,
        help_text=gettext_lazy("A postcode in the text or address that is in another constituency."),
    )
    members = models.BooleanField(
        gettext_lazy("the MP as sender"), default=True, help_text=gettext_lazy("The supporter's name is the MP's.")
    )
    disposable = models.TextField(
        gettext_lazy("disposable email domains"),
        blank=True,
        default=DISPOSABLE,
        validators=[refuse_odd_domains, MaxLengthValidator(10_000)],
        help_text=gettext_lazy(
            "Such as mailinator.com, one on each line. This includes their subdomains. Leave empty to turn "
            "the rule off."
        ),
    )
    near_copies = models.BooleanField(
        gettext_lazy("near-copies"),
        default=False,
        help_text=gettext_lazy(
            "Letters whose own words are nearly the same as in another letter to the same MP. Off at first: families "
            "and groups write together, and the builder tells supporters already."
        ),
    )

    class Meta:
        verbose_name = gettext_lazy("set of rules that hold letters")
        verbose_name_plural = gettext_lazy("rules that hold letters")

    def __str__(self) -> str:
        return str(self.campaign)


class Finding(models.Model):
    """What a rule found in a letter; deleted with its text."""

    letter = models.ForeignKey("letters.Letter", on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=10, choices=Rule.choices)
    part = models.CharField(max_length=7, choices=Part.choices)
    paragraph = models.PositiveSmallIntegerField(null=True, help_text=gettext_lazy("Its position in the letter."))
    start = models.PositiveIntegerField(default=0, help_text=gettext_lazy("The first character."))
    end = models.PositiveIntegerField(default=0, help_text=gettext_lazy("The one after the last."))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} ({self.place})"

    @property
    def place(self) -> StrOrPromise:
        if self.paragraph is not None:
            return _("paragraph %d") % (self.paragraph + 1)
        return self.get_part_display()


class Refusal(models.Model):
    """The refusal of a held letter, which is never sent; the supporter is told why."""

    letter = models.OneToOneField("letters.Letter", on_delete=models.CASCADE, related_name="refusal")
    reason = models.CharField(
        max_length=300, blank=True, help_text=gettext_lazy("The supporter reads it word for word.")
    )
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
