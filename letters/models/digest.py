"""Which organisers get the weekly digest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestReader(models.Model):
    """Somebody who asked for the weekly digest (letters.statistics.digest)."""

    user = models.OneToOneField("auth.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    told_until = models.DateField(help_text=_("The Monday before which they have been told everything."))

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)
