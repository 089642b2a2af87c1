"""Audiences as text: one account's table with its sentences, and a table of many. Labels are hostile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from influencegraph.io.display import align_table, format_number, printable

if TYPE_CHECKING:
    from influencegraph.audiences import Audience, Audiences
    from influencegraph.cohorts import Cohort

Names = Mapping[Any, str] | None

LINES = {
    "undivided": "their undivided attention",
    "counted": "what of it counts",
    "reach": "reach, what arrives",
}
"""What each measure is called."""
_SHOWN = 10


def describe_audience(audience: Audience, names: Names = None) -> str:
    """Return one account's table: a line and a sentence for each number, then its cohort."""
    rows = [["followers", f"{audience.followers:,}", _tell_followers(audience)]]
    for measure, tell in (("undivided", _tell_undivided), ("counted", _tell_counted), ("reach", _tell_reach)):
        rows.append([LINES[measure], format_number(getattr(audience, measure)), tell(audience)])
    if audience.engaged is not None:
        rows.insert(3, ["engaged followers", f"{audience.engaged:,}", _tell_engaged(audience)])
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    lines = [f"Audience of {_name(audience.account, names)} by {audience.settings}"]
    lines += [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]}" for row in rows]
    if audience.followers:
        lines.append(
            "The lines need not shrink: the first three take each follower for one account, the last for all "
            "that has reached it."
        )
    return "\n".join([*lines, *_tell_cohort(audience)])


def _tell_followers(audience: Audience) -> str:
    if not audience.followers:
        return "nobody follows it"
    once = f", {audience.remembered:,} once" if audience.remembered else ""
    return f"{audience.mutual:,} of them followed back{once}"


def _tell_undivided(audience: Audience) -> str:
    if not audience.followers:
        return "there are no parts to hold"
    return "each has one attention, divided among all it follows; this is the sum of the parts held here"


def _tell_counted(audience: Audience) -> str:
    if not audience.followers:
        return "there is nothing to discount"
    lost = audience.undivided - audience.counted
    once = "those it followed back once count less as long as that is remembered"
    if audience.remembered and not audience.mutual and lost:
        return f"{once}; {format_number(lost)} is lost that way"
    if not audience.mutual:
        return "all of it: none of these follows is returned"
    if audience.worth == 1:
        return "all of it: a follow that is returned counts in full"
    capacity = audience.settings.mutual_capacity or 0.0
    is_spared = audience.engaged is not None or bool(audience.settings.mutual_giving)
    least = "at least " if is_spared else ""
    crowded = f", being one of {audience.mutual:,} with room for {capacity:,g}"
    return (
        f"a follow that is returned counts {least}{audience.worth:.0%} here"
        f"{crowded if audience.mutual > capacity else ''}"
        f"{f', and {once}' if audience.remembered else ''}; {format_number(lost)} is lost that way"
    )


def _tell_engaged(audience: Audience) -> str:
    if not audience.engaged:
        return "no follower acted on it, in the layers of this network"
    return "acted on it; that is where their attention goes, and what spares a friend's follow the discount"


def _tell_reach(audience: Audience) -> str:
    own = format_number(audience.launch)
    if not audience.followers:
        return f"only the {own} that starts here"
    arrived = format_number(max(0.0, audience.reach - audience.launch))
    part = f"{audience.settings.damping:.0%}"
    return (
        f"{own} starts here, {arrived} is passed on: {part} of those parts, of all that reaches each follower"
    )


def _tell_cohort(audience: Audience) -> list[str]:
    """Return the account's place among accounts of about as many followers."""
    cohort = audience.cohort
    others = cohort.n_accounts - 1
    about = name_cohort(cohort)
    left_out = _tell_redacted(audience)
    if not others:
        return [f"No other account has {about}{left_out}."]
    rows = []
    for measure, line in LINES.items():
        standing = audience.standings[measure]
        shown = [format_number(value) for value in cohort.quantiles[measure]]
        rows.append(
            [
                line,
                *shown,
                format_number(getattr(audience, measure)),
                f"{standing.below:,}",
                f"{standing.above:,}",
            ]
        )
    header = ["", "10 %", "median", "90 %", "here", "with less", "with more"]
    title = f"{cohort.n_accounts:,} accounts have {about}, this one among them{left_out}:"
    return [title, align_table(header, rows)]


def _tell_redacted(found: Audience | Audiences) -> str:
    """Return how many accounts no cohort counts."""
    return f" (redacted accounts left out: {found.n_redacted:,})" if found.n_redacted else ""


def name_cohort(cohort: Cohort) -> str:
    """Return the range of follower counts in words."""
    low, high = cohort.followers_min, cohort.followers_max
    if high == 0:
        return "no followers"
    return "1 follower" if high == 1 else f"{low:,} to {high:,} followers"


def describe_audiences(audiences: Audiences, top: int = _SHOWN, names: Names = None) -> str:
    """Return the audiences of the accounts that reach most, and what is usual for each follower count."""
    scores = audiences.scores
    redacted = f" ({audiences.n_redacted:,} more redacted)" if audiences.n_redacted else ""
    lines = [f"Audiences of {len(audiences):,} accounts{redacted} by {scores.settings}"]
    header = ["account", "followers", "mutual", "undivided", "counted", "reach"]
    rows = [
        [
            _name(audience.account, names), f"{audience.followers:,}", f"{audience.mutual:,}",
            *(format_number(getattr(audience, measure)) for measure in LINES),
        ]
        for audience in (audiences[line.account] for line in scores.top(top))
    ]  # fmt: skip
    if rows:
        lines.append(align_table(header, rows))
    if len(audiences) > len(rows):
        lines.append(f"... and {len(audiences) - len(rows):,} more")
    if len(audiences):
        usual = f"Usual, by number of followers{_tell_redacted(audiences)}:"
        lines += [usual, describe_cohorts(audiences.cohorts)]
    return "\n".join(lines)


def describe_cohorts(cohorts: tuple[Cohort, ...]) -> str:
    """Return a line for each cohort: medians, and for reach a tenth and nine tenths as well."""
    header = [
        "followers", "accounts", "undivided, median", "counted, median",
        "reach, 10 %", "reach, median", "reach, 90 %",
    ]  # fmt: skip
    rows = []
    for cohort in cohorts:
        values = [cohort.quantiles[measure].median for measure in ("undivided", "counted")]
        words = name_cohort(cohort).removesuffix("s").removesuffix(" follower")
        rows.append(
            ["0" if words == "no" else words, f"{cohort.n_accounts:,}"]
            + [format_number(value) for value in (*values, *cohort.quantiles["reach"])]
        )
    return align_table(header, rows)


def _name(account: Any, names: Names) -> str:
    if names is None or account not in names:
        return printable(account)
    return f"{printable(names[account])} ({printable(account)})"
