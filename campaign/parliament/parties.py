"""Parties that count as one: Labour MPs who are also of the Co-operative Party sit, and vote, as Labour."""

from __future__ import annotations

CO_OPERATIVE = " (Co-op)"


def find_family(party: str) -> str:
    """Return the party that a party is counted as: Labour for Labour (Co-op), else itself."""
    return party.removesuffix(CO_OPERATIVE)


def list_family(party: str) -> list[str]:
    """Return the names, as members have them, of all that count as the same party."""
    family = find_family(party)
    return [family, family + CO_OPERATIVE]
