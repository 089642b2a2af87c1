"""A picture of gain against accuracy, as SVG: the same points give the same bytes.

Written by hand rather than by matplotlib, whose bytes depend on its version; it is a few circles and lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from influencegraph.lab.frontier import Point, Setting

WIDTH, HEIGHT = 860, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 650, 60, 490
SHADES = ("#9ecae1", "#7fb8d9", "#5aa2cf", "#3d8bc0", "#2171b5", "#0f5299", "#08306b")
OTHER, MARKED, INK, PALE = "#c4500b", "#d62728", "#222222", "#dddddd"
TICKS = (1, 1.25, 1.5, 2, 3, 4, 6, 10, 15, 20)
_STYLE = "text{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:#222222}"


def draw_frontier(points: tuple[Point, ...], marked: str, gain_max: float) -> str:
    """Return the picture; `marked` names the point to stand out, and a line is drawn at `gain_max`."""
    plane = _Plane(points)
    labels = _Labels((plane.x(point.gain), plane.y(point.accuracy)) for point in points)
    ours = [each for each in points if each.method == str(Setting(each.mutual_worth, each.mutual_capacity))]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="30" style="font-size:15px;font-weight:bold">'
        "What gaming gains, and how accurate a method is where nobody games</text>",
        *plane.draw_axes(gain_max),
        *plane.draw_stairs(points),
        *_draw_grid(plane, ours),
    ]
    for point in points:
        if point.method == marked:
            x, y = plane.x(point.gain), plane.y(point.accuracy)
            lines.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="none" stroke="{MARKED}" stroke-width="2"/>'
            )
            lines.append(labels.place(x, y, "default"))
    for point in points:
        if point not in ours:
            x, y = plane.x(point.gain), plane.y(point.accuracy)
            lines.append(f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{OTHER}"/>')
            lines.append(labels.place(x, y, point.method))
    worth = max(point.mutual_worth for point in ours)
    for point in ours:
        if point.mutual_worth == worth:
            words = "no capacity" if math.isinf(point.mutual_capacity) else f"{point.mutual_capacity:g}"
            lines.append(labels.place(plane.x(point.gain), plane.y(point.accuracy), words))
    return "\n".join([*lines, "</svg>"]) + "\n"


class _Labels:
    """Puts words beside points where they cover neither points nor each other, as far as there is room."""

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        self.taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]

    def place(self, x: float, y: float, words: str) -> str:
        width = 6.6 * len(words)
        offers = []
        for away in (12, 24, 38, 54, 72):
            for left, middle in (
                (x + away, y), (x - away - width, y), (x - width / 2, y - away), (x - width / 2, y + away),
                (x + 0.7 * away, y + 0.7 * away), (x - 0.7 * away - width, y - 0.7 * away),
                (x + 0.7 * away, y - 0.7 * away), (x - 0.7 * away - width, y + 0.7 * away),
            ):  # fmt: skip
                box = left, middle - 7, left + width, middle + 7
                inside = box[0] > LEFT and box[2] < RIGHT + 10 and box[1] > TOP and box[3] < BOTTOM
                offers.append((sum(_cover(box, other) for other in self.taken) + (not inside), away, box))
        _, away, box = min(offers, key=lambda offer: offer[:2])
        self.taken.append(box)
        behind = f'x="{box[0]:.1f}" y="{box[1]:.1f}" width="{width:.1f}" height="14"'
        words = _text(box[0], (box[1] + box[3]) / 2 + 4, words, "start")
        words = f'<rect {behind} fill="#ffffff" fill-opacity="0.8"/>' + words
        if away <= 24:
            return words
        end = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
        return _line(x, y, *end, "#8a8a8a") + words


def _cover(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


class _Plane:
    """Where points lie on the paper: gain to the right, in logarithms; accuracy upwards."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        gains, heights = [point.gain for point in points], [point.accuracy for point in points]
        self.low, self.high = math.log(min(gains) * 0.93), math.log(max(gains) * 1.15)
        self.bottom = math.floor(min(heights) * 20) / 20
        self.top = math.ceil(max(heights) * 20 + 0.2) / 20

    def x(self, gain: float) -> float:
        return LEFT + (RIGHT - LEFT) * (math.log(gain) - self.low) / (self.high - self.low)

    def y(self, accuracy: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (accuracy - self.bottom) / (self.top - self.bottom)

    def draw_axes(self, gain_max: float) -> Iterator[str]:
        for gain in TICKS:
            if self.low <= math.log(gain) <= self.high:
                x = self.x(gain)
                yield _line(x, TOP, x, BOTTOM, PALE)
                yield _text(x, BOTTOM + 18, f"{gain:g}", "middle")
        steps = round((self.top - self.bottom) / 0.05)
        for step in range(steps + 1):
            y = self.y(self.bottom + 0.05 * step)
            yield _line(LEFT, y, RIGHT, y, PALE)
            yield _text(LEFT - 8, y + 4, f"{self.bottom + 0.05 * step:.2f}", "end")
        x = self.x(gain_max)
        yield _line(x, TOP, x, BOTTOM, INK, "4 4")
        yield _text(x + 5, TOP + 14, f"gain {gain_max:g}", "start")
        yield _text(
            (LEFT + RIGHT) / 2,
            BOTTOM + 42,
            "gain: summed values of a pool of real accounts after it over before, at its worst size",
            "middle",
        )
        middle = (TOP + BOTTOM) / 2
        yield (
            f'<text x="20" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 20 {middle:.1f})">'
            "honest accuracy: mean of four rows</text>"
        )

    def draw_stairs(self, points: tuple[Point, ...]) -> Iterator[str]:
        """Yield the frontier: what is attained by some method at no more gain."""
        best = sorted((point for point in points if point.is_best), key=lambda point: point.gain)
        for one, other in pairwise(best):
            x, y = self.x(other.gain), self.y(one.accuracy)
            yield _line(self.x(one.gain), y, x, y, "#8a8a8a", "1 3")
            yield _line(x, y, x, self.y(other.accuracy), "#8a8a8a", "1 3")


def _draw_grid(plane: _Plane, points: list[Point]) -> Iterator[str]:
    worths = sorted({point.mutual_worth for point in points})
    for number, worth in enumerate(worths):
        shade = SHADES[round(number * (len(SHADES) - 1) / max(len(worths) - 1, 1))]
        line = sorted(
            (each for each in points if each.mutual_worth == worth), key=lambda each: each.mutual_capacity
        )
        path = " ".join(f"{plane.x(each.gain):.1f},{plane.y(each.accuracy):.1f}" for each in line)
        yield f'<polyline points="{path}" fill="none" stroke="{shade}" stroke-width="1.5"/>'
        for each in line:
            tip = f"worth {each.mutual_worth:g}, capacity {each.mutual_capacity:g}"
            yield _dot(plane, each, shade, tip)
        y = TOP + 40 + 20 * number
        yield _line(RIGHT + 24, y, RIGHT + 48, y, shade, width=2)
        yield _text(RIGHT + 56, y + 4, f"reach, worth {worth:g}", "start")
    yield _text(RIGHT + 24, TOP + 18, "along a line: capacity", "start")
    y = TOP + 40 + 20 * len(worths)
    yield f'<rect x="{RIGHT + 31}" y="{y - 5}" width="10" height="10" fill="{OTHER}"/>'
    yield _text(RIGHT + 56, y + 4, "another method", "start")
    yield _line(RIGHT + 24, y + 20, RIGHT + 48, y + 20, "#8a8a8a", "1 3")
    yield _text(RIGHT + 56, y + 24, "the frontier", "start")


def _dot(plane: _Plane, point: Point, shade: str, tip: str) -> str:
    x, y = plane.x(point.gain), plane.y(point.accuracy)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{shade}"><title>{tip}</title></circle>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
