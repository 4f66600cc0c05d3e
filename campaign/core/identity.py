"""What counts as one visitor or one mailbox for rate limits. Mail still goes to the address as typed."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

WIDER = 4  # a /48 is allowed so many times the limit
GMAIL = ("gmail.com", "googlemail.com")  # one provider, which ignores dots before the @


def list_networks(address: str) -> list[tuple[str, int]]:
    """Return what counts as one visitor, narrowest first, each with how many times the limit it is allowed.

    That is an IPv4 address, or for IPv6 the /64 of one household and then the /48 around it, since anybody who rents a
    server gets a /48 with 65,536 such /64s.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return [(address, 1)]  # a Unix socket's peer has no IP address
    if not isinstance(ip, IPv6Address):
        return [(str(ip), 1)]
    if ip.ipv4_mapped:
        return [(str(ip.ipv4_mapped), 1)]
    return [(str(IPv6Network((ip.packed, bits), strict=False)), times) for bits, times in ((64, 1), (48, WIDER))]


def name_mailbox(address: str) -> str:
    local, at, domain = address.strip().lower().rpartition("@")
    local = local.replace('"', "").replace("\\", "")  # RFC 5321, 4.1.2: quotes are not part of the name
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, GMAIL[0]
    return f"{local}{at}{domain}"
