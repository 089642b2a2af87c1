"""What a score depends on (`Settings`), and how hard to work for it (`Effort`)."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from influencegraph.errors import InvalidArgument

LayoutName = Literal["auto", "pull", "partitioned"]
"""How follows can lie in memory for a solve."""
LAYOUTS = get_args(LayoutName)

SETTINGS_VERSION = 2
"""Raised whenever a default changes, so that scores of different defaults are told apart."""


class Progress(NamedTuple):
    """What a `progress` callable is handed after each sweep."""

    sweeps: int
    error: float
    tolerance: float


@dataclass(frozen=True)
class Settings:
    """Everything besides the graph that a score's numbers depend on.

    Attributes
    ----------
    method : str
        A name in `METHODS`.
    damping : float in [0, 1), or None
        Share of attention that a follow passes on; None where the method has none.
    mutual_worth : float in [0, 1], or None
        What a follow that is returned is worth, of a follower who gives nothing one-way: 1 is no discount, 0
        is strict.
    mutual_capacity : float > 0 or inf, or None
        How many mutual followers one account can hold at full `mutual_worth`.
    teleport : {"uniform", "given"}
        Where attention starts.
    engagement_half : float > 0, or None
        Engagement that spares half of the discount; None where the graph has no layers or the method no
        discount.
    half_life, as_of : float, or None
        In seconds: how long until an act counts half, and the moment it is counted at.
    mutual_giving : float >= 0, or None
        How many times `mutual_worth` a mutual follow is worth more, up to 1, of a follower who gives all its
        attention one-way; None where the method has no discount.
    version : int
        Version of the defaults.
    """

    method: str
    damping: float | None = None
    mutual_worth: float | None = None
    mutual_capacity: float | None = None
    teleport: Literal["uniform", "given"] = "uniform"
    engagement_half: float | None = None
    half_life: float | None = None
    as_of: float | None = None
    mutual_giving: float | None = None
    version: int = SETTINGS_VERSION

    def __str__(self) -> str:
        shown = [
            f"{name}={value:{'.12g' if name == 'as_of' else 'g'}}"
            for name in (
                "damping",
                "mutual_worth",
                "mutual_capacity",
                "mutual_giving",
                "engagement_half",
                "half_life",
                "as_of",
            )
            if (value := getattr(self, name)) is not None
        ]
        if self.teleport == "given":
            shown.append("teleport given")
        return f"{self.method}({', '.join(shown)})"


@dataclass(frozen=True)
class Effort:
    """How hard to work: nothing here changes what the scores mean, only how well they are known."""

    tolerance: float = 1e-9
    max_sweeps: int = 1000
    not_converged: Literal["error", "warn"] = "error"
    n_threads: int | None = None
    progress: Callable[[Progress], object] | None = None
    layout: LayoutName = "auto"


def check_number(name: str, value: Any, low: float, high: float, expected: str, remedy: str) -> float:
    """Return `value` as a float in [low, high], or refuse it in the given words."""
    try:
        number = math.nan if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not low <= number <= high:
        raise InvalidArgument.out_of_range(name, value, expected, remedy)
    return number


def check_integer(name: str, value: Any, low: int, high: int, remedy: str) -> int:
    """Return `value` as an int in [`low`, `high`]."""
    try:
        number = None if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not low <= number <= high:
        raise InvalidArgument.out_of_range(name, value, f"be an integer from {low:,} to {high:,}", remedy)
    return number


def make_generator(rng: Any) -> np.random.Generator:
    """Return the generator that `rng` stands for: what `numpy.random.default_rng` takes."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        expected = "be what numpy.random.default_rng takes"
        raise InvalidArgument.out_of_range("rng", rng, expected, "Pass an integer >= 0.") from None


def check_damping(value: Any) -> float:
    """Return `value` as a damping in [0, 1)."""
    return check_number(
        "damping",
        value,
        0.0,
        math.nextafter(1.0, 0.0),
        "lie in [0, 1)",
        "0.85 is usual; to weigh distant followers as much as possible, use 0.99.",
    )


def check_mutual_worth(value: Any) -> float:
    """Return `value` as a worth in [0, 1]."""
    return check_number(
        "mutual_worth",
        value,
        0.0,
        1.0,
        "lie in [0, 1]",
        "1 counts a returned follow in full, 0 not at all.",
    )


def check_mutual_capacity(value: Any) -> float:
    """Return `value` as a capacity above 0, inf included."""
    return check_number(
        "mutual_capacity",
        value,
        math.nextafter(0.0, 1.0),
        math.inf,
        "be above 0, or inf",
        "150 is the default; for no limit, use float('inf').",
    )


def check_mutual_giving(value: Any) -> float:
    """Return `value` as a number >= 0."""
    return check_number(
        "mutual_giving",
        value,
        0.0,
        1e300,
        "be finite and >= 0",
        "1.5 is the default; 0 looks at no follower's other follows.",
    )


def check_engagement_half(value: Any) -> float:
    """Return `value` as engagement above 0, inf included."""
    return check_number(
        "engagement_half",
        value,
        math.nextafter(0.0, 1.0),
        math.inf,
        "be above 0, or inf",
        "3 is the default: three acts spare half of the discount; inf spares nothing.",
    )


def check_fading(half_life: Any, as_of: Any) -> tuple[float | None, float | None]:
    """Return `half_life` and `as_of` in seconds, both or neither; they may be a timedelta and a date."""
    from influencegraph.moments import read_span, read_time  # NumPy, which the settings do without

    if half_life is None and as_of is None:
        return None, None
    if half_life is None or as_of is None:
        raise InvalidArgument.because(
            f"half_life is {half_life!r} and as_of is {as_of!r}",
            "acts fade from their time to a given moment",
            "Give both, or neither; as_of may be the time of the last act.",
            name="half_life" if half_life is None else "as_of",
        )
    return (
        check_number(
            "half_life",
            read_span("half_life", half_life),
            math.nextafter(0.0, 1.0),
            1e300,
            "be above 0",
            "It is in seconds, or a timedelta.",
        ),
        check_number(
            "as_of", read_time("as_of", as_of), -1e300, 1e300, "be a time", "It is in seconds, or a date."
        ),
    )


def check_effort(
    tolerance: Any,
    max_sweeps: Any,
    not_converged: Any,
    n_threads: Any,
    progress: Callable[[Progress], object] | None,
    layout: Any = "auto",
) -> Effort:
    """Return checked settings of effort; `progress` is a callable or None by now."""
    tolerance = check_number(
        "tolerance",
        tolerance,
        math.nextafter(0.0, 1.0),
        1e308,
        "be above 0",
        "It is the total error of all shares of attention; 1e-9 is the default.",
    )
    if not_converged not in ("error", "warn"):
        raise InvalidArgument.out_of_range(
            "not_converged", not_converged, "be 'error' or 'warn'", "'error' is the default."
        )
    if progress is not None and not callable(progress):
        raise InvalidArgument.out_of_range(
            "progress", progress, "be True or a callable", "It is handed a Progress after each sweep."
        )
    if not isinstance(layout, str) or layout not in LAYOUTS:
        raise InvalidArgument.out_of_range(
            "layout", layout, f"be one of {', '.join(LAYOUTS)}", "'auto' chooses by size."
        )
    return Effort(
        layout=layout,  # type: ignore[arg-type] # mypy does not narrow str by a tuple
        tolerance=tolerance,
        max_sweeps=check_count("max_sweeps", max_sweeps),
        not_converged=not_converged,
        n_threads=None if n_threads is None else check_count("n_threads", n_threads),
        progress=progress,
    )


def check_count(name: str, value: Any) -> int:
    """Return `value` as an integer of at least 1."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < 1:
        raise InvalidArgument.out_of_range(
            name, value, "be an integer of at least 1", f"Leave {name} out for the default."
        )
    return int(value)
