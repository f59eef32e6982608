"""The geometry of charts: whatever the numbers, everything drawn stays in the plot and no two labels meet."""

import re
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from config.charts import (
    CHARACTER,
    HEIGHT,
    PHONE_WIDTH,
    TOP,
    WIDE_WIDTH,
    AxisLabel,
    BarChart,
    LineChart,
    Pair,
    Point,
    Share,
    abbreviate,
    draw_in_and_out,
    draw_line,
    draw_shares,
    draw_sparkline,
)
from config.templatetags.charts import marks

MONTHS = ["Nov", "Dec", "Jan 26", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]


def line(*values: int, unit: int = 1) -> LineChart:
    points = [Point(MONTHS[index % 13], value, f"{value:,}") for index, value in enumerate(values)]
    return draw_line(points, title="Cash", description="Cash at month ends", columns=("Month", "Cash"), unit=unit)


def bars(*values: tuple[int, int]) -> BarChart:
    pairs = [
        Pair(MONTHS[i % 13], ins, outs, f"{ins}", f"{outs}", f"{ins + outs}") for i, (ins, outs) in enumerate(values)
    ]
    return draw_in_and_out(pairs, title="In and out", description="By month", columns=("Month", "In", "Out", "Net"))


def tick_texts(chart: LineChart | BarChart) -> list[str]:
    return [tick.text for tick in chart.frame.ticks]


def extent(label: AxisLabel, width: int) -> tuple[float, float]:
    size, x = len(label.text) * CHARACTER, label.x * width / 100
    start = {"start": x, "middle": x - size / 2, "end": x - size}[label.anchor]
    return start, start + size


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert tick_texts(line(0, 4_700, 9_300)) == ["0", "2k", "4k", "6k", "8k", "10k"]


def test_a_unit_turns_minor_units_into_the_axis_own() -> None:
    assert tick_texts(line(0, 930_000, unit=100)) == tick_texts(line(0, 9_300))


def test_a_value_stands_between_the_ticks_around_it() -> None:
    chart = line(0, 5_000, 10_000)
    lowest, middle, highest = (mark.y for mark in chart.marks)
    assert (highest, lowest) == (TOP, HEIGHT)
    assert middle == (TOP + HEIGHT) / 2


def test_an_area_stands_on_zero_however_far_its_values_are_from_it() -> None:
    chart = line(1_000_000, 1_010_000, 1_020_000)
    assert chart.frame.ticks[0].is_zero
    assert chart.area.endswith(f"V{float(HEIGHT)} H0 Z")


def test_money_in_rises_from_zero_and_money_out_hangs_from_it() -> None:
    chart = bars((300, -200))
    zero = next(tick.y for tick in chart.frame.ticks if tick.is_zero)
    coming, going = chart.groups[0].bars
    assert coming.kind == "in"
    assert coming.y + coming.height == pytest.approx(zero)
    assert (going.kind, going.y) == ("out", zero)
    assert coming.height / going.height == pytest.approx(1.5, rel=0.01)


def test_no_rows_make_an_empty_chart_with_an_axis() -> None:
    assert (line().line, line().area, line().marks, line().end) == ("", "", (), None)
    assert bars().groups == ()
    assert tick_texts(line())[0] == "0"


def test_one_row_is_a_point_in_the_middle_and_no_line() -> None:
    chart = line(500)
    assert chart.line == ""
    assert (chart.marks[0].x, chart.marks[0].band_width) == (50.0, 100.0)


def test_nothing_but_zeros_lies_on_the_zero_line() -> None:
    chart = line(0, 0, 0)
    zero = next(tick.y for tick in chart.frame.ticks if tick.is_zero)
    assert {mark.y for mark in chart.marks} == {zero}


def test_equal_values_make_a_level_line_inside_the_plot() -> None:
    heights = {mark.y for mark in line(700, 700, 700).marks}
    assert len(heights) == 1
    assert TOP <= heights.pop() <= HEIGHT


def test_negative_values_reach_below_a_zero_line() -> None:
    chart = line(400, -300)
    zero = next(tick.y for tick in chart.frame.ticks if tick.is_zero)
    assert chart.marks[0].y < zero < chart.marks[1].y
    assert "\N{MINUS SIGN}200" in tick_texts(chart)


def test_the_bands_of_a_line_cover_the_plot_once() -> None:
    bands = [(mark.band_x, mark.band_width) for mark in line(*range(7)).marks]
    assert bands[0][0] == 0
    assert sum(width for _, width in bands) == pytest.approx(100)
    assert all(left + width == pytest.approx(following) for (left, width), (following, _) in pairwise(bands))


def test_the_table_behind_a_chart_has_a_row_for_each_point() -> None:
    assert line(1, 2).frame.rows == (("Nov", "1"), ("Dec", "2"))
    assert bars((3, -1)).frame.rows == (("Nov", "3", "-1", "2"),)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 12, 13, 24, 36, 60])
@pytest.mark.parametrize("width", [PHONE_WIDTH, WIDE_WIDTH])
def test_no_two_labels_meet(count: int, width: int) -> None:
    for chart in (line(*range(count)), bars(*[(1, -1)] * count)):
        shown = [label for label in chart.frame.labels if label.on_phone or width == WIDE_WIDTH]
        assert shown
        assert shown[-1].text == MONTHS[(count - 1) % 13]
        places = [extent(label, width) for label in shown]
        assert all(end <= start for (_, end), (start, _) in pairwise(places))


@given(st.lists(st.integers(-(10**17), 10**17), max_size=40))
def test_every_mark_stays_in_the_plot(values: list[int]) -> None:
    chart = line(*values, unit=100)
    assert all(TOP <= mark.y <= HEIGHT and 0 <= mark.x <= 100 for mark in chart.marks)
    assert 2 <= len(chart.frame.ticks) <= 7


@given(st.lists(st.tuples(st.integers(0, 10**17), st.integers(-(10**17), 0)), max_size=40))
def test_every_bar_stays_in_the_plot_and_in_its_band(values: list[tuple[int, int]]) -> None:
    for group in bars(*values).groups:
        for bar in group.bars:
            assert bar.y >= TOP
            assert bar.y + bar.height <= HEIGHT + 0.01
            assert group.band_x - 0.02 <= bar.x
            assert bar.x + bar.width <= group.band_x + group.band_width + 0.02


@given(st.integers(1, 10**17), st.integers(0, 10**17))
def test_ticks_are_evenly_spaced(low: int, more: int) -> None:
    places = [tick.y for tick in line(low, low + more).frame.ticks]
    gaps = [upper - lower for lower, upper in pairwise(places)]
    assert max(gaps) - min(gaps) < 0.05


def test_the_longest_share_fills_the_width_and_a_refund_is_marked() -> None:
    drawn = draw_shares([Share("Rent", 400, "400"), Share("Travel", -100, "−100", "/x/")])
    assert [(bar.width, bar.is_negative, bar.href) for bar in drawn] == [(100.0, False, ""), (25.0, True, "/x/")]


def test_shares_of_nothing_have_no_width() -> None:
    assert draw_shares([]) == ()
    assert draw_shares([Share("Rent", 0, "0")])[0].width == 0


def test_a_sparkline_runs_from_edge_to_edge() -> None:
    assert draw_sparkline([1, 3, 2]).path == "M0.0,22.0 50.0,2.0 100.0,12.0"
    assert draw_sparkline([5, 5]).path == "M0.0,12.0 100.0,12.0"
    assert draw_sparkline([5]).path == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (950, "950"), (12_000, "12k"), (1_500_000, "1.5M"), (-2 * 10**9, "−2B"), (3 * 10**15, "3,000T")],
)
def test_figures_on_an_axis_are_short(value: int, text: str) -> None:
    assert abbreviate(value) == text


def test_a_drawn_line_names_itself_and_stands_before_its_table() -> None:
    html = render_to_string("charts/line.html", {"chart": line(1, 2, 3), "id": "cash"})
    assert 'role="img" aria-labelledby="cash-title cash-desc"' in html
    assert '<title id="cash-title">Cash</title>' in html
    assert html.index("</svg>") < html.index("Show as table") < html.index('<th scope="row">Jan 26</th>')


def test_drawings_carry_no_inline_style_and_escape_their_words() -> None:
    points = [Point("<b>", 1, "<i>"), Point("x", 2, "y")]
    chart = draw_line(points, title="<u>", description="", columns=("a", "b"))
    html = render_to_string("charts/line.html", {"chart": chart, "id": "x"})
    assert "&lt;b&gt;: &lt;i&gt;" in html
    assert not re.search(r"<[biu]>| style=", html)


def test_an_empty_chart_draws_its_sentence_alone() -> None:
    assert "<svg" not in render_to_string("charts/bars.html", {"chart": bars(), "id": "x"})


def test_what_has_not_happened_is_a_line_of_its_own_with_its_lowest_point() -> None:
    points = [Point(str(day), value, str(value)) for day, value in enumerate((50, 100, 80, 20, 60))]
    chart = draw_line(points, title="Cash", description="Cash", columns=("Day", "Cash"), ahead=3)

    assert chart.line.count(" ") == 1
    assert chart.expected.count(" ") == 3
    assert chart.expected.startswith("M" + chart.line.split(" ")[-1])
    assert chart.end == chart.marks[1]
    assert chart.lowest == chart.marks[3]


def test_a_line_of_what_happened_alone_has_nothing_expected() -> None:
    chart = draw_line([Point("1", 5, "5"), Point("2", 3, "3")], title="", description="", columns=("Day", "Cash"))

    assert (chart.expected, chart.lowest) == ("", None)


def test_a_table_of_its_own_takes_the_place_of_a_row_for_each_point() -> None:
    rows = (("Week 1", "5"),)
    chart = draw_line([Point("1", 5, "5")] * 7, title="", description="", columns=("Week", "Cash"), rows=rows)

    assert chart.frame.rows == rows


def test_marks_are_escaped() -> None:
    chart = draw_line([Point("<b>", 5, '"5"')], title="", description="", columns=("Day", "Cash"))

    assert 'data-readout="&lt;b&gt;: &quot;5&quot;"' in marks(chart)
