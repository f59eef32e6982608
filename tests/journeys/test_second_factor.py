"""Getting a second factor and signing in with it: an app, backup codes, passkeys of a virtual authenticator."""

import re
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import EmailDevice, RecoveryRequest
from accounts.permissions import Role
from config.demo import programs
from config.demo.codes import code_at
from config.demo.ports import find_free_port
from tests.journeys.steps import set_up_app, sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.environment import Workplace
from tests.support.mails import code_in_folder
from tests.support.people import PASSWORD, Persona, code_of, make_member, make_owner, make_person

pytestmark = pytest.mark.django_db(transaction=True)

FACTORS = "/settings/security/two-factor/"
STAGE = "**/accounts/login/second-factor/**"


@pytest.fixture
def named_site(workplace: Workplace, django_db_setup: None) -> Iterator[str]:
    """The product under a name: browsers make no passkeys for an address of numbers."""
    port = find_free_port()
    address = f"http://localhost:{port}"
    environment = workplace.environment() | {"BASE_URL": address, "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    child = programs.start_web(port, environment=environment, logs=workplace.folder)
    try:
        programs.wait_until_ready(child, port)
        yield address
    finally:
        child.stop()


@pytest.fixture
def keyed_page(browser: Browser, named_site: str) -> Iterator[Page]:
    """A page whose browser has a passkey device that says yes."""
    context = browser.new_context(base_url=named_site)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()
    assert not complaints, complaints


def give_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def test_somebody_without_a_factor_gets_one_and_signs_in_with_it(page: Page) -> None:
    user = make_person("nora", has_factor=False)
    give_password(page, user.email)
    page.goto(FACTORS)
    assert look_at(page, [FACTORS]) == []
    page.goto(FACTORS)
    secret = set_up_app(page)
    expect(page.get_by_text("10 of your backup codes are left")).to_be_visible()

    sign_out(page)
    give_password(page, user.email)
    page.wait_for_url(STAGE)
    assert faults_of(page) == []
    page.get_by_label("Code from your app").fill(code_at(secret, time.time() + 30))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspaces/new/")


def test_the_picture_and_the_codes_are_drawn_for_everybody(page: Page) -> None:
    user = make_person("nora", has_factor=False)
    give_password(page, user.email)
    page.goto(FACTORS)
    page.get_by_role("button", name="Set up an app").click()
    page.wait_for_url("**/apps/**")
    assert look_at(page, [page.url]) == []
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.get_by_label("Code from your app").fill(code_at(secret, time.time()))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#backup-codes li")).to_have_count(10)
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults_of(page) == []

    codes = page.locator("#backup-codes code").all_inner_texts()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()
    text = started.value.path().read_text()
    assert all(code in text for code in codes)
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")


def test_a_wrong_code_is_told_and_a_backup_code_helps(browser: Browser, site: str, alice: Persona) -> None:
    # A page of its own: a browser notes every answer of 422 as an error.
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, alice)
    page.goto(FACTORS)
    page.get_by_role("button", name="Make ten backup codes").click()
    backup = page.locator("#backup-codes code").first.inner_text()

    sign_out(page)
    give_password(page, alice.user.email)
    page.get_by_label("Code from your app").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("That code did not work")
    assert faults_of(page) == []
    page.get_by_role("link", name=re.compile("Use a backup code")).click()
    page.get_by_label("Backup code").fill(backup)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{alice.workspace.slug}/")
    context.close()


def test_a_factor_is_renamed_and_removed(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    page.goto(FACTORS)
    page.get_by_text("Rename").click()
    page.get_by_label("Name").fill("Blue phone")
    page.get_by_role("button", name="Save name").click()
    page.get_by_role("link", name="Remove Authenticator app Blue phone").click()
    expect(page.get_by_text("It is your last strong factor")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no second factor yet")).to_be_visible()


def test_a_passkey_is_added_signs_in_and_confirms(keyed_page: Page) -> None:
    page = keyed_page
    owner = make_owner("nora", "Birch Works")
    give_password(page, owner.user.email)
    page.get_by_label("Code from your app").fill(code_of(owner.user))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{owner.workspace.slug}/")
    page.goto(FACTORS)
    page.get_by_role("link", name="Add a passkey").click()
    assert faults_of(page) == []
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Remove Passkey Laptop")).to_be_visible()

    sign_out(page)
    give_password(page, owner.user.email)
    page.wait_for_url(STAGE)
    assert faults_of(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**/w/{owner.workspace.slug}/")

    page.goto("/settings/security/confirm/?next=/settings/profile/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/settings/profile/")


def test_a_device_that_holds_the_passkey_already_says_so(keyed_page: Page) -> None:
    page = keyed_page
    owner = make_owner("nora", "Birch Works")
    give_password(page, owner.user.email)
    page.get_by_label("Code from your app").fill(code_of(owner.user))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{owner.workspace.slug}/")
    page.goto(f"{FACTORS}passkeys/")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.goto(f"{FACTORS}passkeys/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert")).to_have_text("This device holds a passkey of yours already.")


@pytest.mark.usefixtures("celery_worker_process")
def test_codes_by_mail_are_set_up_and_sign_in(page: Page, workplace: Workplace) -> None:
    user = make_person("nora", has_factor=False)
    give_password(page, user.email)
    page.goto(FACTORS)
    page.get_by_role("button", name="Use codes by e-mail").click()
    assert faults_of(page) == []
    page.get_by_label("Code from the mail").fill(code_in_folder(workplace.mails, user.email))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("link", name="Remove Code by e-mail")).to_be_visible()
    # Another may be sent after a minute.
    EmailDevice.objects.filter(user=user).update(sent_at=None)

    sign_out(page)
    give_password(page, user.email)
    page.wait_for_url(STAGE)
    assert faults_of(page) == []
    page.get_by_label("Code from the mail").fill(EmailDevice.objects.get(user=user).code())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspaces/new/")


def test_who_has_lost_everything_is_let_back_in(page: Page, browser: Browser, site: str, alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    context = browser.new_context(base_url=site)
    hers = context.new_page()
    give_password(hers, carol.user.email)
    hers.get_by_role("link", name="Lost all of them?").click()
    assert look_at(hers, [hers.url]) == []
    hers.get_by_role("button", name="Ask to be let back in").click()
    expect(hers.get_by_role("heading", name="Your request is under way")).to_be_visible()
    assert faults_of(hers) == []

    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/settings/recoveries/")
    assert look_at(page, [page.url]) == []
    page.get_by_label("How did you make sure who it is?").fill("Called back on the number I have.")
    page.get_by_role("button", name="I am sure that it is them").click()
    expect(page.get_by_text("You have agreed.")).to_be_visible()
    RecoveryRequest.objects.filter(user=carol.user).update(due_at=timezone.now())

    hers.get_by_role("link", name="Back").click()
    hers.get_by_role("button", name="Start again").click()
    give_password(hers, carol.user.email)
    expect(hers.get_by_role("heading", name="Overview")).to_be_visible()
    hers.goto(FACTORS)
    expect(hers.get_by_text("You have no second factor yet")).to_be_visible()
    context.close()
