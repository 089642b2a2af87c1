"""Changes as text: why one account's score changed, and what moved a network. Labels are hostile."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from influencegraph.io.display import align_table, format_number, printable
from influencegraph.io.reasons import NAMES_MAX, Name, tell_reason

if TYPE_CHECKING:
    from influencegraph.compare.change import Change, State
    from influencegraph.compare.comparison import Comparison, Mover

_WIDTH = 100
_REASONS = 5
_MINOR = 0.03
"""Reasons smaller than this part of the largest are told together."""
_TINY = 5e-7
"""Amounts below are not worth a line."""


_SEEN = 5e-5
"""Amounts below are zeros in a table."""


class _Unit(NamedTuple):
    """What the sentence counts in: points of score, or accounts of reach where the score stands still."""

    amounts: dict[str, float]
    change: float
    before: float
    after: float
    noun: str
    of: str


def describe_change(change: Change, names: Mapping[Any, str] | None = None) -> str:
    """Return `change` as a sentence and a table of all causes; `names` are display names by label."""

    def call(label: Any) -> str:
        return printable(label if names is None else names.get(label, label))

    sentence = textwrap.fill(_tell(change, call), _WIDTH, break_long_words=False, break_on_hyphens=False)
    rows = _tabulate(change, call)
    if not rows:
        return sentence
    table = align_table(["cause", "most of it by", "points", "reach"], rows, left=2)
    return "\n\n".join([sentence, table, *_tell_origins(change)])


# ---- the sentence ----


def _tell(change: Change, call: Name) -> str:
    unit = _choose_unit(change)
    shown = _choose_reasons(unit.amounts)
    decimals = _count_decimals([unit.change, *(amount for _, amount in shown)])
    rest = unit.change - math.fsum(amount for _, amount in shown)
    has_rest = bool(shown) and round(abs(rest), decimals) > 0.0
    head, direction = _head(change, unit, decimals, call)
    if not shown:
        return f"{head}."
    if len(shown) == 1 and not has_rest and direction:
        return f"{head}, because {tell_reason(change, *shown[0], call)}."
    reasons = [
        f"{_amount(amount, direction, decimals)} because {tell_reason(change, cause, amount, call)}"
        for cause, amount in shown
    ]
    if has_rest:
        reasons.append(f"{_amount(rest, direction, decimals)} for other reasons")
    return f"{head}: {'; '.join(reasons)}."


def _choose_reasons(amounts: dict[str, float]) -> list[tuple[str, float]]:
    """Return the causes worth telling, largest first; another scale is never left out."""
    least = max(_TINY, _MINOR * max(map(abs, amounts.values())))
    ranked = sorted(amounts.items(), key=lambda each: -abs(each[1]))
    ranked = [each for each in ranked if abs(each[1]) >= least and each[0] != "unresolved"]
    if len(ranked) == _REASONS + 1:
        return ranked
    return ranked[:_REASONS] + [each for each in ranked[_REASONS:] if each[0] == "scale"]


def _choose_unit(change: Change) -> _Unit:
    amounts = _points(change)
    if change.score_change == 0.0 and change.has_moved:
        return _Unit(
            dict(change.parts), change.change, change.before.reach, change.after.reach, "accounts", "reach"
        )
    return _Unit(amounts, change.score_change, change.before.score, change.after.score, "points", "score")


def _points(change: Change) -> dict[str, float]:
    """Return points by cause; a new account starts where the scale does."""
    points = dict(change.points)
    if not (change.before.is_there and change.after.is_there):
        points["launch"] += points.pop("clipping")
    return points


def _head(change: Change, unit: _Unit, decimals: int, call: Name) -> tuple[str, int]:
    """Return how the sentence begins, and which way the change goes: 1, -1 or, not at all, 0."""
    account = call(change.account)
    if not (change.before.is_there or change.after.is_there):
        return f"{account} is neither in the first nor in the last snapshot", 0
    if not change.before.is_there:
        return f"{account} is new, with {_describe_state(change.after)}", 1
    if not change.after.is_there:
        return f"{account} is gone, and had {_describe_state(change.before)}", -1
    has_moved = change.has_moved or change.points["scale"] != 0.0
    if not has_moved or round(abs(unit.change), 6) == 0.0:
        return f"{account}'s {unit.of} of {unit.after:,.1f} did not move", 0
    verb, direction = ("rose", 1) if unit.change > 0.0 else ("fell", -1)
    size = f"{abs(unit.change):,.{decimals}f}"
    noun = unit.noun[:-1] if float(size.replace(",", "")) == 1.0 else unit.noun
    ends = f"from {unit.before:,.{decimals}f} to {unit.after:,.{decimals}f}"
    return f"{account}'s {unit.of} {verb} {size} {noun}, {ends}", direction


def _describe_state(state: State) -> str:
    return f"a reach of {format_number(state.reach)} and a score of {state.score:.1f}"


def _amount(amount: float, direction: int, decimals: int) -> str:
    """Return `amount`: bare in the direction of the change, with its sign against it."""
    is_along = direction != 0 and (amount > 0.0) == (direction > 0)
    return f"{abs(amount):,.{decimals}f}" if is_along else f"{amount:+,.{decimals}f}"


def _count_decimals(amounts: list[float]) -> int:
    largest = max(map(abs, amounts))
    return 1 if largest >= 1.0 or largest <= _TINY else min(6, 1 - math.floor(math.log10(largest)))


# ---- the table ----


def _tabulate(change: Change, call: Name) -> list[list[str]]:
    rows = []
    for cause, points in sorted(_points(change).items(), key=lambda each: -abs(each[1])):
        reach = change.parts.get(cause)
        if max(abs(points), abs(reach or 0.0)) > _SEEN:
            behind = [] if reach is None else _behind(change, cause)
            by = ", ".join(
                f"{'(redacted)' if label is None else call(label)} {_signed(part)}" for label, part in behind
            )
            rows.append([name_cause(cause), by, _signed(points), "" if reach is None else _signed(reach)])
    if rows:
        rows.append(["together", "", _signed(change.score_change), _signed(change.change)])
    return rows


def _tell_origins(change: Change) -> list[str]:
    """Return where changes began, if they were traced and some came through followers."""
    if change.origins is None or change.origin_points is None or abs(change.parts["followers"]) <= _TINY:
        return []
    rows = [
        [name_cause(cause), _signed(points), _signed(change.origins.get(cause, 0.0))]
        for cause, points in sorted(change.origin_points.items(), key=lambda each: -abs(each[1]))
        if max(abs(points), abs(change.origins.get(cause, 0.0))) > _SEEN
    ]
    table = align_table(["where it began", "points", "reach"], rows)
    return [f"Traced back through followers, and through theirs, the change began with:\n{table}"]


def _behind(change: Change, cause: str) -> list[tuple[Any, float]]:
    if cause in ("launch", "unresolved"):
        return []
    return [each for each in change.followers.behind(cause, NAMES_MAX).named if abs(each[1]) > _SEEN]


def name_cause(cause: str) -> str:
    """Return a cause in words."""
    return {"unresolved": "left over by solving", "followers": "followers changed"}.get(
        cause, cause.replace("_", " ")
    )


def _signed(value: float) -> str:
    text = format_number(0.0 if abs(value) < _SEEN else value)
    return f"+{text}" if value >= _SEEN else text


# ---- the network ----


def describe_comparison(comparison: Comparison, names: Mapping[Any, str] | None = None, top: int = 5) -> str:
    """Return what moved the network: settings, causes, and who moved most."""

    def call(label: Any) -> str:
        return printable(label if names is None else names.get(label, label))

    traced = comparison.traced_causes
    lines = [_sum_up(comparison), *_tell_settings(comparison)]
    rows = [
        [
            name_cause(cause), _signed(found.total), format_number(found.moved),
            "" if cause == "followers" else _signed(traced.get(cause, 0.0)), f"{found.n_mainly:,}",
        ]
        for cause, found in comparison.causes.items()
        if max(found.moved, abs(traced.get(cause, 0.0))) > _SEEN
    ]  # fmt: skip
    if rows:
        header = ["cause, in accounts of reach", "sum", "size", "traced back", "mainly moved by it"]
        lines += ["", align_table(header, rows)]
    movers = comparison.movers(top)
    for title, found in (("Rose most:", movers.up), ("Fell most:", movers.down)):
        if found:
            lines += ["", title, _list_movers(found, call)]
    return "\n".join(lines)


def _sum_up(comparison: Comparison) -> str:
    n, change = len(comparison), comparison.change[comparison.has_moved]
    rose, fell = int((change > 0).sum()), int((change < 0).sum())
    new, gone = int(comparison.is_new.sum()), int(comparison.is_gone.sum())
    presence = f" ({new:,} new, {gone:,} gone)" if new or gone else ""
    return f"Of {n:,} account{'' if n == 1 else 's'}{presence}, {rose:,} rose and {fell:,} fell in reach."


def _tell_settings(comparison: Comparison) -> list[str]:
    lines = [
        f"{name}: {' -> '.join(map(_tell_value, values))}"
        for name, values in comparison.settings_changed.items()
    ]
    scales = [f"{scale.n_accounts:,}{_quote(scale.name)}" for scale in comparison.scales]
    return [*lines, f"scale, in accounts: {' -> '.join(scales)}"] if len(set(scales)) > 1 else lines


def _tell_value(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _quote(name: str | None) -> str:
    return "" if name is None else f" ({printable(name)})"


def _list_movers(movers: list[Mover], call: Callable[[Any], str]) -> str:
    rows = [
        [
            call(each.account), format_number(each.before), format_number(each.after), _signed(each.change),
            f"{each.points:+.1f}", f"{name_cause(each.cause)} {_signed(each.part)}",
        ]
        for each in movers
    ]  # fmt: skip
    return align_table(["account", "before", "after", "change", "points", "mainly"], rows)
