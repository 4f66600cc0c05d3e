"""What the way costs a supporter: taps, pages and words."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

# A hurried reader takes in headings, labels, instructions, the next button and what they have chosen. They pass over
# what is folded, small print, other ways, choices not taken, the sheet, and the campaign's case below its first screen.
PASSED_OVER = ", ".join(
    [
        *(".site-header", ".site-footer", ".step-line", ".counter"),
        *(".case-brief", ".case-arguments", ".case-next", ".case-who"),
        *(".quiet", ".form-text", ".choice-note", ".as-of", ".who-sees", ".sheet-frame", ".mail-head", ".summary-list"),
        *(".back-link", ".btn-link", ".btn-outline-primary", ".letter-unfold", ".postcode-other", ".mp-card-change"),
        *(".letter-bar", ".save-status", ".check-actions > h2"),
        *("summary", ".argument-card:not(:has(:checked))", ".more-arguments", ".choice:not(:has(:checked))"),
        "#id_own_words",  # they have written it
    ]
)
# What is in sight as the page stands: nothing for screen readers, nothing folded, nothing below a fold's edge.
READ = """passedOver => {
  const texts = [], range = document.createRange();
  const seen = (element, box) => {
    const fold = element.closest(".letter-fold");
    return element.checkVisibility({visibilityProperty: true}) &&
      !(fold && box.top >= fold.getBoundingClientRect().bottom) && !(passedOver && element.closest(passedOver));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest("script, style, textarea, meter, .visually-hidden, .skip-link")) continue;
    range.selectNodeContents(text);
    if (seen(text.parentElement, range.getBoundingClientRect())) texts.push(text.data);
  }
  for (const box of document.querySelectorAll("textarea"))
    if (seen(box, box.getBoundingClientRect())) texts.push(box.value);
  return texts.join(" ");
}"""


def count_words(text: str) -> int:
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


@dataclass
class Effort:
    """Counts while somebody walks."""

    page: Page
    taps: int = 0
    pages: int = 0
    words: int = 0
    skimmed: dict[str, int] = field(default_factory=dict)

    def tap(self, target: Locator, typed: str = "") -> None:
        """Press it and, if it is a field, type."""
        target.click()
        self.taps += 1
        if typed:
            target.press_sequentially(typed)

    def read(self, name: str) -> None:
        """Count the page's words once it is there: all that it shows, and what a hurried reader takes in."""
        self.page.wait_for_load_state()
        self.pages += 1
        self.words += count_words(self.page.evaluate(READ, ""))
        self.skimmed[name] = count_words(self.page.evaluate(READ, PASSED_OVER))

    def read_mail(self, text: str) -> None:
        """Count the mail's words and the press on its link."""
        self.words += count_words(text)
        self.taps += 1
