"""The steps from the postcode to the page on which the letter is checked."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from campaign.parliament.finding import find_constituencies, load_constituencies
from campaign.parliament.models import Constituency
from letters.forms.journey import ArgumentsForm, DetailsForm, PostcodeForm, SendForm
from letters.mail.addresses import address_letter
from letters.mail.messages import name_domain, write_subject
from letters.models import StepCount
from letters.rendering.pdf import count_letter_pages
from letters.views.journey_base import Desk, journey_step
from letters.views.throttling import Act, costly, refuse_if_too_often
from letters.writing.compose import MOST_PAGES
from letters.writing.draft import MOST_ARGUMENTS
from letters.writing.minhash import warm_up
from letters.writing.text import count_words, tidy_line

FINDING = "finding"  # session key: what the last postcode led to; the postcode itself is not kept


def choose_seat(desk: Desk, gss: str) -> bool:
    """Write to the member for this constituency, if there is one by that code."""
    gss = tidy_line(gss)  # PostgreSQL refuses to be asked for some characters
    if not Constituency.objects.filter(pk=gss).exists():
        return False
    desk.draft.gss = gss
    desk.request.session.pop(FINDING, None)
    desk.save()
    desk.count_step(StepCount.Step.STARTED)
    return True


@journey_step()
def find_member(desk: Desk) -> HttpResponse:
    """Step 1: from a postcode to the MP. One answer is shown; several are a question."""
    session = desk.request.session
    form = PostcodeForm(desk.request.POST if "postcode" in desk.request.POST else None)
    suggestion = ""
    if desk.request.method == "POST":
        if choose_seat(desk, desk.request.POST.get("gss", "")):
            return desk.go("write-mp")
        if form.is_valid():
            if page := refuse_if_too_often(Act.LOOK_UP, desk.request, desk.campaign):
                return page
            finding, _seats = find_constituencies(form.cleaned_data["postcode"])
            if finding.status == "found" and choose_seat(desk, finding.gss[0]):
                return desk.go("write-mp")
            if finding.gss:
                desk.draft.gss = ""
                desk.save()
                # The message names the postcode; what is kept does not.
                message = finding.message.replace(finding.postcode, _("Your postcode"))
                session[FINDING] = {"message": message, "gss": list(finding.gss)}
                return desk.go("write-mp")
            form.add_error("postcode", finding.message)
            suggestion = finding.suggestion
    found = session.get(FINDING) or {"message": "", "gss": []}
    seats = load_constituencies(found["gss"])
    context = {
        "form": form,
        "suggestion": suggestion,
        "message": found["message"],
        "seats": seats,
        "dissolved": Constituency.objects.is_dissolved(),
    }
    return desk.render("write-mp", "letters/mp.html", context)


@journey_step()
def choose_from_seats(desk: Desk) -> HttpResponse:
    """Step 1, the way that always works: all constituencies, searchable by name of seat or MP."""
    if desk.request.method == "POST" and choose_seat(desk, desk.request.POST.get("gss", "")):
        return desk.go("write-mp")
    query = tidy_line(desk.request.GET.get("q", ""))[:60]
    seats = Constituency.objects.search(query).with_members()
    return desk.render("write-mp", "letters/seats.html", {"query": query, "seats": seats})


@journey_step(needs_member=True)
def choose_arguments(desk: Desk) -> HttpResponse:
    """Step 2: one to four arguments."""
    warm_up()  # the next step compares letters
    if desk.request.method == "POST":
        form = ArgumentsForm(desk.request.POST, arguments=desk.arguments)
        if form.is_valid():
            desk.draft.choose(form.keys())
            desk.save()
            return desk.go("write-words")
        chosen = desk.request.POST.getlist("arguments")
    else:
        form = ArgumentsForm(arguments=desk.arguments)
        chosen = desk.chosen
    context = {
        "form": form,
        "cards": list(enumerate(desk.arguments.values())),
        "chosen": chosen,
        "chosen_arguments": [desk.arguments[key] for key in chosen if key in desk.arguments],
        "most": MOST_ARGUMENTS,
    }
    return desk.render("write-arguments", "letters/arguments.html", context)


@journey_step(needs_member=True, needs_arguments=True)
def give_details(desk: Desk) -> HttpResponse:
    """Step 4: who writes. A POST comes from the check page's "change" and brings what was typed back."""
    form = DetailsForm(initial=desk.request.POST.dict(), seat=desk.seat, member=desk.member)
    return show_details(desk, form)


def show_details(desk: Desk, form: DetailsForm) -> HttpResponse:
    """Show step 4 with this form."""
    return desk.render("write-details", "letters/details.html", {"form": form})


def show_check(desk: Desk, form: DetailsForm) -> HttpResponse:
    """Show step 5 for valid details (only consent may be missing). They travel on in hidden fields, kept nowhere."""
    sender = form.sender()
    text = desk.write(sender)
    pages = count_letter_pages(text)
    own_word_count = desk.own_word_count
    rehearsal = desk.campaign.mode != desk.campaign.Mode.LIVE
    context = {
        "form": form,
        "rehearsal": rehearsal,
        "domain": name_domain(desk.campaign.test_address if rehearsal else desk.member.email),
        "consent": form
        if isinstance(form, SendForm)
        else SendForm(seat=form.seat, member=desk.member, offers_news=desk.campaign.offers_news),
        "text": text,
        "pages": pages,
        "most_pages": MOST_PAGES,
        "too_long": pages > MOST_PAGES,
        "chosen": [desk.arguments[key] for key in desk.chosen],
        "sender": sender,
        "mail_from": address_letter(sender.name, desk.campaign),
        "mail_subject": write_subject(desk.campaign.subject, desk.seat.name, rehearsal=rehearsal),
        "by_email": form.cleaned_data["channel"] == "email",
        "enough": own_word_count >= desk.campaign.own_words_minimum,
        "own_word_count": own_word_count,
        "pasted": own_word_count < count_words(desk.draft.own_words),
    }
    desk.count_step(StepCount.Step.MADE)
    response = desk.render("write-check", "letters/check.html", context)
    patch_cache_control(response, no_store=True)
    return response


@costly
@journey_step(needs_member=True, needs_arguments=True)
def check_letter(desk: Desk) -> HttpResponse:
    """Step 5: the letter as it will arrive, to download or to send."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = DetailsForm(desk.request.POST, seat=desk.seat, member=desk.member)
    if not form.is_valid():
        return show_details(desk, form)
    # Its pages are counted, which takes half as long as the PDF.
    return refuse_if_too_often(Act.PRINT, desk.request, desk.campaign) or show_check(desk, form)
