"""Causes of a change in plain words, with who is behind them. Labels are hostile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from influencegraph.io.display import format_number

if TYPE_CHECKING:
    from influencegraph.compare.change import Change
    from influencegraph.compare.followers import Behind

Name = Callable[[Any], str]

NAMES_MAX = 3
"""How many followers are named behind a cause."""


def tell_reason(change: Change, cause: str, amount: float, call: Name) -> str:
    """Return why `cause` changed a score by `amount`, as the end of a sentence."""
    if cause in _OF_FOLLOWERS:
        return _OF_FOLLOWERS[cause](change, amount > 0.0, change.followers.behind(cause, NAMES_MAX), call)
    return _OF_ACCOUNT[cause](change, amount > 0.0)


# ---- what followers did ----


def _gained(change: Change, _: bool, behind: Behind, call: Name) -> str:
    now = "now " if change.before.is_there else ""
    return f"{_count(behind.n_along, 'account')} {now}follow{_s(behind.n_along)} it{_list(behind, call)}"


def _lost(change: Change, _: bool, behind: Behind, call: Name) -> str:
    if not change.after.is_there:
        return f"{_count(behind.n_along, 'account')} followed it{_list(behind, call)}"
    return f"{_count(behind.n_along, 'account')} no longer follow{_s(behind.n_along)} it{_list(behind, call)}"


def _made(_: Change, __: bool, behind: Behind, call: Name) -> str:
    whom = f"{_count(behind.n_along, 'follower')}{_list(behind, call)}"
    return f"it now follows back {whom}, {_theirs(behind)} less"


def _ended(_: Change, __: bool, behind: Behind, call: Name) -> str:
    whom = f"{_count(behind.n_along, 'follower')}{_list(behind, call)}"
    return f"it no longer follows back {whom}, {_theirs(behind)} more"


def _remembered(_: Change, rises: bool, behind: Behind, call: Name) -> str:
    whom = f"{_count(behind.n_along, 'follower')}{_list(behind, call)}"
    others = _others(behind, "the other way")
    if rises:
        return f"that it once followed back {whom} is fading, {_theirs(behind)} more{others}"
    return f"it followed back {whom} and ended that, {_theirs(behind)} less for a while{others}"


def _theirs(behind: Behind) -> str:
    return "whose follow counts" if behind.n_along == 1 else "whose follows count"


def _engaged(_: Change, rises: bool, behind: Behind, call: Name) -> str:
    how = "more" if rises else "less"
    others = _others(behind, "the other way")
    return (
        f"{_count(behind.n_along, 'mutual follower')} engage{_s(behind.n_along)} with it {how}"
        f"{_list(behind, call)}{others}"
    )


def _giving(_: Change, rises: bool, behind: Behind, call: Name) -> str:
    whom = f"{_count(behind.n_along, 'mutual follower')}{_list(behind, call)}"
    verb, how = "gives" if behind.n_along == 1 else "give", "more" if rises else "less"
    return f"{whom} {verb} {how} where nothing comes back{_others(behind, 'the other way')}"


def _diluted(_: Change, rises: bool, behind: Behind, call: Name) -> str:
    size, verb = "larger" if rises else "smaller", "gives" if behind.n_along == 1 else "give"
    whose = "its" if behind.n_along == 1 else "their"
    return (
        f"{_count(behind.n_along, 'follower')} {verb} it a {size} part of {whose} attention"
        f"{_list(behind, call)}{_others(behind, 'the other way')}"
    )


def _followers(_: Change, rises: bool, behind: Behind, call: Name) -> str:
    if not behind.n_along:
        return "the reach of its followers changed a little"
    return (
        f"{_count(behind.n_along, 'follower')} {'rose' if rises else 'fell'}{_list(behind, call)}"
        f"{_others(behind, 'that fell' if rises else 'that rose')}"
    )


_OF_FOLLOWERS: dict[str, Callable[[Change, bool, Behind, Name], str]] = {
    "follows_gained": _gained,
    "follows_lost": _lost,
    "follow_backs_made": _made,
    "follow_backs_ended": _ended,
    "memory": _remembered,
    "giving": _giving,
    "engagement": _engaged,
    "dilution": _diluted,
    "followers": _followers,
}


# ---- what else happened ----


def _crowding(change: Change, rises: bool) -> str:
    old, new = change.before.mutual_contacts, change.after.mutual_contacts
    past, left = change.before.remembered_contacts, change.after.remembered_contacts
    if old == new and past != left:
        return (
            f"the mutual contacts that it ended take up {format_number(left)} of its places, not "
            f"{format_number(past)}, and each contact counts {'more' if rises else 'less'}"
        )
    if old == new:
        return "the number of its mutual contacts changed on the way"
    return (
        f"it has {_count(new, 'mutual contact')}, not {old:,}, and each counts {'more' if rises else 'less'}"
    )


def _launch(change: Change, _: bool) -> str:
    old, new = format_number(change.before.launch), format_number(change.after.launch)
    if not change.before.is_there:
        return f"attention of {new} starts at it"
    if not change.after.is_there:
        return f"attention of {old} started at it"
    return f"attention of {new} now starts at it, not {old}"


def _damping(change: Change, _: bool) -> str:
    return _now(change, "damping", "a follow now passes on {new:.3g}% of attention, not {old:.3g}%", 100.0)


def _worth(change: Change, _: bool) -> str:
    return _now(change, "mutual_worth", "follows that it returns now count {new:.3g}%, not {old:.3g}%", 100.0)


def _capacity(change: Change, _: bool) -> str:
    text = "it can now hold {new:,g} mutual followers at full worth, not {old:,g}"
    return (
        _now(change, "mutual_capacity", text).replace("inf ", "any number of ").replace("inf", "any number")
    )


def _share(change: Change, _: bool) -> str:
    return _now(
        change, "mutual_giving",
        "mutual follows now count up to {new:.3g}% more for what followers give one-way, not {old:.3g}%",
        100.0,
    )  # fmt: skip


def _half(change: Change, rises: bool) -> str:
    how = "more" if rises else "less"
    return _now(
        change, "engagement_half",
        f"engagement now spares {how} of the discount, half of it at {{new:g}} and not at {{old:g}}",
    )  # fmt: skip


def _now(change: Change, setting: str, text: str, times: float = 1.0) -> str:
    old, new = getattr(change.before.settings, setting), getattr(change.after.settings, setting)
    if old == new or old is None or new is None:
        return f"{setting} changed" + (" on the way" if old == new else "")
    return text.format(old=times * old, new=times * new)


def _scale(change: Change, _: bool) -> str:
    old, new = change.before.scale.n_accounts, change.after.scale.n_accounts
    if old == new:
        return "the scale changed on the way"
    return f"the scale now spans {_count(new, 'account')}, not {old:,}"


_OF_ACCOUNT: dict[str, Callable[[Change, bool], str]] = {
    "crowding": _crowding,
    "launch": _launch,
    "damping": _damping,
    "mutual_worth": _worth,
    "mutual_capacity": _capacity,
    "mutual_giving": _share,
    "engagement_half": _half,
    "scale": _scale,
    "clipping": lambda change, rises: "the scale ends at 0 and at 100",
}


# ---- words ----


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _s(number: int) -> str:
    return "s" if number == 1 else ""


def _list(behind: Behind, call: Name) -> str:
    """Return names in parentheses, with how many more there are."""
    names = ["redacted ones" if label is None else call(label) for label, _ in behind.named]
    left = behind.n_along - len(names)
    if left > 0:
        names.append(f"{_count(left, 'other')}")
    if not names:
        return ""
    *most, last = names
    return f" ({', '.join(most)} and {last})" if most else f" ({last})"


def _others(behind: Behind, what: str) -> str:
    return f", outweighing {behind.n_against:,} {what}" if behind.n_against else ""
