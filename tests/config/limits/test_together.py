"""All processes and threads count together, and no burst gets more than the count through. R63."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from config.counting import take
from config.demo.ports import find_free_port
from config.limits import find_limit
from tests.accounts.test_sign_up import new_address
from tests.config.limits.fragile import TOKEN, FragileRedis, Visitor, environment_of, start_site
from tests.support.environment import Workplace
from tests.support.people import make_person

THREADS = 50
FORGOTTEN, LOGIN = "/accounts/password/", "/accounts/login/"


@pytest.fixture(scope="module")
def two_sites(workplace: Workplace, django_db_setup: None) -> Iterator[tuple[str, str]]:
    """Two web servers of two processes each, on one Redis."""
    redis = FragileRedis.make(workplace.folder / "together")
    redis.start()
    ports = find_free_port(), find_free_port()
    children = [start_site(workplace, redis, port) for port in ports]
    first, second = (environment_of(workplace, redis, port)["BASE_URL"] for port in ports)
    yield first, second
    for child in children:
        child.stop()
    redis.kill()


@pytest.mark.parametrize("name", ["password", "password_address", "webhook"])
def test_fifty_at_once_get_exactly_the_count_through(name: str) -> None:
    limit = find_limit(name)
    start = Barrier(THREADS)

    def ask(_: int) -> list[bool]:
        start.wait()
        counts = [take(limit, "somebody") for _ in range(10)]
        return [count is not None and not count.is_refused for count in counts]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [one for several in pool.map(ask, range(THREADS)) for one in several]
    assert len(answers) == THREADS * 10
    assert answers.count(True) == limit.count


@pytest.mark.django_db(transaction=True)
def test_what_one_server_counted_holds_at_the_other(two_sites: tuple[str, str]) -> None:
    first, second = (Visitor(site) for site in two_sites)
    email = new_address()
    answers = [
        visitor.post(FORGOTTEN, {"email": email}) for visitor in (first, second, first, second, first, second, first)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0", "0"]


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_gets_no_more_passwords_checked_than_are_allowed(two_sites: tuple[str, str]) -> None:
    email = make_person("nora", has_factor=False).email
    visitors = [Visitor(two_sites[number % 2]) for number in range(20)]
    tokens = [TOKEN.search(visitor.get(LOGIN).text) for visitor in visitors]
    start = Barrier(len(visitors))

    def guess(number: int) -> int:
        token = tokens[number]
        assert token is not None
        start.wait()
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": f"guess number {number}"}
        return visitors[number].post_again(LOGIN, form).status_code

    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = Counter(pool.map(guess, range(len(visitors))))
    # The fifth wrong one is told at once that it was the last.
    assert answers == {200: 4, 429: 16}
