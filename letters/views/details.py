"""Step 4: name and address, on one page or, in easy read, on three. They travel in the form; nothing is stored."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from letters.forms.journey import SAYS_NOTHING, DeliveryMethod, DetailsForm
from letters.views.journey_base import Journey, journey_step

# Easy read's pages, in order, and their fields.
EASY_PAGES = (
    ("easy-name", ("name",)),
    ("easy-address", ("address_1", "address_2", "town", "postcode")),
    ("easy-sending", ("channel", "email")),
)


@journey_step(needs_member=True, needs_arguments=True)
def give_details(journey: Journey) -> HttpResponse:
    """Ask for name and address. A POST comes from the check page or a correction, with what was typed."""
    asks = journey.request.method != "POST"
    return (asks and ask_for_words(journey)) or show_details(journey, begin_details(journey))


def ask_for_words(journey: Journey) -> HttpResponse | None:
    """Go back to the builder if the letter says nothing yet: nobody gives an address for that."""
    if not journey.says_nothing:
        return None
    messages.info(journey.request, SAYS_NOTHING)
    return journey.go("write-words")


def begin_details(journey: Journey) -> DetailsForm:
    """Return the form, empty or with what was typed before."""
    initial = journey.request.POST.dict()
    if journey.draft.channel or journey.missing_own_words:
        initial |= {"channel": journey.draft.channel or DeliveryMethod.POST.value}
    return DetailsForm(initial=initial, **ask_for(journey))


def read_details(journey: Journey) -> DetailsForm:
    return DetailsForm(journey.request.POST, **ask_for(journey))


def ask_for(journey: Journey) -> dict[str, Any]:
    return {
        "constituency": journey.constituency,
        "member": journey.member,
        "missing_own_words": journey.missing_own_words,
        "says_nothing": journey.says_nothing,
    }


def show_details(journey: Journey, form: DetailsForm, *, resume: bool = False) -> HttpResponse:
    """Show step 4. `resume`: a script that still has the details goes on to the check page."""
    if journey.draft.easy:
        return show_easy_page(journey, form, find_faulty_page(form) or 0, resume=resume)
    return journey.render("write-details", "letters/details.html", {"form": form, "resume": resume})


def find_faulty_page(form: DetailsForm, before: int = len(EASY_PAGES)) -> int | None:
    """Return the number of the first page before this one with an error; None if there is none."""
    pages = enumerate(EASY_PAGES[:before])
    return next((number for number, (_step, names) in pages if any(name in form.errors for name in names)), None)


def show_easy_page(journey: Journey, form: DetailsForm, number: int, *, resume: bool = False) -> HttpResponse:
    """Show one of easy read's pages; the fields of the others travel along."""
    step, names = EASY_PAGES[number]
    for name in set(form.errors) - set(names):
        del form.errors[name]
    steps = ["easy-ask", *(page for page, _names in EASY_PAGES), "write-check"]
    context = {
        "form": form,
        "question": step,
        "fields": [form[name] for name in names if not (name == "email" and form.only_by_post)],
        "hidden": [form[name] for _step, others in EASY_PAGES for name in others if name not in names],
        "number": number + 5,  # after the postcode, the reason, the words and the request
        "back": steps[number],
        "action": "write-check" if resume else steps[number + 2],
        "resume": resume,
    }
    return journey.render("write-details", "letters/easy/details.html", context)


def ask_easily(journey: Journey, number: int) -> HttpResponse:
    """Show a page if what was typed on the ones before it is complete."""
    if journey.request.method != "POST":
        return journey.go("easy-name")
    typed = read_details(journey)
    faulty = find_faulty_page(typed, before=number)
    if faulty is not None:
        return show_easy_page(journey, typed, faulty)
    return show_easy_page(journey, begin_details(journey), number)


@journey_step(needs_member=True, needs_arguments=True)
def ask_name(journey: Journey) -> HttpResponse:
    return show_easy_page(journey, begin_details(journey), 0)


@journey_step(needs_member=True, needs_arguments=True)
def ask_address(journey: Journey) -> HttpResponse:
    return ask_easily(journey, 1)


@journey_step(needs_member=True, needs_arguments=True)
def ask_channel(journey: Journey) -> HttpResponse:
    return ask_easily(journey, 2)
