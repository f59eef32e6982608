"""Browsers report what the policy stopped: it is counted, shown to operators, and believed in nothing else."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from tests.support.client import ScopeCheckingClient
from trust.violations.actions import note_violations
from trust.violations.models import MOST_KINDS, Violation
from trust.violations.reading import UNKNOWN, Kind, read_reports

pytestmark = pytest.mark.django_db

OLDER = "application/csp-report"
NEWER = "application/reports+json"


def older(**more: str) -> dict[str, Any]:
    told = {"document-uri": "http://testserver/accounts/login/?next=/secret/", "effective-directive": "script-src-elem"}
    return {"csp-report": told | {"blocked-uri": "https://evil.example/x.js?stolen=1"} | more}


def newer(**more: str) -> list[dict[str, Any]]:
    body = {"documentURL": "http://testserver/", "effectiveDirective": "style-src-attr", "blockedURL": "inline"}
    return [
        {"type": "csp-violation", "url": "http://testserver/", "body": body | more},
        {"type": "deprecation", "body": {}},
    ]


def send(client: ScopeCheckingClient, report: object, kind: str = OLDER) -> int:
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    return client.post("/csp-reports/", body, content_type=kind).status_code


# R72
@pytest.mark.parametrize(
    ("report", "kind", "kept"),
    [
        (older(), OLDER, ("account_login", "script-src-elem", "evil.example")),
        (older(**{"blocked-uri": "eval"}), OLDER, ("account_login", "script-src-elem", "eval")),
        (older(**{"blocked-uri": "data:text/html,<b>"}), OLDER, ("account_login", "script-src-elem", "data:")),
        (newer(), NEWER, ("accounts:home", "style-src-attr", "inline")),
        (newer(documentURL="http://testserver/nowhere/<b>"), NEWER, ("elsewhere", "style-src-attr", "inline")),
    ],
)
def test_a_report_is_kept_as_route_directive_and_host(
    client: ScopeCheckingClient, report: object, kind: str, kept: tuple[str, str, str]
) -> None:
    before = count_of(*kept)
    assert send(client, report, kind) == 204
    assert send(client, report, kind) == 204

    assert count_of(*kept) == before + 2


def count_of(route: str, directive: str, blocked: str) -> int:
    found = Violation.objects.filter(route=route, directive=directive, blocked=blocked).first()
    return found.count if found else 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[1]", b'"csp"', b"\xff\xfe", b"null", b'{"csp-report": {"document-uri": 3}}',
        json.dumps(older(**{"effective-directive": "<script>"})).encode(), b"[" * 5000,
        json.dumps(older(**{"effective-directive": "call-this-number"})).encode(),
        b'{"csp-report":{"x":' + b"[" * 60_000, b'[{"type":"csp-violation","body":{"x":' + b"[" * 60_000,
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_and_nothing_grows(client: ScopeCheckingClient, body: bytes) -> None:
    before = list(Violation.objects.values_list("count", flat=True))

    assert send(client, body) == 400
    assert list(Violation.objects.values_list("count", flat=True)) == before


def test_a_report_that_is_too_long_is_refused(client: ScopeCheckingClient) -> None:
    assert send(client, older(**{"blocked-uri": "a" * 70_000})) == 413


# Whoever fills the table with hosts of their own hides nothing: route and directive are counted on.
def test_there_are_never_more_hosts_than_a_table_bears() -> None:
    now, route = timezone.now(), f"r-{uuid4()}"
    missing = MOST_KINDS - Violation.objects.count()
    Violation.objects.bulk_create(
        Violation(route=route, directive="d", blocked=str(number), first_at=now, last_at=now)
        for number in range(missing)
    )
    note_violations([Kind(route, "d", "one more"), Kind(route, "d", "0"), Kind(route, "d", "and another")])

    assert count_of(route, "d", "one more") == count_of(route, "d", "and another") == 0
    assert count_of(route, "d", UNKNOWN) == 2
    assert count_of(route, "d", "0") == (2 if missing else 0)


def test_a_kind_that_a_body_tells_often_is_counted_at_once(django_assert_num_queries: Any) -> None:
    kind = Kind(f"r-{uuid4()}", "d", "inline")
    note_violations([kind])

    with django_assert_num_queries(1):
        note_violations([kind] * 20)

    assert count_of(kind.route, "d", "inline") == 21


# Two bodies that tell of the same kinds in another order would else wait for each other, and one of them fail.
@pytest.mark.django_db(transaction=True)
def test_no_kind_is_held_while_the_next_is_counted() -> None:
    route = f"r-{uuid4()}"
    kinds = [Kind(route, "d", "one"), Kind(route, "d", "two")]
    note_violations(kinds)
    held: list[bool] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE"):
            held.append(connection.in_atomic_block)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        note_violations(kinds)

    assert held == [False, False]


def test_an_ending_directive_of_the_older_kind_is_understood() -> None:
    told = older()
    told["csp-report"].pop("effective-directive")
    told["csp-report"]["violated-directive"] = "img-src 'self'"

    assert read_reports(json.dumps(told).encode()) == [Kind("account_login", "img-src", "evil.example")]
