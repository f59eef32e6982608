from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from ledger.kinds import AccountKind
from ledger.views.shown.months import last_day, name_day, name_month, shift_month
from tests.ledger.people import Feed, feed_account
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def open_cash(persona: Persona, query: str = "") -> Page:
    answer = persona.client.get(f"/w/{persona.workspace.slug}/reports/cash/?{query}")
    assert answer.status_code == 200
    return Page(answer)


@pytest.fixture
def company(bank: Feed) -> Feed:
    with bank.scope():
        bank.save(
            feed_account(current=500_000),
            feed_account("savings", current=250_000),
            feed_account("card", kind=AccountKind.CREDIT, current=12_345),
            feed_account("euros", currency="EUR", current=80_000),
        )
        bank.apply(
            bank.row(shift_month(TODAY, -14), 100_000),
            bank.row(YESTERDAY, -40_000),
            bank.row(TODAY, -7_700, pending=True),
            bank.row(shift_month(TODAY, -13), 2_000, account="euros", currency="EUR"),
        )
    return bank


def test_without_a_bank_the_owner_is_led_to_connect_one(alice: Persona) -> None:
    page = open_cash(alice)

    assert page.link("Connect a bank") == f"/w/{alice.workspace.slug}/connections/"


def test_without_a_bank_an_auditor_is_told_who_can_connect_one(bob: Persona) -> None:
    assert "An Owner or Admin of this workspace can connect one." in open_cash(bob).words


def test_accounts_stand_by_currency_with_their_sums_and_debts_apart(alice: Persona, company: Feed) -> None:
    page = open_cash(alice)

    assert "Cash 7,500.00 USD" in page.words
    assert "Owed 123.45 USD" in page.words
    assert "Cash 800.00 EUR" in page.words
    assert page.row("Cash") == ["Cash"]
    assert ["Cash", "7,500.00", "−77.00"] in page.rows
    assert any(row[0].startswith("The checking account") and row[1:] == ["5,000.00", "−77.00"] for row in page.rows)
    assert page.words.index("Cards and loans, owed") < page.words.index("The card account")


def test_pending_amounts_lead_to_their_rows(alice: Persona, company: Feed) -> None:
    rows = Page(alice.client.get(open_cash(alice).link("−77.00")))

    assert "−77.00" in rows.words
    assert "−400.00" not in rows.words


def test_a_past_day_is_chosen_in_the_address(alice: Persona, company: Feed) -> None:
    day = YESTERDAY - timedelta(days=1)
    page = open_cash(alice, f"on={day}")

    assert f"Balances at the end of {name_day(day)}" in page.words
    assert ["Cash", "7,900.00", "−77.00"] in page.rows
    assert "min ago" not in " ".join(row[0] for row in page.rows if row)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("soon", "Write the day as 2026-11-05."),
        (str(TOMORROW), "Choose today or a day before."),
        ("0099-01-01", "Choose a year from 1970 to 2099."),
    ],
)
def test_a_day_that_makes_no_sense_stays_in_the_form_with_the_reason(
    alice: Persona, company: Feed, day: str, sentence: str
) -> None:
    page = open_cash(alice, f"on={day}")

    assert sentence in page.words
    assert f'value="{day}"' in page.html
    assert "Cash 7,500.00 USD" in page.words


def test_a_day_before_the_first_row_has_no_balance(alice: Persona, company: Feed) -> None:
    page = open_cash(alice, f"on={shift_month(TODAY, -20)}")

    assert ["Cash", "–", "−77.00"] in page.rows


def test_the_period_leads_from_balance_to_balance(alice: Persona, company: Feed) -> None:
    page = open_cash(alice, f"from={YESTERDAY:%Y-%m}&to={YESTERDAY:%Y-%m}")
    moved = next(row for row in page.rows if row and row[0] == "Cash" and len(row) == 6)

    assert moved == ["Cash", "7,900.00", "0.00", "−400.00", "−400.00", "7,500.00"]
    assert f"End of {name_day(YESTERDAY.replace(day=1) - timedelta(days=1))}" in page.words


def test_a_comparison_adds_the_other_months_the_change_and_a_percentage(alice: Persona, company: Feed) -> None:
    then = shift_month(YESTERDAY, -12)
    with company.scope():
        company.apply(company.row(then, -32_000))
    page = open_cash(alice, f"from={YESTERDAY:%Y-%m}&to={YESTERDAY:%Y-%m}&compare=year")
    moved = next(row for row in page.rows if row and row[0] == "Cash" and len(row) == 9)

    assert f"compared with {name_month(then)}" in page.words
    assert moved[4] == "−400.00"
    assert moved[6:] == ["−320.00", "−80.00", "−25.0%"]


def test_a_change_from_nothing_has_no_percentage_and_says_why(alice: Persona, company: Feed) -> None:
    page = open_cash(alice, "period=3&compare=previous")

    assert "in place of a percentage: there was nothing to compare with." in page.words
    assert "inf" not in page.words


def test_a_figure_of_the_period_opens_its_rows(alice: Persona, company: Feed) -> None:
    page = open_cash(alice, "period=3")
    href = next(href for words, href in page.links if words == "The checking account" and "from=" in href)

    assert f"to={last_day(TODAY)}" in href
    assert "Net −400.00" in Page(alice.client.get(href)).words


def test_what_repeats_is_listed_with_its_last_and_next_days(alice: Persona, company: Feed) -> None:
    days = [TODAY - timedelta(days=7 * back) for back in range(1, 6)]
    with company.scope():
        company.apply(*(company.row(day, -5_000, counterparty="Cleaners") for day in days))
    page = open_cash(alice)

    assert page.row("Cleaners") == [
        "Cleaners",
        "The checking account ····1234",
        "Every week",
        f"5 times since {days[-1].day} {days[-1]:%b}",
        name_day(days[0]),
        f"{name_day(TODAY)}, not come yet",
        "−50.00",
        "14",
        "−700.00",
    ]
    assert "Next 13 weeks, expected" in page.words
    assert "Lowest:" in page.words
    assert "Net −250.00" in Page(alice.client.get(page.link("Cleaners"))).words


def test_where_nothing_repeats_the_page_says_so(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.apply(bank.row(YESTERDAY, -40_000, counterparty="Once"))
    page = open_cash(alice)

    assert "nothing in the last months repeats regularly enough to be expected" in page.words
    assert "Week by week" not in page.words


def test_an_account_without_a_balance_is_named_and_in_no_sum(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.save(feed_account(), feed_account("savings", current=None))
    page = open_cash(alice)

    assert "The bank tells no balance for The savings account: it is in no sum." in page.words
    assert "Cash 1,000.00 USD" in page.words


def test_debts_alone_are_no_cash(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.save(feed_account(current=None), feed_account("card", kind=AccountKind.CREDIT))
    page = open_cash(alice)

    assert "Cash – USD" in page.words
    assert "Next 13 weeks" not in page.words


def test_the_choices_keep_the_chosen_day_and_the_day_keeps_the_choices(alice: Persona, company: Feed) -> None:
    page = open_cash(alice, f"period=12&compare=year&on={YESTERDAY}")

    assert page.link("24 months") == f"?period=24&compare=year&on={YESTERDAY}"
    assert page.link("Today") == "?period=12&compare=year"
    assert '<input type="hidden" name="compare" value="year">' in page.html


def test_figures_that_wait_to_be_computed_are_named(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.apply(bank.row(YESTERDAY, -100), merge=False)

    assert "still being computed" in open_cash(alice).words


def test_staff_may_not_see_it(alice: Persona, company: Feed) -> None:
    staff = make_member("sam", alice.workspace, Role.STAFF)

    assert staff.client.get(f"/w/{alice.workspace.slug}/reports/cash/").status_code == 403


# Their clocks are 25 hours apart, so that it is never the same day in both.
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_the_persons_own_day(alice: Persona, company: Feed, zone: str) -> None:
    alice.user.time_zone = zone
    alice.user.save(update_fields=["time_zone"])
    with timezone.override(zone):
        today = timezone.localdate()

    assert f"Balances at the end of today, {name_day(today)}" in open_cash(alice).words


def test_a_day_before_today_says_that_what_is_pending_is_so_today(alice: Persona, company: Feed) -> None:
    assert "Pending, not in it" in open_cash(alice).words
    assert "Pending today" in open_cash(alice, f"on={YESTERDAY}").words
