"""Each constituency is in one region, and Labour's two names are one party (hexes.py, parties.py)."""

from __future__ import annotations

from collections import Counter

from campaign.parliament.parties import find_family, list_family
from campaign.parliament.regions import ENGLAND, list_regions, name_regions


def test_england_and_its_regions_come_before_the_other_nations() -> None:
    regions = list_regions()
    assert next(iter(regions)) == ENGLAND
    assert list(regions)[-3:] == ["Northern Ireland", "Scotland", "Wales"]
    assert len(regions[ENGLAND]) == 543
    assert Counter(gss[0] for gss in regions["Wales"]) == {"W": 32}
    assert sum(len(codes) for name, codes in regions.items() if name != ENGLAND) == 650


def test_each_constituency_has_a_region() -> None:
    regions = list_regions()
    assert len(name_regions()) == 650
    assert all(gss in regions[region] for gss, region in name_regions().items())


def test_labour_and_the_co_operative_party_count_as_one() -> None:
    assert find_family("Labour (Co-op)") == find_family("Labour") == "Labour"
    assert list_family("Labour (Co-op)") == list_family("Labour") == ["Labour", "Labour (Co-op)"]
    assert find_family("Independent") == "Independent"
