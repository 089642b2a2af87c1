"""Pictures of the lab as SVG, written by hand: the same records give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

COLOURS = {
    "reach": "#08519c", "reach_strict": "#6baed6", "reach_trusted": "#31a354", "pagerank": "#d62728",
    "trustrank": "#ff9896", "followers": "#7f7f7f", "hits": "#9467bd", "tunkrank": "#e6a817",
    "tweepcred": "#8c564b",
}  # fmt: skip
PALE, INK = "#dddddd", "#222222"
_STYLE = "text{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:#222222}"

Points = Sequence[tuple[float, float]]


class Dot(tuple[float, float, float]):
    """Mean, and both ends of its interval."""

    __slots__ = ()


def draw_dots(title: str, below: str, rows: Mapping[str, Mapping[str, Dot]], low: float, high: float) -> str:
    """Return a picture with a line for each row and a dot with its interval for each method, logarithmic."""
    left, right, top, step = 190, 760, 62, 66
    bottom = top + step * len(rows)

    def place(value: float) -> float:
        part = math.log(min(max(value, low), high) / low) / math.log(high / low)
        return left + (right - left) * part

    def draw() -> Iterator[str]:
        yield _bold(20, 26, title)
        for value in _ticks(low, high, (1, 2, 5)):
            yield _line(place(value), top, place(value), bottom, INK if value == 1 else PALE)
            yield _text(place(value), bottom + 18, f"{value:g}", "middle")
        yield _text((left + right) / 2, bottom + 40, below, "middle")
        for number, (row, dots) in enumerate(rows.items()):
            middle = top + step * (number + 0.5)
            yield _text(left - 12, middle + 4, row, "end")
            yield _line(left, middle + step / 2, right, middle + step / 2, PALE)
            for i, (method, (mean, start, end)) in enumerate(dots.items()):
                y, colour = middle + 6.2 * (i - (len(dots) - 1) / 2), COLOURS[method]
                if end > start:
                    yield _line(place(start), y, place(end), y, colour, 2)
                tip = f"<title>{escape(row)}, {method}: {mean:.3g}</title>"
                yield f'<circle cx="{place(mean):.1f}" cy="{y:.1f}" r="4" fill="{colour}">{tip}</circle>'
        yield from _legend(right + 24, top + 8, [name for name in COLOURS if name in _methods(rows)])

    return _wrap(930, bottom + 56, draw())


def draw_curves(
    title: str, across: str, up: str, panels: Mapping[str, Mapping[str, Points]], low: float, high: float
) -> str:
    """Return a picture with one panel for each attack and one line for each method, both axes logarithmic.

    What is below `low` is drawn there.
    """
    wide, tall, gap_x, gap_y, left, top, in_row = 210, 170, 44, 62, 70, 70, 3
    budgets = sorted({x for lines in panels.values() for points in lines.values() for x, _ in points})

    def draw_panel(name: str, lines: Mapping[str, Points], x0: float, y0: float) -> Iterator[str]:
        def across_at(x: float) -> float:
            return x0 + wide * (math.log(x / budgets[0]) / math.log(budgets[-1] / budgets[0]))

        def up_at(y: float) -> float:
            return y0 + tall * (1 - math.log(min(max(y, low), high) / low) / math.log(high / low))

        yield _text(x0, y0 - 8, name, "start", bold=True)
        for value in _ticks(low, high):
            yield _line(x0, up_at(value), x0 + wide, up_at(value), PALE)
            if x0 == left:
                yield _text(x0 - 6, up_at(value) + 4, f"{value:,.0f}", "end")
        for value in budgets:
            yield _line(across_at(value), y0, across_at(value), y0 + tall, PALE)
            yield _text(across_at(value), y0 + tall + 16, f"{value / 1000:g}k", "middle")
        for method, points in lines.items():
            path = " ".join(f"{across_at(x):.1f},{up_at(y):.1f}" for x, y in points)
            stroke = f'stroke="{COLOURS[method]}" stroke-width="2"'
            yield f'<polyline points="{path}" fill="none" {stroke}><title>{method}</title></polyline>'

    def draw() -> Iterator[str]:
        yield _bold(20, 26, title)
        for number, (name, lines) in enumerate(panels.items()):
            row, column = divmod(number, in_row)
            yield from draw_panel(name, lines, left + column * (wide + gap_x), top + row * (tall + gap_y))
        yield _text(left, height - 14, f"across: {across}; up: {up}", "start")
        right = left + in_row * (wide + gap_x)
        yield from _legend(right - 10, top + 8, [name for name in COLOURS if name in _methods(panels)])

    height = top + -(-len(panels) // in_row) * (tall + gap_y) + 24
    return _wrap(left + in_row * (wide + gap_x) + 130, height, draw())


def _methods(rows: Mapping[str, Mapping[str, object]]) -> set[str]:
    return {method for each in rows.values() for method in each}


def _ticks(low: float, high: float, steps: Sequence[int] = (1,)) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def _legend(x: float, y: float, methods: Sequence[str]) -> Iterator[str]:
    for number, method in enumerate(methods):
        yield f'<circle cx="{x:.1f}" cy="{y + 20 * number:.1f}" r="5" fill="{COLOURS[method]}"/>'
        yield _text(x + 12, y + 20 * number + 4, method, "start")


def _wrap(width: float, height: float, lines: Iterator[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">'
    )
    paper = f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", paper, *lines, "</svg>"]) + "\n"


def _bold(x: float, y: float, words: str) -> str:
    return f'<text x="{x}" y="{y}" style="font-size:15px;font-weight:bold">{escape(words)}</text>'


def _text(x: float, y: float, words: str, anchor: str, bold: bool = False) -> str:
    weight = ' style="font-weight:bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"/>'
