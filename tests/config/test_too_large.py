"""A body that is too large is answered with 413, in the form that was asked for; what cannot be read stays a 400."""

from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.test import RequestFactory

from accounts.models import User
from config.too_large import MOST_PIECES, bad_request
from tests.support.people import Persona

PROFILE = "/settings/profile/"


@pytest.mark.django_db
def test_a_page_says_that_nothing_was_changed_and_what_to_do(alice: Persona, settings: Any) -> None:
    fits = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 12)
    before = User.objects.get(pk=alice.user.pk).shown_name
    assert alice.client.post(PROFILE, {"display_name": fits, "time_zone": "UTC"}).status_code == 422
    answer = alice.client.post(PROFILE, f"display_name={fits * 13}", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "Nothing was changed. Go back: what you typed is still there." in answer.content.decode()
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert User.objects.get(pk=alice.user.pk).shown_name == before


@pytest.mark.django_db
def test_too_many_fields_are_too_large_as_well(alice: Persona) -> None:
    assert alice.client.post(PROFILE, {f"field-{number}": "" for number in range(1001)}).status_code == 413


def test_a_fragment_gets_a_line_and_data_gets_data(rf: RequestFactory) -> None:
    fragment = bad_request(rf.post("/", headers={"HX-Request": "true"}), RequestDataTooBig())
    data = bad_request(rf.post("/", headers={"Accept": "application/json"}), TooManyFieldsSent())

    assert (fragment.status_code, data.status_code) == (413, 413)
    assert fragment.content.decode().strip().startswith('<p class="message')
    assert "You can try again" not in fragment.content.decode()
    assert data.content == b'{"error": "too_large"}'


def test_what_cannot_be_read_is_a_400(rf: RequestFactory) -> None:
    answer = bad_request(rf.post("/"), SuspiciousOperation())

    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()


def test_what_is_still_being_sent_is_read_up_to_a_bound(rf: RequestFactory) -> None:
    endless, broken, sender = rf.post("/"), rf.post("/"), Sender()
    for request, stream in ((endless, sender), (broken, Broken())):
        setattr(request, "_stream", stream)  # noqa: B010 - no part of Django's own interface

    assert bad_request(endless, RequestDataTooBig()).status_code == 413
    assert sender.pieces == MOST_PIECES
    assert bad_request(broken, RequestDataTooBig()).status_code == 413


class Sender:
    pieces = 0

    def read(self, size: int) -> bytes:
        self.pieces += 1
        return b"x" * size


class Broken:
    def read(self, size: int) -> bytes:
        raise OSError
