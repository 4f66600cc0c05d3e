"""Nations and the regions of England, by the map's own table."""

from __future__ import annotations

from functools import cache

from campaign.parliament.hexes import read_hexes

ENGLAND = "England"


@cache
def list_regions() -> dict[str, list[str]]:
    """Return GSS codes by name: England, its regions in order, then the other nations."""
    regions: dict[str, list[str]] = {}
    for hexagon in sorted(read_hexes(), key=lambda one: (one.gss[0] != "E", one.region)):
        regions.setdefault(hexagon.region, []).append(hexagon.gss)
    return {ENGLAND: [gss for codes in regions.values() for gss in codes if gss[0] == "E"]} | regions


@cache
def name_regions() -> dict[str, str]:
    """Return each constituency's nation or region of England, by GSS code."""
    return {hexagon.gss: hexagon.region for hexagon in read_hexes()}
