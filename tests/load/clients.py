"""People at the real web server, each at an address of their own as a proxy would name it, and what they were answered."""

import http.client
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS_TO_WAIT = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where none came; `retry_after` what the answer says, "" where it says nothing."""

    status: int
    body: str = ""
    cookies: str = ""
    retry_after: str = ""


@dataclass
class Tally:
    """Answers by the scene in which they came, page and status, and the longest that each page took, in seconds."""

    scene: str = "before"
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    longest: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, page: str, answer: Answer, taken: float) -> None:
        scene, status = self.scene, f"{answer.status or 'none'}"
        if answer.status == http.client.SERVICE_UNAVAILABLE and answer.retry_after:
            status += " with Retry-After"
        with self._lock:
            self.counts[scene, page, status] += 1
            self.longest[scene, page] = max(taken, self.longest.get((scene, page), 0.0))

    @property
    def faults(self) -> int:
        """Answers that should not have been: none at all, or a 5xx that is no 503 with Retry-After."""
        return sum(
            count
            for (_, _, status), count in self.counts.items()
            if status == "none" or (status.startswith("5") and status != "503 with Retry-After")
        )


_numbers = itertools.count()


@dataclass
class Client:
    """One person. `address` is what the proxy says."""

    site: str
    tally: Tally
    cookie: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        number = next(_numbers)
        self.address = self.address or f"198.18.{number // 250}.{number % 250 + 1}"

    def get(self, page: str, path: str) -> Answer:
        return self._ask(page, "GET", path)

    def post(self, page: str, path: str, form: dict[str, str]) -> Answer:
        """Opens the form and sends it."""
        shown = self._ask(f"{page}, its form", "GET", path)
        found = TOKEN.search(shown.body)
        if found is None:
            return shown
        self.cookie = shown.cookies or self.cookie
        return self._ask(page, "POST", path, urlencode({"csrfmiddlewaretoken": found[1], **form}))

    def _ask(self, page: str, method: str, path: str, body: str = "") -> Answer:
        started = time.monotonic()
        answer = self._fetch(method, path, body)
        self.tally.note(page, answer, time.monotonic() - started)
        return answer

    def _fetch(self, method: str, path: str, body: str) -> Answer:
        headers = {"X-Forwarded-For": self.address, "Cookie": self.cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=SECONDS_TO_WAIT)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        cookies = "; ".join(one.partition(";")[0] for one in response.headers.get_all("Set-Cookie") or ())
        return Answer(response.status, text, cookies, response.headers.get("Retry-After", ""))


class Crowd:
    """Threads that each do the same again and again until they are told to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def add(self, deeds: Iterator[Callable[[], object]]) -> None:
        def work() -> None:
            for deed in deeds:
                if self._stop.is_set():
                    return
                deed()

        self._threads.append(threading.Thread(target=work))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
