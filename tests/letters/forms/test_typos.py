"""Likely slips in an address are asked about; what is real is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.forms.typos import DOMAINS, OTHERS, suggest_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("GMAIL.CM", "gmail.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("btinternt.com", "btinternet.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("icloud.co", "icloud.com"),
    ],
)
def test_a_slip_is_seen(typed: str, meant: str) -> None:
    assert suggest_address(f"jane.doe@{typed}") == f"jane.doe@{meant}"


@pytest.mark.parametrize(
    "domain", [*DOMAINS, *OTHERS, "example.org", "leeds.ac.uk", "quaker.org.uk", "nhs.net", "sky.uk"]
)
def test_what_is_real_is_left_alone(domain: str) -> None:
    assert suggest_address(f"jane@{domain}") == ""


@given(st.text(max_size=80))
def test_only_known_domains_are_suggested(text: str) -> None:
    suggestion = suggest_address(text)
    assert not suggestion or suggestion.rpartition("@")[2] in DOMAINS
