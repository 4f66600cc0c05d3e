"""Mail: the server that takes letters, the mailbox for returned ones, what DNS says of the sender's domain."""

from __future__ import annotations

from collections.abc import Iterator

import dns.exception
import dns.resolver
from django.conf import settings

from letters.bounces.fetch import InboxError, open_imap
from letters.doctor.finding import Finding, complain, warn, well
from letters.mail.addresses import split_from
from letters.mail.smtp import Connection, ServerUnavailableError

DNS_SECONDS = 5
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def examine_post() -> Iterator[Finding]:
    """Try mail server and mailbox, and ask DNS."""
    yield from examine_smtp()
    yield examine_imap()
    yield from examine_dns()


def examine_smtp() -> Iterator[Finding]:
    """Connect to the mail server, with TLS and log-in as letters would; nothing is sent."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        yield complain(
            "smtp", "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.", "Keep only one: TLS for port 587, SSL for port 465."
        )
        return
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    try:
        with Connection() as server:
            server.open()
    except ServerUnavailableError as error:
        yield complain("smtp", f"{where} cannot be used: {error}", suggest_cure(str(error)))
        return
    account = ", logged in" if settings.EMAIL_HOST_USER else ""
    yield well("smtp", f"{where} answers{' with TLS' if encrypted else ''}{account}.")
    if not encrypted and settings.EMAIL_HOST not in LOOPBACK:
        words = f"Letters are sent to {where} without encryption."
        yield warn("smtp", words, "Set EMAIL_USE_TLS=true (port 587) or EMAIL_USE_SSL=true (465).")


def suggest_cure(said: str) -> str:
    """Return what helps, by what the server or the network said."""
    for signs, cure in (
        (("gaierror", "Name or service"), "Correct EMAIL_HOST: no such host is known."),
        (("Refused",), "Start the mail server, or correct EMAIL_HOST and EMAIL_PORT."),
        (("imeout", "timed out"), "Correct EMAIL_PORT, or open it in the firewall; many providers close port 25."),
        (
            ("certificate", "CERTIFICATE"),
            "Set EMAIL_HOST to the name in the server's certificate, or renew the certificate.",
        ),
        (("STARTTLS",), "The server does not offer STARTTLS here: use port 587, or EMAIL_USE_SSL with port 465."),
        (
            ("WRONG_VERSION", "SSLError"),
            "Port and encryption do not match: use EMAIL_USE_TLS with port 587, EMAIL_USE_SSL with port 465.",
        ),
        (("535", "534", "AUTH"), "Correct EMAIL_HOST_USER and EMAIL_HOST_PASSWORD."),
    ):
        if any(sign in said for sign in signs):
            return cure
    return "The mail server's log says why it refuses."


def examine_imap() -> Finding:
    """Log in to the mailbox for returned letters, if there is one."""
    if not settings.BOUNCE_IMAP_URL:
        if settings.ANYMAIL_PROVIDER:
            return well("bounces", "The mail provider reports returned letters.")
        words = "BOUNCE_IMAP_URL is not set, so no returned letters are fetched from a mailbox."
        cure = "Set it, unless your own Postfix pipes them in (docs/operators.md, Returned letters)."
        return warn("bounces", words, cure)
    try:
        open_imap(settings.BOUNCE_IMAP_URL).logout()
    except InboxError as error:
        return complain("bounces", f"The mailbox cannot be read: {error}", "Correct BOUNCE_IMAP_URL.")
    except Exception as error:  # noqa: BLE001 imaplib raises much; its words may quote the password
        words = f"The mailbox for returned letters cannot be opened ({type(error).__name__})."
        return complain("bounces", words, "Correct host, account and password in BOUNCE_IMAP_URL.")
    return well("bounces", "The mailbox for returned letters can be opened.")


def read_txt(name: str) -> list[str]:
    """Return the TXT records of a name; none if there are none. Raises DNSException if DNS does not answer."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(row.strings).decode("ascii", "replace") for row in answer]


def examine_dns() -> Iterator[Finding]:
    """See whether the sender's domain says who may send for it."""
    domain = split_from()[1]
    if domain.endswith(".localhost"):
        yield warn("dns", "LETTERS_FROM is the demo's address.", "Set LETTERS_FROM to one of your own addresses.")
        return
    selector = f"{settings.DKIM_SELECTOR}._domainkey.{domain}" if settings.DKIM_SELECTOR else ""
    records = [
        (
            "SPF",
            domain,
            "v=spf1",
            f'Add a TXT record at {domain}, such as "v=spf1 mx -all", for your server.',
        ),
        ("DMARC", f"_dmarc.{domain}", "v=DMARC1", f'Add a TXT record at _dmarc.{domain}, such as "v=DMARC1; p=none".'),
    ]
    if selector:
        cure = f"Publish your mail server's public DKIM key at {selector}, or correct DKIM_SELECTOR."
        records.append(("DKIM", selector, "p=", cure))
    else:
        yield warn(
            "dns",
            "DKIM_SELECTOR is not set, so the DKIM key cannot be checked.",
            "Set it to your mail server's selector.",
        )
    for what, name, sign, cure in records:
        try:
            found = [text for text in read_txt(name) if sign.lower() in text.lower()]
        except dns.exception.DNSException as error:
            yield warn("dns", f"{what}: DNS did not answer ({type(error).__name__}).", "Check /etc/resolv.conf.")
            continue
        if not found:
            yield complain("dns", f"{name} has no {what} record.", cure)
        elif what == "SPF" and len(found) > 1:
            yield complain(
                "dns", f"{name} has {len(found)} SPF records, so receivers ignore them all.", "Combine them into one."
            )
        else:
            yield well("dns", f"{what} is published at {name}.")
