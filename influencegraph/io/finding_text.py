"""Findings as text: one in sentences, and a table of those that stand out. Labels are hostile."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from influencegraph.io.display import align_table, format_number, printable

if TYPE_CHECKING:
    from influencegraph.audits.findings import Finding, Findings, Rule, Unit

Names = Mapping[Any, str] | None

NO_VERDICT = "Findings are evidence and no verdict: each line has innocent explanations."
_SHOWN, _FELLOWS = 10, 5


def describe_finding(finding: Finding, names: Names = None) -> str:
    """Return one finding in sentences: what it is, how usual, by what rule, and what else explains it."""
    words, account = finding.words, name_account(finding.account, names)
    head = f"{account}, {finding.audit}: {words.title}"
    if math.isnan(finding.value):
        return f"{head}: {finding.evidence}"
    less = (
        f"{finding.percentile:.1f} % of {finding.n_measured:,} accounts have less; half of them have at most "
        f"{write_value(finding.median, words.unit)}, and {write_value(finding.expected, words.unit)} is "
        f"{words.chance}."
    )
    stands = "This stands out" if finding.stands_out else "This does not stand out"
    lines = [
        f"{head}: {write_value(finding.value, words.unit)}",
        f"  {finding.evidence}",
        f"  {less}",
        f"  {stands} by the rule: {describe_rule(finding.rule, words.unit)}.",
        f"  {finding.innocent}",
    ]
    others = finding.accounts[1:]
    if others and finding.stands_out:
        shown = ", ".join(name_account(each, names) for each in others[:_FELLOWS])
        more = f" and {len(others) - _FELLOWS:,} more" if len(others) > _FELLOWS else ""
        lines.insert(2, f"  With it: {shown}{more}.")
    return "\n".join(lines)


def describe_rule(rule: Rule, unit: Unit) -> str:
    """Return a rule in words."""
    return (
        f"at least {write_value(rule.value_min, unit)}, at least {rule.ratio_min:g} times what is expected, "
        f"and at least {rule.percentile_min:g} % of accounts have less"
    )


def describe_account(findings: Sequence[Finding], names: Names = None) -> str:
    """Return all that audits say of one account, those that stand out first."""
    ordered = sorted(findings, key=lambda finding: not finding.stands_out)
    account = name_account(findings[0].account, names) if findings else "nobody"
    count = sum(finding.stands_out for finding in findings)
    title = f"Audit of {account}: stands out in {count} of {len(findings)} audits"
    return "\n".join([title, *(describe_finding(each, names) for each in ordered), NO_VERDICT])


def describe_findings(findings: Findings, top: int = _SHOWN, names: Names = None) -> str:
    """Return how many stand out in each audit, and the first lines of those that do."""
    some = int(np.count_nonzero(findings.counts))
    n = len(findings)
    title = f"Audit of {n:,} accounts: {some:,} stand out in at least one of {len(findings.measures)} audits"
    rows = [
        [
            name, f"{np.count_nonzero(measure.stands_out):,}", f"{measure.n_measured:,}",
            write_value(measure.median, measure.words.unit),
            write_value(measure.rule.value_min, measure.words.unit), f"{measure.rule.ratio_min:g}",
            f"{measure.rule.percentile_min:g} %",
        ]
        for name, measure in findings.measures.items()
    ]  # fmt: skip
    lines = [title]
    if rows:
        header = ["audit", "stand out", "measured", "median", "at least", "times chance", "have less"]
        lines.append(align_table(header, rows))
    shown = findings.top(top)
    if shown:
        header = ["account", "audit", "value", "by chance", "have less"]
        table = [
            [
                name_account(each.account, names), each.audit, write_value(each.value, each.words.unit),
                write_value(each.expected, each.words.unit), f"{each.percentile:.1f} %",
            ]
            for each in shown
        ]  # fmt: skip
        lines.append(align_table(header, table, left=2))
    if int(findings.counts.sum()) > len(shown):
        lines.append(f"... and {int(findings.counts.sum()) - len(shown):,} more")
    return "\n".join([*lines, NO_VERDICT])


def write_value(value: float, unit: Unit) -> str:
    """Return a value as people write it."""
    if math.isnan(value):
        return "-"
    if unit == "share":
        return f"{value:.1%}".replace("%", " %")
    if unit == "count" and value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if value == 0 or value >= 1 else format_number(value)


def name_account(account: Any, names: Names) -> str:
    """Return the label of an account, after its display name if there is one."""
    if names is None or account not in names:
        return printable(account)
    return f"{printable(names[account])} ({printable(account)})"
