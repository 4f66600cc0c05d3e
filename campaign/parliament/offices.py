"""Recognises MPs' own mail addresses: nobody writes to their MP from one."""

from __future__ import annotations

from campaign.parliament.models import Member

PARLIAMENT = "parliament.uk"


def is_office(address: str) -> bool:
    local, _at, domain = address.lower().rpartition("@")
    if domain == PARLIAMENT or domain.endswith(f".{PARLIAMENT}"):
        return True
    plain = f"{local.partition('+')[0]}@{domain}"
    for member in Member.objects.filter(sitting=True, email__iendswith=f"@{domain}"):
        surname = member.search_name.rpartition(" ")[2]
        if member.email.lower() == plain or (surname and surname in domain.rpartition(".")[0]):
            return True
    return False
