"""The demo's mailbox pages: mails as plain text, with their attachments."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from letters.mailbox.store import LIST_LENGTH, OpenedMail, list_mail, open_mail

# Headers that proxies add; any one of them is enough.
FORWARDED = tuple(
    f"HTTP_{name}"
    for name in ("FORWARDED", "VIA", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REAL_IP")
)


@never_cache
@require_safe
def list_mailbox(request: HttpRequest) -> HttpResponse:
    folder = _find_folder(request)
    return render(request, "mailbox/list.html", {"mails": list_mail(folder), "list_length": LIST_LENGTH})


@never_cache
@require_safe
def show_mail(request: HttpRequest, key: str) -> HttpResponse:
    """Show a message: its main headers, plain text and attachments. HTML is never rendered."""
    return render(request, "mailbox/mail.html", {"mail": _find_mail(request, key)})


@never_cache
@require_safe
def send_attachment(request: HttpRequest, key: str, number: int, filename: str) -> HttpResponse:
    found = next((part for part in _find_mail(request, key).attachments if part.number == number), None)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, "application/pdf" if found.is_pdf else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not found.is_pdf, found.filename) or "attachment"
    if not found.is_pdf:  # browsers' PDF viewers do not run in a sandbox
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _find_mail(request: HttpRequest, key: str) -> OpenedMail:
    found = open_mail(_find_folder(request), key)
    if found is None:
        raise Http404
    return found


def _find_folder(request: HttpRequest) -> Path:
    """Return the mailbox's folder; Http404 unless the request is from this machine, as it holds everybody's mail."""
    folder: Path | None = settings.MAILBOX_DIR
    if folder is None or not _is_local(request):
        raise Http404
    return folder


def _is_local(request: HttpRequest) -> bool:
    # By default nginx adds no header but uses HTTP/1.0, which no browser does.
    if any(name in request.META for name in FORWARDED) or request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
