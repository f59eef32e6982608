"""What can happen in a story, as data: small whole numbers choose among what is there when the step's turn comes."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

FIRST_DAY = dt.date(2026, 8, 20)
HINTS = (
    "TRAVEL_FLIGHTS",
    "INCOME_OTHER_INCOME",
    "RENT_AND_UTILITIES_RENT",
    "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT",
    "OTHER_OTHER",
)
CATEGORIES = ("rent", "training", "own_transfer", None)
TROUBLES = ("rate_limited", "server_error", "html", "truncated", "cut", "mutation")


@dataclass(frozen=True, slots=True)
class NewRow:
    account: int
    minor: int
    day: dt.date
    hint: str
    pending: bool


@dataclass(frozen=True, slots=True)
class Added:
    bank: int
    rows: list[NewRow]


@dataclass(frozen=True, slots=True)
class Changed:
    bank: int
    which: int
    minor: int
    day: dt.date
    hint: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    bank: int
    which: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A pending row is posted, maybe with another amount; `apart`: its removal is told with the bank's next news."""

    bank: int
    which: int
    minor: int
    removed_first: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A person presses "Sync now"."""

    bank: int


@dataclass(frozen=True, slots=True)
class Told:
    """The bank's webhooks that wait are sent, in an order of this number, each so many times; 0 loses them."""

    order: int
    times: int


@dataclass(frozen=True, slots=True)
class Troubled:
    """One of the bank's next answers goes wrong."""

    kind: str
    after: int


@dataclass(frozen=True, slots=True)
class Worked:
    """A worker goes on for some transactions; one that has nothing takes a task."""

    hand: int
    transactions: int


@dataclass(frozen=True, slots=True)
class Killed:
    """A worker goes on and dies at that statement."""

    hand: int
    statements: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The queue is lost."""


@dataclass(frozen=True, slots=True)
class Swept:
    """Every lease runs out, also of workers that only stand still, and the clock comes by."""


@dataclass(frozen=True, slots=True)
class Categorised:
    which: list[int]
    origin: str | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    which: int


@dataclass(frozen=True, slots=True)
class Noted:
    which: int
    note: str


Step = (
    Added
    | Changed
    | Withdrawn
    | Settled
    | Asked
    | Told
    | Troubled
    | Worked
    | Killed
    | Lost
    | Swept
    | Categorised
    | TakenBack
    | Noted
)

_banks, _hands, _which = st.integers(0, 1), st.integers(0, 1), st.integers(0, 9)
_days = st.integers(0, 90).map(lambda days: FIRST_DAY + dt.timedelta(days=days))
_hints, _minor = st.sampled_from(HINTS), st.integers(-99_999, 99_999)
_rows = st.builds(NewRow, st.integers(0, 2), _minor, _days, _hints, st.booleans())

STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Added, _banks, st.lists(_rows, min_size=1, max_size=7)),
    st.builds(Changed, _banks, _which, _minor, _days, _hints),
    st.builds(Withdrawn, _banks, _which),
    st.builds(Settled, _banks, _which, _minor, st.booleans(), st.booleans()),
    st.builds(Asked, _banks),
    st.builds(Told, st.integers(0, 99), st.integers(0, 2)),
    st.builds(Troubled, st.sampled_from(TROUBLES), st.integers(0, 4)),
    st.builds(Worked, _hands, st.integers(1, 9)),
    st.builds(Worked, _hands, st.integers(10, 40)),
    st.builds(Killed, _hands, st.integers(0, 60)),
    st.just(Lost()),
    st.just(Swept()),
    st.builds(Categorised, st.lists(_which, min_size=1, max_size=4), st.sampled_from(CATEGORIES)),
    st.builds(TakenBack, _which),
    st.builds(Noted, _which, st.sampled_from(["", "Ask Bob", "Zürich"])),
)
# Both banks have rows and have been synced, as far as nothing else comes between; and then whatever happens.
_beginning = st.tuples(
    *(st.builds(Added, st.just(bank), st.lists(_rows, min_size=2, max_size=7)) for bank in (0, 1)),
    *(st.builds(Worked, st.just(hand), st.integers(10, 80)) for hand in (0, 1)),
)
STORIES = st.tuples(_beginning, st.lists(STEPS, min_size=10, max_size=40)).map(lambda parts: [*parts[0], *parts[1]])
