"""A picture of gain against accuracy, as SVG: the same points give the same bytes.

Written by hand rather than by matplotlib, whose bytes depend on its version; it is a few circles and lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from influencegraph.lab.frontier import Point

WIDTH, HEIGHT = 860, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 650, 60, 490
SHADES = ("#9ecae1", "#7fb8d9", "#5aa2cf", "#3d8bc0", "#2171b5", "#0f5299", "#08306b")
OTHER, MARKED, INK, PALE = "#c4500b", "#d62728", "#222222", "#dddddd"
TICKS = (1, 1.25, 1.5, 2, 3, 4, 6, 10, 15, 20)
_STYLE = "text{font-family:Helvetica,Arial,sans-serif;font-size:12px;fill:#222222}"


def draw_frontier(points: tuple[Point, ...], title: str, marked: str, gain_max: float) -> str:
    """Return the picture; `marked` names the point to stand out, and a line is drawn at `gain_max`."""
    plane = _Plane(points)
    ours = [point for point in points if not math.isnan(point.mutual_worth)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" style="font-size:15px;font-weight:bold">{title}</text>',
        *plane.draw_axes(gain_max),
        *plane.draw_stairs(points),
        *_draw_grid(plane, ours),
        *_draw_others(plane, [point for point in points if math.isnan(point.mutual_worth)]),
    ]
    lines += [_draw_marked(plane, point) for point in points if point.method == marked]
    return "\n".join([*lines, "</svg>"]) + "\n"


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
            "gain: summed values of a pool of real accounts after it over before, worst of three sizes",
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
        if number == len(worths) - 1:
            yield from _label_capacities(plane, line)
        y = TOP + 40 + 20 * number
        yield _line(RIGHT + 24, y, RIGHT + 48, y, shade, width=2)
        yield _text(RIGHT + 56, y + 4, f"reach, worth {worth:g}", "start")
    yield _text(RIGHT + 24, TOP + 18, "each line: capacity", "start")
    y = TOP + 40 + 20 * len(worths)
    yield f'<rect x="{RIGHT + 31}" y="{y - 5}" width="10" height="10" fill="{OTHER}"/>'
    yield _text(RIGHT + 56, y + 4, "another method", "start")
    yield _line(RIGHT + 24, y + 20, RIGHT + 48, y + 20, "#8a8a8a", "1 3")
    yield _text(RIGHT + 56, y + 24, "the frontier", "start")


def _label_capacities(plane: _Plane, line: list[Point]) -> Iterator[str]:
    for each in line:
        words = "no capacity" if math.isinf(each.mutual_capacity) else f"{each.mutual_capacity:g}"
        yield _text(plane.x(each.gain) + 7, plane.y(each.accuracy) + 14, words, "start")


def _draw_others(plane: _Plane, points: list[Point]) -> Iterator[str]:
    for each in points:
        x, y = plane.x(each.gain), plane.y(each.accuracy)
        yield f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{OTHER}"/>'
        yield _text(x, y - 10, each.method, "middle")


def _draw_marked(plane: _Plane, point: Point) -> str:
    x, y = plane.x(point.gain), plane.y(point.accuracy)
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="none" stroke="{MARKED}" stroke-width="2"/>'
    return ring + _text(x - 13, y - 8, "default", "end")


def _dot(plane: _Plane, point: Point, shade: str, tip: str) -> str:
    x, y = plane.x(point.gain), plane.y(point.accuracy)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{shade}"><title>{tip}</title></circle>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
