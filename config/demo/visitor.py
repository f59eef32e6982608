"""A person at a browser, over HTTP: signs in and connects a bank through the pages that everybody uses."""

import time
from urllib.parse import urljoin

import requests

from config.demo.codes import STEP_SECONDS, code_at
from config.demo.failures import DemoFailed
from config.demo.pages import Form, Page, read_page

SECONDS_TO_ANSWER = 60
SECOND_FACTOR = "/accounts/login/second-factor/"


# A wrong code, or one used before, makes the next wait: one second, then two.
SECONDS_AFTER_WRONG_CODE = 2.5


class VisitFailed(DemoFailed):
    """A page did not lead where it should."""


class Visitor:
    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()
        # No proxy and no stored credentials of the surrounding environment.
        self._session.trust_env = False

    def sign_in(self, email: str, password: str, totp_secret: str | None = None) -> None:
        """Signs in, with a code where a secret is given. Raises VisitFailed."""
        form = self.open("/accounts/login/").form("/accounts/login/")
        page = self.submit(form, {"login": email, "password": password})
        if SECOND_FACTOR in page.url and totp_secret:
            page = self._give_code(page, totp_secret)
        if "/accounts/login/" in page.url:
            message = f"signing in as {email} led back to {page.url}"
            raise VisitFailed(message)

    def _give_code(self, page: Page, secret: str) -> Page:
        # The code before the present one first: it is taken too, and leaves the present one to whoever comes next.
        for steps in (-1, 0, 1):
            form = page.form(SECOND_FACTOR)
            page = self.submit(form, {"token": code_at(secret, time.time() + steps * STEP_SECONDS)})
            if SECOND_FACTOR not in page.url:
                break
            time.sleep(SECONDS_AFTER_WRONG_CODE)
        return page

    def open(self, path: str) -> Page:
        return self._read(self._session.get(urljoin(self._base_url, path), timeout=SECONDS_TO_ANSWER))

    def submit(self, form: Form, values: dict[str, str]) -> Page:
        """Sends the form with what it holds and `values` over it, and follows where it leads."""
        filled = form.filled(values)
        if form.method == "post":
            return self._read(self._session.post(form.action, data=filled, timeout=SECONDS_TO_ANSWER))
        return self._read(self._session.get(form.action, params=filled, timeout=SECONDS_TO_ANSWER))

    def _read(self, response: requests.Response) -> Page:
        is_refusal = response.status_code == requests.codes.unprocessable and SECOND_FACTOR in response.url
        if response.status_code >= requests.codes.bad_request and not is_refusal:
            message = f"{response.request.method} {response.url} answered {response.status_code}"
            raise VisitFailed(message)
        return read_page(response.url, response.status_code, response.text)
