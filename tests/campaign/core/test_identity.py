"""One visitor and one mailbox count once, however their addresses are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.identity import list_networks, name_mailbox


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.1", [("192.0.2.1", 1)]),
        ("::ffff:192.0.2.1", [("192.0.2.1", 1)]),
        ("2001:db8:1:2:3:4:5:6", [("2001:db8:1:2::/64", 1), ("2001:db8:1::/48", 4)]),
        ("2001:db8:1:2:ffff::", [("2001:db8:1:2::/64", 1), ("2001:db8:1::/48", 4)]),
        ("", [("", 1)]),
    ],
)
def test_a_household_is_one_visitor_and_a_rented_network_four(address: str, networks: list[tuple[str, int]]) -> None:
    assert list_networks(address) == networks


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        (" Jane@Supporter.example ", "jane@supporter.example"),
        ("jane+mp@supporter.example", "jane@supporter.example"),
        ("jane+a+b@supporter.example", "jane@supporter.example"),
        ('"jane"@supporter.example', "jane@supporter.example"),
        ("jane.doe@supporter.example", "jane.doe@supporter.example"),  # another mailbox than janedoe
        ("Jane.Doe+mp@GoogleMail.com", "janedoe@gmail.com"),
        ("jane.doe@gmail.com", "janedoe@gmail.com"),
        ("jane.doe@notgmail.com", "jane.doe@notgmail.com"),
        ("+jane@supporter.example", "+jane@supporter.example"),  # no tag: there is nothing before it
        ("", ""),
    ],
)
def test_a_mailbox_has_one_name(written: str, counted: str) -> None:
    assert name_mailbox(written) == counted


@given(st.from_regex(r"[a-z0-9.\"\\+]{0,20}@?[a-z.]{0,20}", fullmatch=True))
def test_a_name_is_its_own_name_and_nobodys_is_lost(address: str) -> None:
    name = name_mailbox(address)
    assert name_mailbox(name) == name or "+" in name
    assert bool(name.rpartition("@")[0]) == bool(address.rpartition("@")[0].replace('"', "").replace("\\", ""))
