"""The page behind the link of an invitation: its owner chooses a password, and is led on to sign in.

Like every page behind a secret link it takes no CSRF token: no cookie allows anything here, and the page's own
"no-referrer" would have browsers send "Origin: null".
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from campaign.staff.access import end_session
from campaign.staff.invitations import DAYS, accept, find_invited
from campaign.staff.lockout import INVITATION, hash_in_turn, refuse_signin
from campaign.staff.login_log import note_signin
from campaign.staff.sudo import render_sign_in


@csrf_exempt
@sensitive_post_parameters("new_password1", "new_password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    user = find_invited(token)
    if user is None:
        return refuse(request)
    form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"title": _("Choose your password"), "form": form, "account": user}
        return render_sign_in(request, "staff/invitation.html", context)
    return hash_in_turn(request, lambda request: choose(request, token, form), door=INVITATION)


@sensitive_variables("token", "form")
def choose(request: HttpRequest, token: str, form: SetPasswordForm[User]) -> HttpResponse:
    user = accept(token, form.cleaned_data["new_password1"])
    if user is None:
        return refuse(request)
    note_signin(user, "accepted an invitation and chose a password")
    if request.user.is_authenticated:  # whoever was signed in here before
        end_session(request)
    text = _("Your password is set. Sign in with it now. Your user name is %s.")
    messages.success(request, text % user.get_username())
    return HttpResponseRedirect(reverse("admin:login"))


def refuse(request: HttpRequest) -> HttpResponse:
    """Answer a link that does not work, with the same words whatever is wrong with it."""
    if page := refuse_signin(request, INVITATION):
        return page
    note_signin(None, "a link of an invitation was refused", refused=True)
    context = {"title": _("This link does not work"), "days": DAYS}
    response = render_sign_in(request, "staff/no_invitation.html", context)
    response.status_code = 404
    return response
