"""Letters and arguments are read aloud by the browser's own voice, where it has one (static/aloud.js)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from letters.privacy.tokens import make_token
from tests.conftest import OpenPage
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.servers.browser import PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.looks]

# A voice that says nothing, keeps what it was asked to say, and comes to an end when it is told to.
VOICE = """
  globalThis.said = []; globalThis.waiting = [];
  Object.defineProperty(globalThis, "SpeechSynthesisUtterance", {value: class extends EventTarget {
    constructor(text) { super(); this.text = text; }
  }});
  Object.defineProperty(globalThis, "speechSynthesis", {value: {
    speak(one) { said.push([one.lang, one.text]); waiting.push(one); },
    cancel() { waiting = []; },
  }});
"""
SILENT = 'Object.defineProperty(globalThis, "speechSynthesis", {value: undefined});'


def open_case(new_page: OpenPage, live_server: LiveServer, script: str) -> Page:
    make_constituency()
    make_campaign()
    page = new_page(**PHONE)
    page.add_init_script(script)
    page.goto(f"{live_server.url}/peace/")
    page.locator("details.theme-fold > summary").first.click()
    return page


def test_an_argument_is_read_and_stops_at_a_second_press(new_page: OpenPage, live_server: LiveServer) -> None:
    page = open_case(new_page, live_server, VOICE)
    page.get_by_role("button", name=re.compile("^Read aloud ?: Argument 1$")).click()
    assert page.evaluate("said") == [["en", "Argument 1"], ["en", "Claim 1."]]
    page.get_by_role("button", name=re.compile("^Stop reading ?: Argument 1$")).click()
    assert page.evaluate("waiting.length") == 0
    page.get_by_role("button", name=re.compile("^Read aloud ?: Argument 1$")).click()
    page.get_by_role("button", name=re.compile("^Read aloud ?: Argument 2$")).click()
    expect(page.get_by_role("button", name=re.compile("^Read aloud ?: Argument 1$"))).to_be_visible()
    assert page.evaluate("waiting.map((one) => one.text)") == ["Argument 2", "Claim 2."]
    page.evaluate("waiting.at(-1).dispatchEvent(new Event('end'))")
    expect(page.get_by_role("button", name=re.compile("^Read aloud ?: Argument 2$"))).to_be_visible()


def test_of_a_letter_its_words_are_read_sentence_by_sentence(new_page: OpenPage, live_server: LiveServer) -> None:
    letter = make_letter(make_campaign())
    page = new_page(**PHONE)
    page.add_init_script(VOICE)
    page.goto(f"{live_server.url}/letter/{make_token(letter.id, 'letter')}/")
    page.get_by_text("Read the letter here").click()
    page.get_by_role("button", name=re.compile("^Read aloud ?: your letter$")).click()
    said = [text for _language, text in page.evaluate("said")]
    assert "I have thought about this for years." in said
    assert "The full text of argument 1." in said, "without the number of its source"
    assert "Jane Doe" in said
    assert not [text for text in said if "Test Street" in text or "House of Commons" in text or "Jane Roe" in text]


def test_without_a_voice_nothing_is_offered(new_page: OpenPage, live_server: LiveServer) -> None:
    page = open_case(new_page, live_server, SILENT)
    expect(page.get_by_role("heading", name="Argument 1")).to_be_visible()
    assert page.get_by_role("button", name="Read aloud").count() == 0
