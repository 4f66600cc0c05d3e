"""Tells whose constituency a postcode is in."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from campaign.parliament.finding import find_constituencies
from campaign.parliament.models import Constituency


class Command(BaseCommand):
    """`manage.py find_mp POSTCODE [--json]`: exits with 0 if there is a constituency to choose, otherwise 1."""

    help = "Says which constituency a postcode is in, who its MP is, and how to address them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("postcode", nargs="+")
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        finding, constituencies = find_constituencies(" ".join(options["postcode"]))
        if options["json"]:
            answer = {"postcode": finding.postcode, "status": finding.status, "message": finding.message}
            described = {"constituencies": [_describe(constituency) for constituency in constituencies]}
            self.stdout.write(json.dumps(answer | described, ensure_ascii=False))
        else:
            self.stdout.write(finding.message)
            for constituency in constituencies:
                self.stdout.write(_write(constituency))
        if not constituencies:
            sys.exit(1)


def _describe(constituency: Constituency) -> dict[str, Any]:
    member = constituency.member
    return {
        "gss": constituency.gss,
        "name": constituency.name,
        "member": member
        and {
            "name": member.name_display,
            "envelope": member.envelope,
            "salutation": member.salutation,
            "party": member.party,
            "email": member.email,
        },
    }


def _write(constituency: Constituency) -> str:
    member = constituency.member
    if not member:
        return f"\n{constituency.name} ({constituency.gss})\n  vacant"
    lines = [
        f"\n{constituency.name} ({constituency.gss})",
        member.envelope,
        member.party,
        member.email or "no email: by post only",
    ]
    return "\n  ".join([*lines, f"{member.salutation},"])
