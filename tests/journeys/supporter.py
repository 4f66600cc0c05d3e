"""A supporter who walks through the site as a person does, by what the pages say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

OWN_WORDS = (
    "My grandmother came from Kharkiv, and I have friends in both countries. I think about this war every day, "
    "and I do not hear anybody in Westminster asking how it is going to end."
)


def look_away(_name: str, _page: Page) -> None:
    """Look at nothing."""


@dataclass
class Supporter:
    """Jane Doe of Buckingham Palace, with a browser."""

    page: Page
    site: str
    look: Callable[[str, Page], None] = look_away  # called on each page, with a name for it
    seen: list[str] = field(default_factory=list)

    def see(self, name: str) -> None:
        """Stop and look at the page, once it has loaded: a press returns as soon as its answer begins to come."""
        self.page.wait_for_load_state()
        self.seen.append(name)
        self.look(name, self.page)

    def press(self, name: str) -> None:
        """Press the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def unfold(self, name: str) -> None:
        """Open what is folded under this name, if it is there and closed."""
        fold = self.page.locator("details:not([open]) > summary", has_text=name)
        if fold.count():
            fold.click()

    def find_mp(self, postcode: str = "sw1a1aa") -> None:
        """From the campaign's page to the arguments, which name the MP."""
        self.page.goto(f"{self.site}/time-to-negotiate/")
        self.see("case")
        self.page.get_by_label("Your postcode").first.fill(postcode)
        self.press("Find my MP")
        self.see("arguments")

    def choose(self, *titles: str) -> None:
        """Choose these arguments."""
        if self.page.get_by_role("button", name=re.compile("^Show all")).count():
            self.page.get_by_role("button", name=re.compile("^Show all")).click()
        for title in titles:
            self.page.get_by_role("checkbox", name=title).check()
        self.press("Continue to your letter")

    def write(self, own_words: str = OWN_WORDS) -> None:
        """Write own words and go on."""
        self.page.get_by_role("textbox", name="Your own words").fill(own_words)
        self.see("words")
        self.page.locator("button[value=next]").click()  # it says how many words are missing
        self.page.wait_for_url("**/details/**")

    def give_details(self, email: str = "jane@supporter.example", channel: str = "By email") -> None:
        """Say who writes, and look at the letter."""
        self.page.get_by_label("Your full name").fill("Jane Doe")
        self.page.get_by_label("Address", exact=True).fill("1 Test Street")
        self.page.get_by_label("Town or city").fill("London")
        self.page.get_by_label("Postcode").fill("SW1A 1AA")
        self.page.get_by_label(re.compile(f"{channel}:")).check()
        if channel == "By email":
            self.page.get_by_label("Your email address").fill(email)
        self.see("details")
        self.press("See the letter")
        self.see("check")

    def download(self, folder: Path) -> bytes:
        """Download the PDF from the check page."""
        self.unfold("Or print and post it")
        with self.page.expect_download() as download:
            self.press("Download the PDF")
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path.read_bytes()

    def send(self) -> None:
        """Agree and ask the site to send."""
        self.page.get_by_role("checkbox", name=re.compile("I agree")).check()
        self.press("Email me the link to send it")
        self.see("sent")
