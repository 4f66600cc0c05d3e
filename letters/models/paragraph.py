"""A letter's body, paragraph by paragraph."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Argument
from campaign.core.encrypted import EncryptedTextField


class LetterParagraph(models.Model):
    """One paragraph of the body, frozen as the supporter saw it."""

    letter = models.ForeignKey("Letter", on_delete=models.CASCADE, related_name="paragraphs")
    position = models.PositiveSmallIntegerField()
    # The argument it came from, if any, which cannot be deleted while a letter has it. The key is kept by value, too.
    argument = models.ForeignKey(Argument, null=True, on_delete=models.PROTECT, related_name="+")
    argument_key = models.CharField(max_length=60, blank=True)
    variant = models.PositiveSmallIntegerField(
        null=True,
        help_text=_("Which of the argument’s wordings, or of the openings, it began as; none for the supporter’s own."),
    )
    text = EncryptedTextField(blank=True, bound_to=["letter_id", "position"])
    sources = models.JSONField(default=list, help_text=_("Source notes, one string each."))
    age = models.CharField(
        max_length=200, blank=True, help_text=_("How old its facts are, if nobody has reviewed them since.")
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="paragraph_position_unique")]

    def __str__(self) -> str:
        return f"{self.letter_id} ¶{self.position}"
