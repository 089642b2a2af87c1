"""An explanation as text: a few sentences, a table that adds up, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from influencegraph.io.display import align_table, format_number, printable

if TYPE_CHECKING:
    from influencegraph.explain.contributions import Contribution
    from influencegraph.explain.explanation import Explanation

_Name = Callable[[Any], str]
_HEADER = ["from", "arrives", "of all", "its reach", "attention", "counts", "withheld"]
_SMALL = 5e-5
"""Smaller amounts and parts are zeros in the table."""


def describe_explanation(why: Explanation, names: Mapping[Any, str] | None = None) -> str:
    """Return `why` as text; `names` are display names by label.

    Labels and names are escaped: they come from strangers.
    """

    def call(label: Any) -> str:
        return printable(label if names is None else names.get(label, label))

    def identify(label: Any) -> str:
        shown = printable(label)
        return shown if names is None or label not in names else f"{call(label)} ({shown})"

    table = align_table(_HEADER, _tabulate(why, identify))
    return "\n".join([*_sentences(why, call), "", table, "", _legend(why, call)])


def _sentences(why: Explanation, call: _Name) -> list[str]:
    account, receiver = call(why.account), call(why.receiver)
    if why.path:
        hops = " by way of ".join(call(label) for label in reversed(why.path))
        lines = [f"{format_number(why.reach)} accounts of {account}'s reach arrive through {hops}."]
    else:
        lines = [
            f"{account} has a reach of {format_number(why.reach)} accounts: rank {why.rank:,} of "
            f"{why.n_accounts:,}, score {why.score:.1f} of 100."
        ]
    n = len(why.contributions) - why.contributions.has_redacted
    arriving = format_number(why.contributions.total("reach"))
    redacted = " and those redacted" if why.contributions.has_redacted else ""
    lines.append(
        f"{format_number(why.launch)} of it starts at {receiver} itself, {arriving} arrives from {n:,} "
        f"follower{'' if n == 1 else 's'}{redacted}."
    )
    return [*lines, *_discount(why, receiver)]


def _discount(why: Explanation, receiver: str) -> list[str]:
    """Say what the discount withheld, and how much of that is the capacity's."""
    contacts, capacity = why.mutual_contacts, why.settings.mutual_capacity or 0.0
    thetas = why.contributions.mutual_thetas
    if why.withheld == 0.0:
        return []
    remembered = why.contributions.remembered
    lines = []
    if thetas.size or not remembered.size:
        counts = ""
        if thetas.size:
            low, high = _percent(thetas.min()), _percent(thetas.max())
            counts = f"; such a follow counts {low if low == high else f'from {low} to {high}'}"
        withheld = why.withheld - float(remembered.sum())
        lines.append(
            f"{receiver} and {contacts:,} of its followers follow each other{counts}, "
            f"which withheld {format_number(max(0.0, withheld))}."
        )
    if remembered.size:
        n = remembered.size
        lines.append(
            f"{receiver} once followed back {n:,} {'other' if n == 1 else 'others'}; as long as that is "
            f"remembered, such a follow counts less, which withheld {format_number(float(remembered.sum()))}."
        )
    if contacts > capacity or why.withheld_by_capacity > 0.0:
        those = "they" if contacts > capacity else "they, with the room that ended ones take,"
        lines.append(
            f"{format_number(why.withheld_by_capacity)} of that is withheld only because {those} are more "
            f"than the {capacity:,g} that an account can hold before each counts less."
        )
    return lines


def _tabulate(why: Explanation, identify: _Name) -> list[list[str]]:
    rows = [_row(each, why, identify) for each in why.top]
    rest = why.rest
    if rest.n_followers:
        others = f"{rest.n_followers:,} other{'' if rest.n_followers == 1 else 's'}"
        rows.append([others, *_amount(rest.reach, why), "", "", "", format_number(rest.withheld)])
    rows += [
        ["starts here", *_amount(why.launch, why), "", "", "", ""],
        ["left over by solving", *_amount(why.unresolved, why), "", "", "", ""],
        ["together", *_amount(why.reach, why), "", "", "", format_number(why.withheld)],
    ]
    return rows


def _row(each: Contribution, why: Explanation, identify: _Name) -> list[str]:
    if each.account is None:
        return ["(redacted)", *_amount(each.reach, why), "", "", "", format_number(each.withheld)]
    return [
        identify(each.account),
        *_amount(each.reach, why),
        format_number(each.follower_reach),
        _percent(each.dilution),
        _percent(each.theta),
        format_number(each.withheld) if each.is_mutual or each.is_remembered else "",
    ]


def _amount(value: float, why: Explanation) -> list[str]:
    """Return `value` and its part of all; no sign before zeros."""
    part = value / why.reach if why.reach else 0.0
    return [
        format_number(0.0 if abs(value) < _SMALL else value),
        f"{0.0 if abs(part) < _SMALL else part:.1%}",
    ]


def _percent(part: float) -> str:
    return f"{100 * float(part):.3g}%"


def _legend(why: Explanation, call: _Name) -> str:
    receiver = call(why.receiver)
    text = (
        f"Each line: {why.settings.damping:g} of the follower's reach, times the part of its attention that "
        f"{receiver} has,\ntimes what of that counts"
    )
    if why.path:
        part = _percent(why.passed_on)
        text += f", times the {part} of {receiver}'s reach that arrive at {call(why.account)} this way"
    return text + "."
