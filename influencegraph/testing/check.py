"""All laws by name, and the function that tries them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st

from influencegraph.errors import InvalidArgument
from influencegraph.testing import identities, promises
from influencegraph.testing.cases import MODEL
from influencegraph.testing.scoring import Draw, Law, Scoring

_WORTHS = frozenset({"mutual_worth", "mutual_capacity"})


def _law(
    name: str,
    check: Callable[[Scoring, Draw], None],
    statement: str,
    needs: Iterable[str] = (),
    *,
    any_unit: bool = False,
) -> tuple[str, Law]:
    return name, Law(name, statement, check, frozenset(needs), any_unit)


LAWS: dict[str, Law] = dict(
    [
        _law(
            "relabelling", identities.check_relabelling,
            "Relabelling accounts relabels their scores.", any_unit=True,
        ),
        _law(
            "rows", identities.check_rows,
            "Neither the order of the rows nor repeated rows matter.", any_unit=True,
        ),
        _law(
            "weight_unit", identities.check_weight_unit,
            "Scaling all weights changes nothing.", any_unit=True,
        ),
        _law(
            "zero_weights", identities.check_zero_weights,
            "A follow of weight 0 changes nothing.", any_unit=True,
        ),
        _law(
            "symmetry", identities.check_symmetry,
            "Accounts that are all alike score alike.", any_unit=True,
        ),
        _law(
            "unfollowed", identities.check_unfollowed,
            "Whom nobody follows keeps the launch, no more and no less.",
        ),
        _law("isolated", identities.check_isolated, "Isolated accounts leave everybody's reach as it is."),
        _law("union", identities.check_union, "Networks side by side keep their reach."),
        _law("linear", identities.check_linear, "Reach is linear in where attention starts.", {"teleport"}),
        _law(
            "no_mutual", identities.check_no_mutual,
            "Without mutual follows, what they are worth does not matter.", _WORTHS, any_unit=True,
        ),
        _law(
            "pagerank", identities.check_pagerank,
            "Without discount, reach is proportional to PageRank.", MODEL, any_unit=True,
        ),
        _law(
            "one_way_follower", promises.check_one_way_follower,
            "A new or heavier one-way follower never lowers, and raises if any walk passes by.",
            any_unit=True,
        ),
        _law(
            "monotone_worth", promises.check_monotone_worth,
            "No reach falls when mutual_worth rises.", {"mutual_worth"},
        ),
        _law(
            "monotone_capacity", promises.check_monotone_capacity,
            "No reach falls when mutual_capacity rises.", {"mutual_capacity"},
        ),
        _law(
            "monotone_giving", promises.check_monotone_giving,
            "No reach falls when mutual_giving rises.", {"mutual_giving"},
        ),
        _law(
            "strict_follow_back", promises.check_strict_follow_back,
            "At mutual_worth 0, following back never raises one's own reach.", {"mutual_worth"},
        ),
        _law(
            "follow_back", promises.check_follow_back,
            "Following back raises one's own reach by a bounded factor only (mathematics 3.3).", MODEL,
        ),
        _law(
            "strict_trade", promises.check_strict_trade,
            "At mutual_worth 0, a trade of follows raises nobody.", {"mutual_worth"},
        ),
        _law(
            "trade", promises.check_trade,
            "A trade of follows gains no more than the price of both follows (mathematics 3.2).", MODEL,
        ),
        _law(
            "clique", identities.check_clique,
            "In a mutual clique of k apart from the rest, reach is "
            "1 / (1 - a worth min(1, capacity/(k-1))).", MODEL,
        ),
        _law(
            "ring", promises.check_ring,
            "Accounts linked mutually and only to each other multiply what reaches them "
            "by 1 / (1 - a worth) at most.", MODEL,
        ),
        _law(
            "coalition", promises.check_coalition,
            "No coalition multiplies what reaches it by more than 1 / (1 - a).", MODEL,
        ),
        _law(
            "farmer", promises.check_farmer,
            "Traded followers are worth a bounded reach (mathematics 3.4).", MODEL,
        ),
        _law(
            "no_cliffs", promises.check_no_cliffs,
            "One follow moves all reach together by a bounded amount (mathematics 3.8).", MODEL,
        ),
        _law(
            "unfollow", promises.check_unfollow,
            "Unfollowing a contact whose follow matters little never lowers (mathematics 3.7).", MODEL,
        ),
        _law(
            "mutual_sum", identities.check_mutual_sum,
            "Mutual followers contribute a min(m, capacity) times the mean of what each is worth.", MODEL,
        ),
        _law(
            "contributions", identities.check_contributions,
            "Launch and contributions sum to the reach.", MODEL,
        ),
        _law("ledger", identities.check_ledger, "Attention kept, discounted and dangling sums to 1.", MODEL),
    ]
)  # fmt: skip
"""All laws, written out by hand; the first to be tried is the simplest to understand."""


def find_inapplicable(function: Callable[..., Any]) -> dict[str, frozenset[str]]:
    """Return the laws that do not apply to `function`, each with the settings that it would have to accept.

    Examples
    --------
    >>> missing = find_inapplicable(lambda graph, *, mutual_worth, mutual_capacity: graph.follower_counts)
    >>> {law: sorted(settings) for law, settings in missing.items()}["clique"]
    ['damping']
    """
    accepts = Scoring(function).accepts
    return {name: law.needs - accepts for name, law in LAWS.items() if law.needs - accepts}


def check_scoring(
    function: Callable[..., Any], *, laws: Iterable[str] | None = None, max_examples: int = 100
) -> list[str]:
    """Try the laws of scoring on a function of one's own, and show the smallest network that breaks one.

    Parameters
    ----------
    function : callable
        ``function(graph, **settings)`` returns an array of shape (n_accounts,) in the order of
        ``graph.labels``: reach, in accounts. Settings are ``damping``, ``mutual_worth``,
        ``mutual_capacity``, ``mutual_giving`` (0 of a function that has none) and ``teleport`` (an array);
        it is handed those that its signature names. Numbers must be good to `TOLERANCE`, 1e-9 of the
        largest. For values in another unit, try the laws whose `Law.any_unit` is true.
    laws : iterable of str, optional
        Names in `LAWS`; by default all that apply (`find_inapplicable` tells which do not).
    max_examples : int
        Networks tried for each law.

    Returns
    -------
    list of str
        Names of the laws that were tried.

    Raises
    ------
    AssertionError
        If a law is broken: its name and statement, and the smallest networks found, with the numbers.
    InvalidArgument
        If a law is unknown, or asked for by name and not applicable.

    Examples
    --------
    >>> import influencegraph
    >>> def reach(graph, **settings):
    ...     return influencegraph.score(graph, tolerance=1e-12, **settings).reach
    >>> check_scoring(reach, laws=["relabelling", "clique"], max_examples=20)
    ['relabelling', 'clique']

    Follower counts know nothing of walks:

    >>> def followers(graph):
    ...     return graph.follower_counts
    >>> check_scoring(followers, laws=["unfollowed"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: the law 'unfollowed' is broken. Whom nobody follows keeps the launch, ...
    """
    scoring = Scoring(function)
    chosen = _choose(scoring, laws)
    for law in chosen:
        _try_law(law, scoring, max_examples)
    return [law.name for law in chosen]


def _choose(scoring: Scoring, names: Iterable[str] | None) -> list[Law]:
    if names is None:
        return [law for law in LAWS.values() if law.needs <= scoring.accepts]
    names = list(names)
    for name in names:
        if name not in LAWS:
            raise InvalidArgument.out_of_range(
                "laws", name, f"hold names among {', '.join(LAWS)}", "Leave laws out to try all."
            )
        missing = LAWS[name].needs - scoring.accepts
        if missing:
            raise InvalidArgument.because(
                f"the law {name!r} was asked for",
                f"it needs a function that accepts {', '.join(sorted(missing))}",
                "Add the settings to the function's signature, or leave the law out.",
                name="laws",
            )
    return [LAWS[name] for name in names]


def _try_law(law: Law, scoring: Scoring, max_examples: int) -> None:
    @hypothesis.settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(st.data())
    def hold(data: st.DataObject) -> None:
        scoring.calls.clear()
        law.check(scoring, data.draw)

    try:
        hold()
    except AssertionError as broken:
        raise AssertionError(
            f"the law {law.name!r} is broken. {law.statement}\nHere {broken}:\n{scoring.describe()}"
        ) from None
    except Exception as error:
        error.add_note(f"while trying the law {law.name!r} on:\n{scoring.describe()}")
        raise
