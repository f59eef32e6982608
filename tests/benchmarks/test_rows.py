"""The made-up rows are what the report says of them."""

import random
from datetime import date

from tests.benchmarks.rows import CATEGORIES, HINTED, MONTHS, OWN, TRANSFER, UNCATEGORISED, Generator

GENERATOR = Generator(10_000, date(2026, 11, 21))


def test_a_row_is_the_same_in_whatever_order_rows_are_asked_for() -> None:
    numbers = list(range(0, GENERATOR.rows, 100))
    in_order = {number: GENERATOR.feed(number) for number in numbers}
    random.Random(1).shuffle(numbers)  # noqa: S311 - an order

    assert all(GENERATOR.feed(number) == in_order[number] for number in numbers)


def test_every_month_has_rows_in_nearly_every_one_of_sixty_categories() -> None:
    cells = {
        (day.year, day.month, category)
        for number in range(GENERATOR.rows)
        if (category := GENERATOR.category_of(number)) not in {TRANSFER, UNCATEGORISED}
        for day in [GENERATOR.day_of(number)]
    }

    assert len(HINTED) + len(OWN) == CATEGORIES == 60
    assert len({(year, month) for year, month, _ in cells}) == MONTHS
    assert len(cells) > 0.98 * MONTHS * CATEGORIES


def test_the_rows_of_an_own_category_are_those_that_end_up_in_it() -> None:
    expected = [number for number in range(GENERATOR.rows) if GENERATOR.category_of(number) == OWN[3]]

    assert expected == list(GENERATOR.numbers_of(OWN[3]))
