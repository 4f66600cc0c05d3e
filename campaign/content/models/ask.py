"""What letters ask of an MP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models.campaign import Campaign
from campaign.content.models.version import Text, TextVersion, Versioned, VersionedQuerySet
from campaign.content.validators import LINE, TEXT, refuse_unknown_audiences


class Ask(Versioned):
    """What the letter asks the MP to do; one closes each letter."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="asks")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=150, validators=LINE)
    text = models.TextField(validators=TEXT)
    in_chamber = models.BooleanField(
        default=False,
        help_text=_(
            "Asks for something in the Commons chamber. Not offered to supporters whose MP takes no part there."
        ),
    )
    not_for = models.JSONField(
        _("not for"),
        default=list,
        blank=True,
        validators=[refuse_unknown_audiences],
        help_text=_("The MPs whom it does not suit."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    SAID = frozenset({"label", "text"})
    KINDS = (TextVersion.Kind.ASK,)

    objects = VersionedQuerySet["Ask"].as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="ask_key_unique_in_campaign")]

    def __str__(self) -> str:
        return self.label

    def list_texts(self) -> list[Text]:
        return [Text(TextVersion.Kind.ASK, self.pk, self.text, {"key": self.key, "label": self.label})]

    def find_campaign_id(self) -> int:
        return self.campaign_id

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        return [*cls._base_manager.filter(pk__in=keys)]
