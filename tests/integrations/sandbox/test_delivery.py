import json
from datetime import timedelta

from integrations.sandbox.plaid.delivery import Delivery
from tests.integrations.support import Mirror, Receiver, Sandbox, receiving, reply_of, wait_for


def codes(receiver: Receiver) -> list[str]:
    return [json.loads(body)["webhook_code"] for _, body in receiver.received]


def test_a_thread_tells_of_the_session_and_of_the_data_as_it_comes(slow_bank: Sandbox) -> None:
    with receiving() as receiver, slow_bank.delivering():
        token = slow_bank.link(webhook=receiver.url)
        slow_bank.client.sync_transactions(token, None)
        wait_for(lambda: codes(receiver) == ["SESSION_FINISHED"])
        slow_bank.clock.ahead = 101
        wait_for(lambda: codes(receiver)[1:] == ["INITIAL_UPDATE", "SYNC_UPDATES_AVAILABLE"])
        slow_bank.clock.ahead = 201
        wait_for(lambda: codes(receiver)[3:] == ["HISTORICAL_UPDATE", "SYNC_UPDATES_AVAILABLE"])
    last = json.loads(receiver.received[-1][1])
    assert (last["initial_update_complete"], last["historical_update_complete"]) == (True, True)


def test_without_a_sync_there_is_no_word_of_updates(bank: Sandbox) -> None:
    with receiving() as receiver:
        bank.link(webhook=receiver.url)
        bank.deliver()
        assert codes(receiver) == ["SESSION_FINISHED", "INITIAL_UPDATE", "HISTORICAL_UPDATE"]


def test_a_new_day_is_announced(bank: Sandbox) -> None:
    with receiving() as receiver:
        token = bank.link(webhook=receiver.url)
        mirror = Mirror().follow(bank, token)
        bank.deliver()
        receiver.received.clear()
        bank.day += timedelta(days=4)
        bank.deliver()
        assert codes(receiver) == ["SYNC_UPDATES_AVAILABLE"]
        assert bank.client.sync_transactions(token, mirror.cursor).added


def test_what_was_not_taken_is_sent_again_later_and_later(bank: Sandbox) -> None:
    object.__setattr__(bank.world.settings, "retry_seconds", 30.0)
    with receiving() as receiver:
        receiver.statuses = [500, 404]
        bank.choose(bank.start_link(webhook=receiver.url), "", decision="leave")
        for ahead, sent in ((0, 1), (29, 1), (31, 2), (31 + 115, 2), (31 + 121, 3), (5000, 3)):
            bank.clock.ahead = ahead
            bank.deliver()
            assert len(receiver.received) == sent
    bodies = {body for _, body in receiver.received}
    assert len(bodies) == 1


def test_a_receiver_that_asks_to_wait_is_heard(bank: Sandbox) -> None:
    with receiving() as receiver:
        receiver.statuses, receiver.retry_after = [429], "600"
        bank.choose(bank.start_link(webhook=receiver.url), "", decision="leave")
        for ahead, sent in ((0, 1), (590, 1), (602, 2)):
            bank.clock.ahead = ahead
            bank.deliver()
            assert len(receiver.received) == sent


def test_after_a_day_it_gives_up(bank: Sandbox) -> None:
    bank.choose(bank.start_link(webhook="http://127.0.0.1:1/"), "", decision="leave")
    for days in (0.5, 1.5):
        bank.clock.ahead = days * 86_400
        bank.deliver()
    assert reply_of(bank.world, "SELECT state FROM delivery") == "given_up"


def test_a_webhook_is_sent_by_one_thread_alone(bank: Sandbox) -> None:
    with receiving() as receiver:
        bank.choose(bank.start_link(webhook=receiver.url), "", decision="leave")
        several = [Delivery(bank.world) for _ in range(3)]
        for one in several:
            one.start()
        wait_for(lambda: bool(receiver.received))
        for one in several:
            one.stop()
    assert len(receiver.received) == 1
