"""MPs' own mail addresses are known, and nobody else's are taken for them."""

from __future__ import annotations

import pytest

from campaign.parliament.offices import is_office
from tests.campaign.parliament.samples import make_constituency, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _members() -> None:
    make_member(make_constituency(1), "Lucy Powell", parliament_id=1, email="contact@lucypowell.org.uk")
    make_member(make_constituency(2), "Ann Example", parliament_id=2, email="ann.example.mp@bigmail.example")
    make_member(make_constituency(3), "Joe Gone", parliament_id=3, email="joe@joegone.example", sitting=False)


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("lucy.powell.mp@parliament.uk", True),
        ("anybody@PARLIAMENT.UK", True),
        ("a@lords.parliament.uk", True),
        ("contact@lucypowell.org.uk", True),
        ("Office@LucyPowell.org.uk", True),
        ("ann.example.mp@bigmail.example", True),
        ("Ann.Example.MP+letters@bigmail.example", True),
        ("jane@bigmail.example", False),
        ("joe@joegone.example", False),
        ("jane@notparliament.uk", False),
        ("jane@supporter.example", False),
        ("100%@supporter_example", False),
    ],
)
def test_an_mps_address_is_known(address: str, is_one: bool) -> None:
    assert is_office(address) is is_one
