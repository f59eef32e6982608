"""What every part of the sandbox's Plaid is given: settings, store, banks and a clock."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integrations.sandbox.bank import Bank
from integrations.sandbox.company.cedarline import cedarline
from integrations.sandbox.company.tidewater import tidewater
from integrations.sandbox.replay import ReplayBank
from integrations.sandbox.settings import Settings
from integrations.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class World:
    """`now` is Unix time in seconds."""

    settings: Settings
    store: Store
    banks: Mapping[str, Bank]
    now: Callable[[], float] = time.time


def build_world(settings: Settings) -> World:
    banks: list[Bank] = [cedarline(), tidewater()]
    if settings.replay_file is not None:
        banks.append(ReplayBank(settings.replay_file))
    return World(settings, Store(settings.db), {bank.id: bank for bank in banks})
