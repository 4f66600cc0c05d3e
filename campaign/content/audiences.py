"""The kinds of MPs that an ask may not suit. `Member.offices` in campaign/parliament has the same values."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """MPs whose position keeps them from doing some things."""

    MINISTER = "minister", _("Ministers")
    FOREIGN_SECRETARY = "foreign-secretary", _("The Foreign Secretary")
    SPEAKER = "speaker", _("The Speaker")
    ABSTENTIONIST = "abstentionist", _("MPs who do not take their seats")
