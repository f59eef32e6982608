"""From the query string of the transactions page to the filter that a report understands."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from ledger.forms import UNCATEGORISED, DayField, FilterForm, account_choices, category_groups
from ledger.reports.choices import (
    AccountChoice,
    CategoryChoice,
    list_accounts,
    list_categories,
    list_counterparties,
)
from ledger.reports.transactions import SIZES, Direction, Names, Order, Show, TransactionFilter, read_names
from ledger.views.shown.transactions import AFTER, BEFORE, NARROWING, names_of

CHANGED = "changed"
MANY = {"account", "category", "counterparty"}
DAYS = {"from", "to"}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a query asks for. `wanted` is None when it makes no sense, and the form says why; `query` is it without the
    change just made, whose id is `changed`. The page comes after the row `after` or before the row `before`. `kept` is
    what a saved view keeps of it. `names` are the words of the values in it. `size` is how many rows a page has.
    `categories` are those in use."""

    form: FilterForm
    wanted: TransactionFilter | None
    after: UUID | None
    before: UUID | None
    changed: UUID | None
    query: QueryDict
    kept: str
    names: dict[str, str]
    size: int
    categories: tuple[CategoryChoice, ...]


def read_listing(asked: QueryDict, known: Names | None = None) -> Listing:
    """Every field may be missing, and only what does not fit its field makes no sense.

    `known` are the workspace's names, where they were read already.
    """
    known = known or read_names()
    query = _as_read(asked)
    changed = read_id(query.pop(CHANGED, [""])[-1])
    accounts, categories = list_accounts(known.accounts.values()), list_categories(known.categories.values())
    form = FilterForm(query, accounts=accounts, categories=categories)
    is_valid = form.is_valid()
    return Listing(
        form=form,
        wanted=filter_of(form) if is_valid else None,
        after=read_id(query.get(AFTER, "")),
        before=read_id(query.get(BEFORE, "")),
        changed=changed,
        query=query,
        kept=kept_of(query),
        names=_names_in(query, accounts, categories),
        size=int(form.cleaned_data["rows"] or SIZES[0]) if is_valid else SIZES[0],
        categories=categories,
    )


def _names_in(
    query: QueryDict, accounts: Sequence[AccountChoice], categories: Sequence[CategoryChoice]
) -> dict[str, str]:
    """The words of what the query may have chosen; none where it chooses nothing."""
    if not any(value for name in NARROWING for value in query.getlist(name)):
        return {}
    named = [(str(one.id), one.name) for one in list_counterparties()] if query.get("counterparty") else []
    groups = [choices for _, choices in category_groups(categories)]
    words = [(UNCATEGORISED, "No category"), *((show.value, show.value.capitalize()) for show in Show)]
    directions = [(Direction.IN.value, "Money in"), (Direction.OUT.value, "Money out")]
    return names_of(account_choices(accounts), *groups, words, directions, named)


def filter_of(form: FilterForm) -> TransactionFilter:
    """The filter of a valid form."""
    said = form.cleaned_data
    return TransactionFilter(
        first=said["from"],
        last=said["to"],
        accounts=tuple(map(UUID, said["account"])),
        categories=tuple(UUID(one) for one in said["category"] if one != UNCATEGORISED),
        uncategorised=UNCATEGORISED in said["category"],
        show=Show(said["status"]) if said["status"] else Show.ALL,
        direction=Direction(said["direction"]) if said["direction"] else None,
        amount_from=said["min"],
        amount_to=said["max"],
        text=said["q"],
        counterparties=tuple(said["counterparty"] or ()),
        currencies=(said["currency"],) if said["currency"] else (),
        order=Order(said["order"]) if said["order"] else Order.NEWEST,
    )


def kept_of(query: QueryDict) -> str:
    """What narrows and sorts a list, always written alike: two lists that show the same have the same."""
    narrowing = [(name, value.strip()) for name in NARROWING for value in sorted(query.getlist(name)) if value.strip()]
    order = query.get("order", "")
    return urlencode([*narrowing, *([("order", order)] if order and order != Order.NEWEST else [])])


def _as_read(asked: QueryDict) -> QueryDict:
    """The query as the form reads it: the last value of a field that takes one, without blanks around it, and a day
    always written alike. What is drawn or kept of a query then says what the list shows.
    """
    query = asked.copy()
    for name in query.keys() - MANY:
        query[name] = "".join(query.getlist(name)[-1:]).strip()
    for name in DAYS & query.keys():
        with suppress(ValidationError):
            query[name] = str(DayField().to_python("".join(query.getlist(name))) or "")
    return query


def read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
