"""`python -m tests.load`: 200 people on the sign-in page and on a report, while Redis and then the worker are killed and
started again. Prints what they were answered; fails on an answer that should not have been, and on a lost mail.

CLIENTS and SECONDS, the length of each scene, say how much.
"""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from config.demo import programs
from config.demo.children import Child
from config.demo.ports import LOOPBACK, find_free_port
from tests.benchmarks.place import own_workplace
from tests.config.limits.fragile import FragileRedis
from tests.load.clients import Client, Crowd, Tally
from tests.support.environment import Workplace
from tests.support.waiting import wait_until

CLIENTS, SECONDS = int(os.environ.get("CLIENTS", "200")), float(os.environ.get("SECONDS", "8"))
LOGIN, FORGOTTEN = "/accounts/login/", "/accounts/password/"
WRITERS = 8
GUESSES_EVERY = 20


def main() -> None:
    with own_workplace() as workplace:
        from tests.load.company import make_people

        report, cookie, people = make_people(WRITERS * 40)
        redis = FragileRedis.make(workplace.folder / "fragile")
        redis.start()
        port = find_free_port()
        site = f"http://{LOOPBACK}:{port}"
        environment = workplace.environment() | {
            "REDIS_URL": redis.valkey.url(),
            "BASE_URL": site,
            "TRUSTED_PROXY_COUNT": "1",
        }
        web = programs.start_web(port, environment=environment, logs=workplace.folder)
        worker = start_worker(workplace, environment)
        tally, crowd = Tally(), Crowd()
        accepted: list[str] = []
        try:
            programs.wait_until_ready(web, port)
            for number in range(CLIENTS - WRITERS):
                visitor = Client(site, tally, cookie) if number % 2 else Client(site, tally)
                crowd.add(read(visitor, report) if number % 2 else sign_in(visitor))
            for number in range(WRITERS):
                crowd.add(ask_for_mails(Client(site, tally), people[number::WRITERS], accepted))
            crowd.start()
            worker = play(tally, redis, worker, lambda: start_worker(workplace, environment))
            crowd.stop()
            tally.scene = "after"
            guesses = [guess(Client(site, tally, address="198.19.0.1")) for _ in range(7)]
            sent = wait_for_mails(workplace, accepted)
        finally:
            worker.stop()
            web.stop()
            redis.kill()
    say(tally, guesses, len(accepted), sent)


def start_worker(workplace: Workplace, environment: dict[str, str]) -> Child:
    beat = workplace.folder / "beat"
    return programs.start_worker(environment=environment, logs=workplace.folder, beat=beat, processes="1")


def play(tally: Tally, redis: FragileRedis, worker: Child, start: Callable[[], Child]) -> Child:
    """The scenes, one after the other. The worker that runs at the end."""
    time.sleep(SECONDS)
    for scene, happens in (
        ("Redis killed", redis.kill),
        ("Redis is back", redis.start),
        ("worker killed", partial(os.killpg, worker.process.pid, signal.SIGKILL)),
    ):
        tally.scene = scene
        happens()
        time.sleep(SECONDS)
    worker.process.wait()
    tally.scene = "worker is back"
    started = start()
    time.sleep(SECONDS)
    return started


def read(visitor: Client, report: str) -> Iterator[Callable[[], object]]:
    return itertools.repeat(partial(visitor.get, "a report", report))


def sign_in(visitor: Client) -> Iterator[Callable[[], object]]:
    """Mostly they look at the page; now and then they try a password."""
    for number in itertools.count():
        yield partial(guess, visitor) if number % GUESSES_EVERY == 1 else partial(visitor.get, "sign-in page", LOGIN)


def guess(visitor: Client) -> int:
    form = {"login": f"{visitor.address}@example.test", "password": "not the password"}
    return visitor.post("signing in", LOGIN, form).status


def ask_for_mails(visitor: Client, people: list[str], accepted: list[str]) -> Iterator[Callable[[], object]]:
    """Each person asks once with success, however often it takes."""

    def ask(email: str) -> None:
        asking = Client(visitor.site, visitor.tally)
        if asking.post("asking for a mail", FORGOTTEN, {"email": email}).status == 302:
            accepted.append(email)
        time.sleep(0.5)

    for email in people:
        while email not in accepted:
            yield partial(ask, email)


def wait_for_mails(workplace: Workplace, accepted: list[str]) -> int:
    """How many of those who were told that a mail is on its way got one."""

    def count() -> int:
        written = "".join(file.read_text() for file in workplace.mails.glob("*.log"))
        return sum(f"To: {email}" in written for email in accepted)

    wait_until(lambda: count() == len(accepted), "every mail that was promised is sent", seconds=240)
    return count()


def say(tally: Tally, guesses: list[int], accepted: int, sent: int) -> None:
    scenes = list(dict.fromkeys(scene for scene, _, _ in tally.counts))
    for scene in scenes:
        print(f"\n{scene}")
        for (at, page, status), count in sorted(tally.counts.items()):
            if at == scene:
                print(f"  {page:<28}{status:<24}{count:>7}   longest {tally.longest[at, page]:6.2f} s")
    print(f"\nmails promised {accepted}, sent {sent}")
    print(f"seven wrong passwords afterwards: {guesses}")
    if tally.faults or sent != accepted or guesses != [200] * 4 + [429] * 3:
        sys.exit("this is not as it should be")


if __name__ == "__main__":
    main()
