"""Writes the constituencies and members of the database as a CSV file."""

from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand

from campaign.parliament.member_dump import write_member_file
from campaign.parliament.models import Constituency


class Command(BaseCommand):
    """`manage.py dump_members > FILE`: what import_members reads."""

    help = "Writes every constituency and its MP as CSV to standard output, for import_members."

    def handle(self, *args: Any, **options: Any) -> None:
        constituencies = Constituency.objects.with_members().prefetch_related("members").order_by("gss")
        write_member_file(constituencies, cast(TextIO, self.stdout))
