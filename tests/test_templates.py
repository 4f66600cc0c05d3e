"""The templates that every page shares."""

from __future__ import annotations

import re

from django import forms
from django.template import Context, Template


class Form(forms.Form):
    street = forms.CharField(label="Street address", help_text="As on your post.")
    flat = forms.CharField(label="Flat", required=False)
    ask = forms.ChoiceField(
        label="Your ask", help_text="One.", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")]
    )
    agree = forms.BooleanField(label="I agree", help_text="You can withdraw.")


def render(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


def test_label_help_and_error_stand_before_the_field() -> None:
    html = render(Form({}))
    parts = ['for="id_street"', 'id="id_street_helptext"', 'id="id_street_error"', 'name="street"']
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_errors_of_a_group_and_of_a_checkbox_stand_before_them_too() -> None:
    html = render(Form({}))
    assert html.index('id="id_ask_error"') < html.index('name="ask"')
    assert html.index('id="id_agree_error"') < html.index('name="agree"')


def test_whatever_describes_a_field_is_on_the_page_once() -> None:
    for form in (Form(), Form({})):
        html = render(form)
        ids = re.findall(r'\bid="([^"]+)"', html)
        described = [name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()]
        assert len(ids) == len(set(ids))
        assert described
        assert set(described) <= set(ids)


def test_the_summary_links_each_error_to_its_field() -> None:
    html = render(Form({}))
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert links == ["id_street", "id_ask_0", "id_agree"]
    assert set(links) <= set(re.findall(r'\bid="([^"]+)"', html))
    assert 'role="alert" tabindex="-1" autofocus' in html


def test_a_form_without_errors_has_no_summary() -> None:
    html = render(Form())
    assert "error-summary" not in html
