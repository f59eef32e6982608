"""Saved views: kept by name, unique whatever the case, sealed, and the workspace's own."""

from uuid import uuid4

import pytest
from django.db import connection

from accounts.access import workspace_scope
from audit.log import open_detail
from audit.models import Event
from ledger.actions import (
    TooManyViews,
    ViewNameTaken,
    create_saved_view,
    delete_saved_view,
    rename_saved_view,
    saved_views,
)
from ledger.models import SavedView
from ledger.reports.saved_views import list_saved_views
from tests.ledger.people import SYNC, Feed
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def test_views_are_listed_by_name_with_their_query(feed: Feed) -> None:
    create_saved_view(actor=SYNC, name="rent", query="q=rent")
    create_saved_view(actor=SYNC, name="  Large   ones ", query="min=1000")
    assert [(one.name, one.query) for one in list_saved_views()] == [("Large ones", "min=1000"), ("rent", "q=rent")]


def test_a_name_is_taken_whatever_its_case_but_not_by_itself(feed: Feed) -> None:
    first = create_saved_view(actor=SYNC, name="Rent", query="q=rent")
    second = create_saved_view(actor=SYNC, name="Travel", query="q=flight")
    with pytest.raises(ViewNameTaken):
        create_saved_view(actor=SYNC, name=" RENT", query="q=x")
    with pytest.raises(ViewNameTaken):
        rename_saved_view(actor=SYNC, view_id=second.id, name="rent")
    assert rename_saved_view(actor=SYNC, view_id=first.id, name="RENT").name == "RENT"


def test_name_and_query_are_sealed(feed: Feed) -> None:
    view = create_saved_view(actor=SYNC, name="Rent", query="q=quayside")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, query FROM ledger_savedview WHERE id = %s", [view.id])
        stored = b"".join(bytes(one) for one in cursor.fetchone())
    assert b"Rent" not in stored
    assert b"quayside" not in stored
    assert SavedView.objects.get().query == "q=quayside"


def test_each_deed_is_recorded(feed: Feed) -> None:
    view = create_saved_view(actor=SYNC, name="Rent", query="q=rent")
    rename_saved_view(actor=SYNC, view_id=view.id, name="Rents")
    assert delete_saved_view(actor=SYNC, view_id=view.id) == "Rents"
    events = Event.objects.filter(target_id=view.id).order_by("occurred_at")
    assert [(event.action, open_detail(event)["name"]) for event in events] == [
        ("ledger.saved_view.created", "Rent"),
        ("ledger.saved_view.renamed", "Rents"),
        ("ledger.saved_view.deleted", "Rents"),
    ]


def test_there_is_an_end_to_their_number(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    create_saved_view(actor=SYNC, name="Rent", query="q=rent")
    with pytest.raises(TooManyViews):
        create_saved_view(actor=SYNC, name="Travel", query="q=flight")


def test_what_is_not_there_cannot_be_renamed_or_deleted(feed: Feed) -> None:
    with pytest.raises(SavedView.DoesNotExist):
        rename_saved_view(actor=SYNC, view_id=uuid4(), name="x")
    with pytest.raises(SavedView.DoesNotExist):
        delete_saved_view(actor=SYNC, view_id=uuid4())


@pytest.mark.django_db(transaction=True)
def test_another_company_has_views_of_its_own(alice: Persona, mallory: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        view = create_saved_view(actor=SYNC, name="Rent", query="q=rent")
    with workspace_scope(mallory.workspace.pk):
        assert list_saved_views() == ()
        create_saved_view(actor=SYNC, name="Rent", query="q=rent")
        with pytest.raises(SavedView.DoesNotExist):
            delete_saved_view(actor=SYNC, view_id=view.id)
