"""A visitor's address is what our own proxy says, never what the visitor says."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaign.core.client_ip import get_client_ip, warn_of_proxy

PROXY = "10.0.0.1"


def find(forwarded: str | None) -> str:
    header: dict[str, Any] = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return get_client_ip(RequestFactory().get("/", REMOTE_ADDR=PROXY, **header))


@pytest.fixture(autouse=True)
def _not_warned() -> None:
    warn_of_proxy.cache_clear()


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "203.0.113.1", PROXY),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.7, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.7, 203.0.113.1", "198.51.100.7"),
        (1, " 2001:DB8::0001 ", "2001:db8::1"),
    ],
)
def test_the_entry_of_the_outermost_proxy_of_ours_counts(
    count: int, forwarded: str, address: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PROXY_COUNT = count
    assert find(forwarded) == address
    assert caplog.messages == []


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "203.0.113.1,", "203.0.113.1:4711", "_hidden"])
def test_without_an_address_all_count_as_the_proxy_and_the_log_says_so_once(
    forwarded: str | None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PROXY_COUNT = 1
    assert [find(forwarded), find(forwarded)] == [PROXY, PROXY]
    (words,) = caplog.messages
    assert "X-Forwarded-For is not what PROXY_COUNT expects" in words
    assert "203" not in words


def test_fewer_entries_than_proxies_count_as_the_proxy(settings: Settings) -> None:
    settings.PROXY_COUNT = 2
    assert find("203.0.113.1") == PROXY


@given(invented=st.text(st.characters(blacklist_categories=["Cs", "Cc"])), address=st.ip_addresses())
def test_whatever_a_visitor_invents_further_left_changes_nothing(invented: str, address: object) -> None:
    with override_settings(PROXY_COUNT=1):
        assert find(f"{invented}, {address}") == str(ip_address(str(address)))
