"""Lines and numbers of the page on honesty."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from benchmarks.reasons.__main__ import WIDTH, wrap


def itemise(lines: Iterable[str]) -> str:
    return "\n".join(textwrap.fill(f"- {line}", WIDTH, subsequent_indent="  ") for line in lines)


def wrap_paragraph(paragraph: str) -> str:
    return paragraph if paragraph.startswith("- ") else wrap(paragraph)


def tell_range(values: Sequence[float], signed: bool = False) -> str:
    """Return a number with the ends of its range."""
    one, low, high = (f"{value:{'+' if signed else ''}.3f}" for value in values)
    return f"{one} [{low}, {high}]"


def tell_spread(values: Sequence[float]) -> str:
    return tell_range([sum(values) / len(values), min(values), max(values)])
