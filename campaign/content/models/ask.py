"""What letters ask of an MP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models.campaign import Campaign, split_lines
from campaign.content.models.version import Text, TextVersion, Versioned, VersionedQuerySet
from campaign.content.validators import LINE, TEXT, refuse_unknown_audiences


class Ask(Versioned):
    """What the letter asks the MP to do; one closes each letter."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="asks")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=150, validators=LINE)
    text = models.TextField(validators=TEXT)
    wordings = models.TextField(
        _("other wordings"),
        blank=True,
        validators=TEXT,
        help_text=_("One on each line. Each letter gets the one used least in letters to the same MP."),
    )
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
        help_text=_("Leave out letters to these MPs."),
    )
    only_for = models.JSONField(
        _("only for"),
        default=list,
        blank=True,
        validators=[refuse_unknown_audiences],
        help_text=_("Offer it only in letters to these MPs. Choose none for all."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    SAID = frozenset({"label", "text", "wordings"})
    KINDS = (TextVersion.Kind.ASK,)

    objects = VersionedQuerySet["Ask"].as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "key"], name="ask_key_unique_in_campaign")]

    def __str__(self) -> str:
        return self.label

    @property
    def word_list(self) -> list[str]:
        """All its wordings, the plain one first."""
        return list(dict.fromkeys([self.text, *split_lines(self.wordings)]))

    def suits(self, offices: set[str]) -> bool:
        """Whether it suits an MP who holds these offices."""
        return not offices.intersection(self.not_for) and (
            not self.only_for or bool(offices.intersection(self.only_for))
        )

    def list_texts(self) -> list[Text]:
        said = {"key": self.key, "label": self.label}
        return [Text(TextVersion.Kind.ASK, self.pk, words, said) for words in self.word_list]

    def find_campaign_id(self) -> int:
        return self.campaign_id

    @classmethod
    def list_versioned(cls, keys: Iterable[Any]) -> list[Versioned]:
        return [*cls._base_manager.filter(pk__in=keys)]
