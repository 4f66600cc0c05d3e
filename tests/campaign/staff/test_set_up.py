"""Somebody who has never done it sets up a second factor, in a real browser under the site's own policy."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.oath import totp
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
PICTURES = Path(settings.BASE_DIR) / "build/screenshots"


def look(page: Page, name: str) -> list[str]:
    """What axe finds; a script's own evaluation is not bound by the page's policy."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"phone-{name}.png", full_page=True)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then(result => result.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{name}: {json.dumps(one)[:900]}" for one in found] + ([f"{name}: {wide} px too wide"] if wide > 0 else [])


@pytest.mark.django_db(transaction=True)
def test_a_phone_is_set_up_with_what_the_page_shows(live_server: LiveServer, page_phone: Page) -> None:
    User.objects.create_superuser("organiser", password="a-long-password")
    page, faults, refused = page_phone, [], []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}{reverse('admin:index')}")
    faults += look(page, "sign-in-password")
    page.get_by_label("Username").fill("organiser")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    assert page.evaluate("document.querySelector('.sign-in-qr').naturalWidth") > 0, "the picture is drawn"
    faults += look(page, "sign-in-set-up")
    key = base64.b32decode(page.inner_text(".sign-in-key").replace(" ", ""))
    page.get_by_label("Code").fill(f"{totp(key):06}")
    page.get_by_role("button", name="Finish").click()
    codes = page.locator(".sign-in-codes code").all_inner_texts()
    assert len(codes) == 10
    faults += look(page, "sign-in-codes")
    page.get_by_role("link", name="I have kept them: continue").click()
    assert page.url == f"{live_server.url}{reverse('admin:index')}"
    page.context.clear_cookies()
    page.goto(f"{live_server.url}{reverse('admin:second-factor')}")
    page.get_by_label("Username").fill("organiser")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    faults += look(page, "sign-in-code")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    assert "9 recovery codes are left." in page.content()
    faults += look(page, "sign-in-second-factor")
    assert faults == []
    assert refused == []
