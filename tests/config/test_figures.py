"""The tag that writes a row of amounts escapes whatever it is given."""

from dataclasses import dataclass

from django.template import Context, Template

ROW = Template("{% load ui %}<tr>{% figures cells %}</tr>")


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""


def test_each_amount_gets_a_cell_and_a_link_where_there_is_something_to_open() -> None:
    drawn = ROW.render(Context({"cells": [Cell("1.50", "/rows/?a=1&b=2"), Cell("–")]}))

    assert drawn == '<tr><td class="num"><a href="/rows/?a=1&amp;b=2">1.50</a></td><td class="num">–</td></tr>'


def test_markup_in_a_text_or_an_address_stays_text() -> None:
    drawn = ROW.render(Context({"cells": [Cell("<b>", '"><script>'), Cell("<i>")]}))

    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<script>" not in drawn
    assert drawn.count("<td") == 2
