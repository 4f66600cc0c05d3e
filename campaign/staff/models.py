"""What an organiser has kept for themselves: lists as they narrowed them down."""

from __future__ import annotations

from django.conf import settings
from django.db import models

LONGEST_QUERY = 500  # characters


class SavedList(models.Model):
    """A list of the desk with its search and filters, under a name of its owner's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_lists")
    page = models.CharField(max_length=100)  # the name of the list's address
    query = models.CharField(max_length=LONGEST_QUERY)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="one_saved_list_of_a_name")]

    def __str__(self) -> str:
        return self.name
