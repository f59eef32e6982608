"""Charts as plain geometry: numbers and ready-made words in, frozen shapes out, which templates/charts/ draw as SVG.

Across, everything is a share of the plot's width (0 to 100), so that a chart fits any page without stretching its text;
down, it is CSS pixels. Labels along the axis are thinned twice, for a wide page and for a phone, so that none overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

HEIGHT = 200
TOP = 10
# The narrowest plots that labels must fit: a phone's of 320 px, and the first one that the style sheet calls wide.
PHONE_WIDTH = 190
WIDE_WIDTH = 540
CHARACTER = 6.6
GAP = 10
MINUS = "\N{MINUS SIGN}"
# A line's path is drawn in a box of its own, 1000 wide, that alone stretches with the page.
PATH_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """One place along the axis: its label, its value and the value in words."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One month's money in (≥ 0) and out (≤ 0), each with its words."""

    label: str
    money_in: int
    money_out: int
    in_text: str
    out_text: str
    net_text: str


@dataclass(frozen=True, slots=True)
class Share:
    """One bar of a list, longest first or as given; `href` may be empty."""

    label: str
    value: int
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across at `y`, with its words."""

    y: float
    text: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """Words under the plot at `x`; `on_phone` says whether they also fit a phone."""

    x: float
    text: str
    anchor: str
    on_phone: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line, and the band across it where the pointer is nearest to it."""

    x: float
    y: float
    band_x: float
    band_width: float
    readout: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `kind` is its class."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The bars of one place along the axis, and the band across them."""

    bars: tuple[Bar, ...]
    band_x: float
    band_width: float
    readout: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every chart with axes has: words for those who do not see it, its height, lines across, labels, a table."""

    title: str
    description: str
    height: int
    ticks: tuple[Tick, ...]
    labels: tuple[AxisLabel, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over an area, and what is expected after it; the paths are in a box PATH_WIDTH wide. `end` is the last point
    of the line, where there is one, and `lowest` the lowest of what is expected."""

    frame: Frame
    line: str
    area: str
    marks: tuple[Mark, ...]
    end: Mark | None
    expected: str = ""
    lowest: Mark | None = None
    path_width: int = PATH_WIDTH


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars up and down from zero."""

    frame: Frame
    groups: tuple[BarGroup, ...]


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A row of a list of bars; `width` is a share of the longest."""

    label: str
    text: str
    href: str
    width: float
    is_negative: bool


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line without axes in a box 100 by 24; empty when there are fewer than two values."""

    path: str
    end_x: float
    end_y: float


def draw_line(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    columns: tuple[str, ...],
    unit: int = 1,
    ahead: int = 0,
    rows: tuple[tuple[str, ...], ...] | None = None,
) -> LineChart:
    """A value at each of some days. `unit` is how many of the values' units one on the axis is (100 for cents).

    The last `ahead` points have not happened: the line to them is one of its own. `rows` is the chart's table, if it is
    not to be one row a point.
    """
    scale = _scale([point.value for point in points], unit)
    marks = tuple(
        Mark(x, scale.y(point.value), *band, f"{point.label}: {point.text}")
        for point, x, band in zip(points, _spread(len(points)), _bands_between(len(points)), strict=True)
    )
    happened = len(marks) - ahead
    line, expected = _path(marks[:happened]), _path(marks[max(happened - 1, 0) :]) if ahead else ""
    end = marks[happened - 1] if happened else None
    area = f"{line} V{scale.y(0)} H0 Z" if line else ""
    if rows is None:
        rows = tuple((point.label, point.text) for point in points)
    labels = _labels([point.label for point in points], [mark.x for mark in marks], at_edges=True)
    frame = Frame(title, description, HEIGHT, scale.ticks, labels, columns, rows)
    lowest = max(marks[max(happened - 1, 0) :], key=_depth) if ahead else None
    return LineChart(frame, line, area, marks, end, expected, lowest)


def draw_in_and_out(
    pairs: Sequence[Pair], *, title: str, description: str, columns: tuple[str, str, str, str], unit: int = 1
) -> BarChart:
    """Money in above zero and money out below it, a bar each a month."""
    scale = _scale([n for pair in pairs for n in (pair.money_in, pair.money_out)], unit)
    slot = 100 / max(len(pairs), 1)
    groups = tuple(_pair_group(pair, scale, _round(index * slot), slot) for index, pair in enumerate(pairs))
    centres = [_round((index + 0.5) * slot) for index in range(len(pairs))]
    rows = tuple((pair.label, pair.in_text, pair.out_text, pair.net_text) for pair in pairs)
    labels = _labels([pair.label for pair in pairs], centres, at_edges=False)
    return BarChart(Frame(title, description, HEIGHT, scale.ticks, labels, columns, rows), groups)


def draw_shares(shares: Sequence[Share]) -> tuple[ShareBar, ...]:
    """Bars as long as their values, the longest filling the width; one below zero is marked as such."""
    longest = max((abs(share.value) for share in shares), default=0) or 1
    return tuple(
        ShareBar(share.label, share.text, share.href, _round(100 * abs(share.value) / longest), share.value < 0)
        for share in shares
    )


def draw_sparkline(values: Sequence[int]) -> Sparkline:
    """The course of some values, lowest at the bottom; equal values make a level line."""
    if len(values) < 2:
        return Sparkline("", 0, 0)
    low, high = min(values), max(values)
    xs = _spread(len(values))
    ys = [_round(22 - 20 * (value - low) / (high - low)) if high > low else 12.0 for value in values]
    return Sparkline("M" + " ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True)), xs[-1], ys[-1])


def abbreviate(value: int | Decimal) -> str:
    """A short figure for an axis: 950, 12k, 1.5M, −2B. Not for amounts that anyone adds up."""
    size = abs(Decimal(value))
    sign = MINUS if value < 0 else ""
    for limit, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if size >= limit:
            return f"{sign}{_plain(size / limit)}{letter}"
    return f"{sign}{_plain(size)}"


@dataclass(frozen=True, slots=True)
class _Scale:
    low: Decimal
    high: Decimal
    unit: int
    ticks: tuple[Tick, ...] = ()

    def y(self, value: int) -> float:
        return self.y_of(Decimal(value) / self.unit)

    def y_of(self, value: Decimal) -> float:
        return _round(TOP + float((self.high - value) / (self.high - self.low)) * (HEIGHT - TOP))


def _scale(values: Sequence[int], unit: int) -> _Scale:
    """Round bounds around the values and zero, which is never left out: an area must not look larger than it is."""
    low = Decimal(min(0, *values, 0)) / unit
    high = Decimal(max(0, *values, 0)) / unit
    if low == high:
        high = low + 1
    step = _nice_step((high - low) / 5)
    bottom, top = floor(low / step), ceil(high / step)
    bare = _Scale(bottom * step, top * step, unit)
    values_at = [index * step for index in range(bottom, top + 1)]
    ticks = tuple(Tick(bare.y_of(value), abbreviate(value), value == 0) for value in values_at)
    return _Scale(bare.low, bare.high, unit, ticks)


def _nice_step(rough: Decimal) -> Decimal:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten at or above `rough` (> 0)."""
    power = Decimal(10) ** floor(log10(rough))
    steps = (Decimal(factor) * power for factor in ("1", "2", "2.5", "5", "10"))
    return next(step for step in steps if step >= rough)


def _pair_group(pair: Pair, scale: _Scale, left: float, slot: float) -> BarGroup:
    zero = scale.y(0)
    width = _round(min(slot * 0.56, 8))
    start = left + (slot - width) / 2
    bars = (
        _bar("in", start, width, zero, scale.y(pair.money_in)),
        _bar("out", start, width, zero, scale.y(pair.money_out)),
    )
    readout = f"{pair.label}: in {pair.in_text}, out {pair.out_text}, net {pair.net_text}"
    return BarGroup(bars, left, _round(slot), readout)


def _bar(kind: str, x: float, width: float, zero: float, tip: float) -> Bar:
    return Bar(kind, _round(x), min(zero, tip), width, _round(abs(zero - tip)))


def _path(marks: Sequence[Mark]) -> str:
    if len(marks) < 2:
        return ""
    return "M" + " ".join(f"{_round(mark.x * PATH_WIDTH / 100)},{mark.y}" for mark in marks)


def _depth(mark: Mark) -> float:
    return mark.y


def _spread(count: int) -> list[float]:
    """`count` places from edge to edge; a single one in the middle."""
    if count == 1:
        return [50.0]
    return [_round(100 * index / (count - 1)) for index in range(count)]


def _bands_between(count: int) -> list[tuple[float, float]]:
    """For each of `count` places from edge to edge, where the nearest part of the plot begins and how wide it is."""
    if count < 2:
        return [(0.0, 100.0)] * count
    half = 50 / (count - 1)
    edges = [0.0, *(_round(100 * index / (count - 1) - half) for index in range(1, count)), 100.0]
    return [(left, _round(right - left)) for left, right in pairwise(edges)]


def _labels(texts: Sequence[str], xs: Sequence[float], *, at_edges: bool) -> tuple[AxisLabel, ...]:
    """Every nth label counted back from the newest, n as small as fits; `at_edges`: the outer ones turn inwards."""
    # One that turns inwards stands whole, not half, on its neighbour's side.
    share = 1.5 if at_edges else 1.0
    wide, phone = _stride(texts, xs, WIDE_WIDTH, share), _stride(texts, xs, PHONE_WIDTH, share)
    phone = ceil(phone / wide) * wide
    last = len(texts) - 1
    return tuple(
        AxisLabel(x, text, _anchor(index, last) if at_edges else "middle", (last - index) % phone == 0)
        for index, (text, x) in enumerate(zip(texts, xs, strict=True))
        if (last - index) % wide == 0
    )


def _stride(texts: Sequence[str], xs: Sequence[float], width: int, share: float) -> int:
    longest = max((len(text) for text in texts), default=0) * CHARACTER
    slot = (xs[1] - xs[0]) * width / 100 if len(xs) > 1 else width
    return max(1, ceil((longest * share + GAP) / slot))


def _anchor(index: int, last: int) -> str:
    if last == 0 or 0 < index < last:
        return "middle"
    return "end" if index else "start"


def _plain(value: Decimal) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{int(text):,}" if "." not in text else text


def _round(value: float) -> float:
    return round(value, 2)
