"""Reading pages as far as visiting them needs."""

import pytest

from config.demo.pages import FormMissing, read_page

HTML = """
<html><head><title>Silent</title><style>p { }</style></head><body>
<p>Choose your <b>bank</b></p>
<form action="accounts/" method="POST">
  <input type="hidden" name="token" value="t&amp;1">
  <label><input type="radio" name="bank" value="1" checked> First Harbor <small>two accounts</small></label>
  <label><input type="radio" name="bank" value="2"> Long History</label>
  <label><input type="checkbox" name="account" value="a" checked> Checking</label>
  <label><input type="checkbox" name="account" value="b" checked> Savings</label>
  <select name="kind"><option value="x">Kind X</option><option value="y">Kind Y</option></select>
  <button name="decision" value="allow">Allow access</button>
</form>
<form action="/other/"><button>Go</button></form>
<script>silent()</script></body></html>
"""
PAGE = read_page("http://bank.test/link/", 200, HTML)


def test_text_is_what_a_person_would_read() -> None:
    assert PAGE.text.startswith("Choose your bank First Harbor two accounts Long History")
    assert "ilent" not in PAGE.text


def test_a_form_sends_what_it_holds_and_what_is_filled_in() -> None:
    form = PAGE.form("accounts")

    assert (form.method, form.action) == ("post", "http://bank.test/link/accounts/")
    assert form.filled(form.option("Long History") | form.option("Allow")) == [
        ("token", "t&1"),
        ("account", "a"),
        ("account", "b"),
        ("bank", "2"),
        ("decision", "allow"),
    ]
    assert form.option("Kind Y") == {"kind": "y"}


def test_a_button_without_a_name_adds_nothing() -> None:
    form = PAGE.form("/other/")

    assert form.method == "get"
    assert form.filled(form.option("Go")) == []


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(FormMissing, match="no form for /third/"):
        PAGE.form("/third/")
    with pytest.raises(FormMissing, match="labelled Third"):
        PAGE.form("accounts").option("Third")
