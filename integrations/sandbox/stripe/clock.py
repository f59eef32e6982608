"""Every customer's own time: the sandbox's, moved ahead by somebody, or frozen by a test clock of Stripe's."""

from integrations.sandbox.stripe.shelf import clock_of
from integrations.sandbox.stripe.world import StripeWorld


def moment(world: StripeWorld, customer: str | None) -> int:
    """Unix time in whole seconds, as this customer has it."""
    return int(clock_time(world, clock_of(world, customer)))


def clock_time(world: StripeWorld, clock: str | None) -> float:
    row = world.store.one("SELECT * FROM stripe_clock WHERE id = ?", clock)
    if row is None:
        return world.now()
    frozen: float | None = row["frozen"]
    return world.now() + float(row["ahead"]) if frozen is None else frozen


def set_clock(world: StripeWorld, clock: str, to: float, *, is_frozen: bool = False) -> None:
    """Moves a clock to that time."""
    world.store.run(
        "INSERT INTO stripe_clock (id, ahead, frozen) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET ahead = excluded.ahead, frozen = excluded.frozen",
        *(clock, to - world.now(), to if is_frozen else None),
    )


def move_ahead(world: StripeWorld, clock: str | None, to: float) -> None:
    """Moves a clock that may be frozen, and stays what it is."""
    row = world.store.one("SELECT frozen FROM stripe_clock WHERE id = ?", clock)
    set_clock(world, clock or "", to, is_frozen=row is not None and row["frozen"] is not None)
