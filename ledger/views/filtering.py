"""From the query string of the transactions page to the filter that a report understands."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from ledger.forms import UNCATEGORISED, FilterForm, account_choices, category_groups
from ledger.reports.choices import list_accounts, list_categories, list_counterparties
from ledger.reports.transactions import Direction, Order, Show, TransactionFilter
from ledger.views.shown.transactions import CURSOR, names_of

CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a query asks for. `wanted` is None when it makes no sense, and the form says why; `query` is it without the
    change just made, whose id is `changed`. `names` are the words of the values in it."""

    form: FilterForm
    wanted: TransactionFilter | None
    cursor: UUID | None
    changed: UUID | None
    query: QueryDict
    names: dict[str, str]


def read_listing(asked: QueryDict) -> Listing:
    """Every field may be missing, and only what does not fit its field makes no sense."""
    query = asked.copy()
    changed = read_id(query.pop(CHANGED, [""])[-1])
    accounts, categories = list_accounts(), list_categories()
    form = FilterForm(query, accounts=accounts, categories=categories)
    named = [(str(one.id), one.name) for one in list_counterparties()] if query.get("counterparty") else []
    groups = [choices for _, choices in category_groups(categories)]
    words = [(UNCATEGORISED, "No category"), *((show.value, show.value.capitalize()) for show in Show)]
    directions = [(Direction.IN.value, "Money in"), (Direction.OUT.value, "Money out")]
    return Listing(
        form=form,
        wanted=filter_of(form) if form.is_valid() else None,
        cursor=read_id(query.get(CURSOR, "")),
        changed=changed,
        query=query,
        names=names_of(account_choices(accounts), *groups, words, directions, named),
    )


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


def read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
