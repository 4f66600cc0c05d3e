"""Who counts as one visitor or one mailbox, where something is counted. Mail goes to the address as it was typed."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

WIDER = 4  # times a limit, for a whole /48
GMAIL = ("gmail.com", "googlemail.com")  # one provider, who ignores dots before the @


def list_networks(address: str) -> list[tuple[str, int]]:
    """Return what counts as one visitor, the narrowest first, each with how many times a limit it is granted.

    That is an IPv4 address, or the /64 that one household has of IPv6; and around that the /48, for whoever rents a
    server gets one, with 65,536 such households in it.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return [(address, 1)]  # a Unix socket's peer has none
    if not isinstance(ip, IPv6Address):
        return [(str(ip), 1)]
    if ip.ipv4_mapped:
        return [(str(ip.ipv4_mapped), 1)]
    return [(str(IPv6Network((ip.packed, bits), strict=False)), times) for bits, times in ((64, 1), (48, WIDER))]


def name_mailbox(address: str) -> str:
    local, at, domain = address.strip().lower().rpartition("@")
    local = local.replace('"', "").replace("\\", "")  # RFC 5321, 4.1.2: quotes are no part of the name
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, GMAIL[0]
    return f"{local}{at}{domain}"
