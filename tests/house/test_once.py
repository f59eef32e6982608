"""What reaches outside or sends mail is done once: its route says so, and so does every form that leads there."""

from dataclasses import fields
from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import Resolver404, resolve, reverse

from accounts.models import Mail
from tests.house.test_matrix import INSIDE, ROUTES, company, send, working_request
from tests.house.working import Company
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_person
from tests.support.routes import Route, list_routes

__all__ = ["company"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sandbox")]

# What reaches a bank, Zoho, Stripe or other people. Coming back from Zoho is good once by its own state.
ONCE = {
    "connections/link/",
    "connections/<uuid:connection_id>/link/",
    "connections/<uuid:connection_id>/disconnection/",
    "connections/<uuid:connection_id>/syncs/",
    "connections/zoho/",
    "connections/zoho/<uuid:visit_id>/organisation/",
    "connections/<uuid:connection_id>/zoho/",
    "settings/invitations/",
    "settings/invitations/<uuid:invitation_id>/mail/",
    "settings/ownership/",
    "settings/ownership/cancellation/",
    "settings/ownership/refusal/",
    "settings/recoveries/<uuid:step_id>/confirmation/",
    "settings/recoveries/<uuid:step_id>/refusal/",
    "settings/operator-access/grants/",
    "settings/access-reviews/opening/",
    "settings/security/",
    "settings/billing/changes/",
    "settings/billing/cancellation/",
    "settings/billing/resumption/",
    "settings/billing/checkouts/",
    "settings/billing/portal/",
    "settings/audit-log/exports/",
    "settings/audit-log/verifications/",
    "settings/alerts/webhook/tests/",
}
ONCE_OUTSIDE = {
    "settings/address/",
    "settings/deletion/request/",
    "settings/security/two-factor/e-mail/",
    "accounts/code/",
    "accounts/login/second-factor/mail/",
    "accounts/login/second-factor/recovery/",
    "operators/connection/",
    "operators/news/",
    "operators/person/",
    "operators/recoverydecision/",
}

# What takes POST and looks at no key, and why that is right. None of it reaches a bank, Zoho or Stripe.
SETS = "Sets rows of ours to what the form says: set twice, they are as if set once."
GONE = "What it ends, answers or takes back is over the second time, and nothing more is done or sent."
SHOWS_ONCE = "The answer shows a secret and is never kept; the one made last counts."
MARKS = "Changes rows of ours, as one change that can be taken back; the same again changes nothing more."
CODE = "A code or password is asked for that counts once, and no key is kept of a form with one in it."
ASKS = "Hands out a question for the browser to sign, and nothing else."
UNKNOWN = (
    "Nobody is known yet by whom a key could be kept, and what is sent belongs to the browser that gets the answer; "
    "limits bound how much."
)
SHOWS = "Shows something, however it is asked."
NEEDS_NO_KEY = {
    INSIDE + "settings/workspace/": SETS,
    INSIDE + "start/set-up/": SETS,
    INSIDE + "settings/leaving/": "Who has left is a stranger the second time.",
    INSIDE + "settings/invitations/<uuid:invitation_id>/cancellation/": GONE,
    INSIDE + "settings/operator-access/grants/<uuid:grant_id>/ending/": GONE,
    INSIDE + "settings/access-reviews/<uuid:review_id>/completion/": GONE,
    INSIDE + "settings/alerts/<uuid:alert_id>/acknowledgement/": GONE,
    INSIDE + "settings/alerts/webhook/removal/": GONE,
    INSIDE + "settings/alerts/webhook/": SHOWS_ONCE,
    INSIDE + "settings/alerts/webhook/secrets/": SHOWS_ONCE,
    INSIDE + "transactions/categorisations/": MARKS,
    INSIDE + "transactions/categorisations/<uuid:change_id>/reversal/": GONE,
    INSIDE + "transactions/annotations/": MARKS,
    INSIDE + "transactions/annotations/<uuid:change_id>/reversal/": GONE,
    INSIDE + "transactions/<uuid:transaction_id>/note/": MARKS,
    INSIDE + "transactions/views/": "A view of this name is there the second time, and that is said.",
    INSIDE + "transactions/views/<uuid:view_id>/name/": SETS,
    INSIDE + "transactions/views/<uuid:view_id>/deletion/": GONE,
    "settings/profile/": SETS,
    "settings/deletion/cancellation/": GONE,
    "settings/address/cancellation/": GONE,
    "settings/address/codes/": CODE,
    "settings/security/password/": CODE,
    "settings/security/confirm/": CODE,
    "settings/security/confirm/challenge/": ASKS,
    "settings/security/sessions/<uuid:session_id>/ending/": GONE,
    "settings/security/sessions/others/ending/": GONE,
    "settings/security/two-factor/apps/": "Begins anew what was begun: there is one unconfirmed app at most.",
    "settings/security/two-factor/apps/<uuid:device_id>/": CODE,
    "settings/security/two-factor/e-mail/<uuid:device_id>/": CODE,
    "settings/security/two-factor/passkeys/": CODE,
    "settings/security/two-factor/passkeys/challenge/": ASKS,
    "settings/security/two-factor/backup-codes/": SHOWS_ONCE,
    "settings/security/two-factor/<uuid:factor_id>/name/": SETS,
    "invitation/acceptance/": GONE,
    "invitation/refusal/": GONE,
    "accounts/login/": CODE,
    "accounts/login/second-factor/": CODE,
    "accounts/login/second-factor/challenge/": ASKS,
    "accounts/logout/": GONE,
    "accounts/signup/": UNKNOWN,
    "accounts/password/": UNKNOWN,
    "accounts/password/code/": CODE,
    "accounts/password/new/": GONE,
    "": SHOWS,
    "healthz": SHOWS,
    "readyz": SHOWS,
}
POSTS = [route for route in ROUTES if working_request(route, Company(*[""] * len(fields(Company)))).data is not None]


def is_once(view: Any) -> bool:
    return bool(getattr(view, "is_once", False))


class Forms(HTMLParser):
    """The forms of a page that change something: where each leads, and the names of its fields."""

    def __init__(self, here: str, page: str) -> None:
        super().__init__()
        self.here = here
        self.found: list[tuple[str, set[str]]] = []
        self._is_open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_open = given.get("method") == "post"
            if self._is_open:
                self.found.append((given.get("action") or self.here, set()))
        elif self._is_open and given.get("name"):
            self.found[-1][1].add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag != "form"


def without_key(here: str, page: str) -> list[str]:
    """Where the forms lead that have no key and need one."""
    missing = []
    for action, names in Forms(here, page).found:
        try:
            view = resolve(action.partition("?")[0]).func
        except Resolver404:
            continue
        if is_once(view) and "once" not in names:
            missing.append(action)
    return missing


def test_what_takes_post_is_done_once_or_says_why_it_needs_no_key(alice: Persona, client: ScopeCheckingClient) -> None:
    taking = list(POSTS)
    for route in list_routes():
        kind = route.access.kind if route.access else ""
        asking = {"signed_in": alice.client, "public": client}.get(kind)
        if asking is not None and asking.post(route.address()).status_code != 405:
            taking.append(route)
        # Programs prove themselves and send their own ids; what operators take is taken by all of their pages.
        if kind == "operator":
            taking.append(route)

    assert {route.path for route in taking if not is_once(route.view)} == set(NEEDS_NO_KEY)


def test_what_is_known_to_reach_outside_is_done_once() -> None:
    known = {route.path: route.view for route in list_routes()}
    wanted = {INSIDE + path for path in ONCE} | ONCE_OUTSIDE

    assert {path for path in wanted if not is_once(known[path])} == set()


def test_a_route_that_is_not_would_be_found() -> None:
    assert not is_once(next(route.view for route in ROUTES if route.path.endswith("transactions/views/")))


@pytest.mark.parametrize("route", POSTS, ids=str)
def test_a_route_whose_deed_sends_mail_is_done_once(route: Route, alice: Persona, company: Company) -> None:
    before = count_mails(alice)
    answer = send(alice, alice.workspace.slug, route, working_request(route, company))

    assert answer.status_code in {200, 302}
    assert is_once(route.view) or count_mails(alice) == before


def test_mail_that_is_sent_would_be_noticed(alice: Persona, company: Company) -> None:
    (route,) = (route for route in POSTS if route.path == f"{INSIDE}settings/invitations/")
    before = count_mails(alice)
    send(alice, alice.workspace.slug, route, working_request(route, company))

    assert count_mails(alice) > before


def count_mails(persona: Persona) -> int:
    from accounts.access import workspace_scope
    from vault.tenancy import SITE_ID

    count = 0
    for place in (persona.workspace.pk, SITE_ID):
        with workspace_scope(place):
            count += Mail.objects.count()
    return count


def test_every_form_that_leads_there_has_a_key(alice: Persona, company: Company) -> None:
    missing = []
    seen = 0
    for route in list_routes():
        if route.access is None or route.access.kind not in {"requires", "signed_in"}:
            continue
        request = working_request(route, company)
        if request.data is not None and not request.also_shows:
            continue
        here = route.address(slug=alice.workspace.slug, **request.parts)
        page = alice.client.get(here)
        if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            shown = page.content.decode()
            seen += shown.count('name="once"')
            missing += without_key(here, shown)

    assert seen > 10
    assert missing == []


def test_the_forms_half_way_through_the_door_have_one() -> None:
    user, browser = make_person("nina"), ScopeCheckingClient()
    browser.post("/accounts/login/", {"login": user.email, "password": "a long enough passphrase"})
    here = "/accounts/login/second-factor/recovery/"

    assert without_key(here, browser.get(here).content.decode()) == []
    assert browser.get(here).status_code == 200


def test_a_form_without_one_would_be_found() -> None:
    bare = '<form method="post" action="/settings/deletion/request/"><input name="csrfmiddlewaretoken"></form>'

    assert without_key("/", bare) == ["/settings/deletion/request/"]
    assert without_key("/", bare.replace("></form>", '><input name="once"></form>')) == []


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_login"])
def test_who_is_nobody_yet_cannot_press_twice(name: str, client: ScopeCheckingClient) -> None:
    page = client.get(reverse(name)).content.decode()
    form = page[page.index("<main") : page.index("</main>")]
    assert form.count('type="submit"') == form.count("data-busy=") >= 1
