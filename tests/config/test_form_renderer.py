"""Widgets that are written in Python are what Django's own templates draw, whatever stands in them."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from config.form_renderer import WIDGETS, Renderer

NASTY = "\"><script>alert(1)</script>&amp;'"
CHOICES = [("", "Any"), ("Groups & more", [("1", NASTY), (NASTY, "Two")]), (3, SafeString("<b>three</b>"))]


class Sample(forms.Form):
    text = forms.CharField(max_length=5, widget=forms.TextInput(attrs={"data-search": True, "hidden": False}))
    number = forms.DecimalField(required=False)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    secret = forms.CharField(max_length=200, widget=forms.PasswordInput)
    mail = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": NASTY}))
    hidden = forms.CharField(widget=forms.HiddenInput)
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.MultipleHiddenInput)
    lines = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    yes = forms.BooleanField()
    one = forms.ChoiceField(choices=CHOICES)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    some = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple(attrs={"class": "boxes"}))
    none = forms.MultipleChoiceField(choices=[], widget=forms.CheckboxSelectMultiple)


DATA = MultiValueDict(
    {
        "text": [NASTY],
        "number": ["1e5"],
        "day": ["2026-11-21"],
        "secret": ["kept to itself"],
        "hidden": [NASTY],
        "several": [NASTY, "1"],
        "lines": [f"\n one\n{NASTY}\n"],
        "yes": ["on"],
        "one": ["1"],
        "radio": [NASTY],
        "some": ["1", "3"],
    }
)


@pytest.mark.parametrize("data", [None, DATA], ids=["empty", "filled in"])
@pytest.mark.parametrize("auto_id", ["id_%s", False], ids=["with ids", "without"])
@pytest.mark.parametrize("name", Sample.base_fields)
def test_a_widget_is_what_djangos_templates_draw(name: str, data: Any, auto_id: Any) -> None:
    def draw(renderer: Any) -> str:
        return str(Sample(data, auto_id=auto_id, renderer=renderer)[name])

    own = draw(Renderer())
    assert parse_html(own) == parse_html(draw(DjangoTemplates()))
    assert "<script>" not in own


def test_every_written_widget_was_compared() -> None:
    drawn = {field.widget.template_name for field in Sample.base_fields.values()}
    assert WIDGETS.keys() == drawn


def test_errors_are_drawn_where_there_are_any() -> None:
    form = Sample(DATA, renderer=Renderer())
    assert str(form["day"].errors) == ""
    assert "errorlist" in str(form["mail"].errors)


def test_what_is_typed_is_bounded_where_a_field_has_no_bound_of_its_own() -> None:
    class Bare(forms.Form):
        word = forms.CharField()
        secret = forms.CharField(widget=forms.PasswordInput)
        short = forms.CharField(max_length=5)
        number = forms.IntegerField()
        hidden = forms.CharField(widget=forms.HiddenInput)

    bare = Bare(renderer=Renderer())
    bounds = {name: re.findall(r'maxlength="(\d+)"', str(bare[name])) for name in Bare.base_fields}

    assert bounds == {"word": ["1024"], "secret": ["1024"], "short": ["5"], "number": [], "hidden": []}
