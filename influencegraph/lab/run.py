"""Run attacks against scoring methods, and record what each gains under each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks import ATTACKS
from influencegraph.attacks.outcome import AttackOutcome
from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.lab.contestants import Contestant, Method, make_contestants
from influencegraph.lab.measures import assign_roles, measure
from influencegraph.lab.records import Key, LabRecords, Record
from influencegraph.lab.standing import Standing, stand, stand_after
from influencegraph.methods import check_graph
from influencegraph.settings import check_count, check_integer

Attack = Callable[..., AttackOutcome]
Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

BUDGETS = (10_000, 40_000, 80_000)
"""Follows: 40,000 make a ring of 200, 80,000 a pool of 400 that trades with half of the pairs."""
TRUSTED = 300
KNOWN_SHARE = 0.1
"""Of the fakes, or of the gainers where there are none: known spammers, where CollusionRank starts."""
_TRUST, _BLAME = 1, 2
"""Streams of randomness besides those of the attacks."""


class LabProgress(NamedTuple):
    """What a `progress` callable is handed after each attack.

    `records` holds all that was found so far; `run_lab(..., resume=records)` goes on from there.
    """

    done: int
    total: int
    attack: str
    budget: int
    seed: int
    records: LabRecords


def run_lab(
    graph: FollowerGraph,
    methods: Iterable[str] | Mapping[str, Method] | None = None,
    attacks: Iterable[str] | Mapping[str, Attack] | None = None,
    budgets: Iterable[int] = BUDGETS,
    *,
    rng: int = 0,
    n_seeds: int = 3,
    honest: Any = None,
    trusted: Any = None,
    spammers: Callable[[AttackOutcome, np.random.Generator], Any] | Iterable[Any] | None = None,
    progress: Callable[[LabProgress], object] | Literal[True] | None = None,
    resume: LabRecords | None = None,
) -> LabRecords:
    """Attack a network, score it before and after by each method, and record what the attack gains.

    The same arguments give the same records, bit for bit. Each attack is carried out once with each budget
    and seed, for all methods; each method scores the network before once (CollusionRank for each attack).

    Parameters
    ----------
    graph : FollowerGraph
        The network that is attacked.
    methods : names, or dict of name: callable, optional
        A callable takes a FollowerGraph and returns one finite number per account, as its labels are ordered.
        Names are those of our contestants: reach, reach_strict, pagerank, followers, hits, tunkrank,
        tweepcred, trustrank and reach_trusted (from `trusted`), collusionrank (from `spammers`). By default
        all of them.
    attacks : names in ATTACKS, or dict of name: callable, optional
        A callable is called as ``attack(graph, budget=..., rng=..., among=...)`` and returns an
        `AttackOutcome`.
    budgets : iterable of int
        Follows that each attack may make.
    rng : int >= 0
        The first seed.
    n_seeds : int
        Seeds are ``rng, rng + 1, ...``; each is handed to the attacks as their `rng`.
    honest : array-like of labels, optional
        Accounts known to be honest: they may be recruited or aimed at, and gainers are compared with them.
        All by default.
    trusted : int, or array-like of labels, optional
        Accounts known to be good, or how many of the honest ones to draw; by default 300, or a fortieth of
        them where that is less. They are not recruited.
    spammers : callable or array-like of labels, optional
        Known spammers, or ``spammers(outcome, generator) -> labels``; by default a tenth of an attack's
        fakes, or of its gainers where it has none.
    progress : True or callable, optional
        True draws a line on a terminal's standard error; a callable is handed a `LabProgress` after each
        attack.
    resume : LabRecords, optional
        What an earlier run with the same arguments found: it is not done again.

    Returns
    -------
    LabRecords

    Raises
    ------
    InvalidArgument
        If an argument is none of these; if a method returns anything but one finite number per account; if
        `resume` is of another network.
    UnknownAccount
        If a label is no account.

    Examples
    --------
    >>> import influencegraph
    >>> network = influencegraph.simulate_network(500, farm_size=0, ring_size=0)
    >>> methods = ["reach", "pagerank"]
    >>> found = influencegraph.run_lab(network.graph, methods, ["follow_pool"], [2_000], n_seeds=2)
    >>> len(found)
    4
    >>> for method in methods:
    ...     print(method, round(found.select(method=method).estimate("amplification").mean, 2))
    reach 1.19
    pagerank 1.78
    """
    check_graph(graph)
    bench = _Bench(graph, honest, trusted, spammers, check_integer("rng", rng, 0, 2**63, "0 is the default."))
    chosen = _choose_methods(methods, bench)
    attackers = _choose("attacks", attacks, ATTACKS)
    seeds = range(rng, rng + check_count("n_seeds", n_seeds))
    amounts = _check_budgets(budgets)
    plan = [(attack, budget, seed) for attack in attackers for budget in amounts for seed in seeds]
    known = _check_resumed(resume, graph)
    tell = show_progress(progress)
    found: list[Record] = []
    for done, (attack, budget, seed) in enumerate(plan, 1):
        keys = [(attack, name, budget, seed) for name in chosen]
        fresh = {name: chosen[name] for name, key in zip(chosen, keys, strict=True) if key not in known}
        if fresh:
            outcome = _carry_out(attack, attackers[attack], bench, budget, seed)
            known |= {record.key: record for record in bench.compare(attack, budget, seed, outcome, fresh)}
        found += [known[key] for key in keys]
        if tell is not None:
            tell(LabProgress(done, len(plan), attack, budget, seed, LabRecords(tuple(found))))
    return LabRecords(tuple(found))


class _Bench:
    """The network, who is who in it, and how each method scores it before."""

    def __init__(self, graph: FollowerGraph, honest: Any, trusted: Any, spammers: Any, rng: int) -> None:
        self.graph = graph
        everyone = np.arange(graph.n_accounts)
        self.honest = everyone if honest is None else _find(graph, "honest", honest)
        self.trusted = self._trust(trusted, rng)
        self.spammers = spammers
        self.recruits = graph.labels[np.setdiff1d(self.honest, self.trusted)]
        self._before: dict[str, Standing] = {}

    def _trust(self, trusted: Any, rng: int) -> Ids:
        """Return who is trusted; drawn from those honest accounts that follow somebody."""
        if trusted is not None and not isinstance(trusted, int | np.integer):
            return _find(self.graph, "trusted", trusted)
        count = min(TRUSTED, len(self.honest) // 40) if trusted is None else check_count("trusted", trusted)
        follows = self.honest[self.graph.out_degrees[self.graph.node_of[self.honest]] > 0]
        generator = np.random.default_rng([rng, _TRUST])
        return np.sort(generator.choice(follows, min(count, len(follows)), replace=False))

    def compare(
        self, attack: str, budget: int, seed: int, outcome: AttackOutcome,
        methods: Mapping[str, Method | None],
    ) -> Iterator[Record]:  # fmt: skip
        """Yield a record for each method."""
        roles = assign_roles(outcome, self.honest)
        graph = self.graph
        for name, method in methods.items():
            before, after, evidence = self._score(name, method, outcome, seed)
            yield Record(
                attack, name, budget, seed, graph.n_accounts, graph.n_follows, len(outcome.gainers),
                len(outcome.fakes), outcome.n_made, **measure(outcome, roles, before, after, evidence),
            )  # fmt: skip

    def _score(
        self, name: str, method: Method | None, outcome: AttackOutcome, seed: int
    ) -> tuple[Standing, Standing, Floats | None]:
        """Return where accounts stand before and after, and the method's evidence; None is CollusionRank."""
        if method is None:
            return self._score_blame(name, outcome, seed)
        if name not in self._before:
            self._before[name] = stand(name, method, self.graph)
        before = self._before[name]
        after = stand_after(name, method, outcome.graph, before)
        if isinstance(method, Contestant) and method.claims_detection and after.scores is not None:
            return before, after, method.find_evidence(after.scores)
        return before, after, None

    def _score_blame(
        self, name: str, outcome: AttackOutcome, seed: int
    ) -> tuple[Standing, Standing, Floats | None]:
        """As `_score`, by CollusionRank; what is known of spammers is no evidence that it found."""
        spammers = self._blame(outcome, seed)
        innocents = [np.zeros(graph.n_accounts) for graph in (self.graph, outcome.graph)]
        before, after = (Standing(values, values, values) for values in innocents)
        if not len(spammers):
            return before, after, None
        labels = outcome.graph.labels[spammers].tolist()
        there = [label for label in labels if label in self.graph]
        if there:
            before = stand(name, make_contestants(spammers=there)[name], self.graph)
        method = make_contestants(spammers=labels)[name]
        after = stand(name, method, outcome.graph)
        assert after.scores is not None
        evidence = method.find_evidence(after.scores)
        evidence[spammers] = np.nan
        return before, after, evidence

    def _blame(self, outcome: AttackOutcome, seed: int) -> Ids:
        """Return the known spammers of an attack, as positions of the attacked network."""
        generator = np.random.default_rng([seed, _BLAME])
        if callable(self.spammers):
            chosen = self.spammers(outcome, generator)
        elif self.spammers is not None:
            chosen = self.spammers
        else:
            suspects = outcome.fakes if len(outcome.fakes) else outcome.gainers
            count = min(len(suspects), max(1, round(KNOWN_SHARE * len(suspects))))
            chosen = suspects[np.sort(generator.choice(len(suspects), count, replace=False))] if count else []
        return _find(outcome.graph, "spammers", chosen)


def _carry_out(name: str, attack: Attack, bench: _Bench, budget: int, seed: int) -> AttackOutcome:
    outcome = attack(bench.graph, budget=budget, rng=seed, among=bench.recruits)
    if not isinstance(outcome, AttackOutcome):
        raise InvalidArgument.because(
            f"attack {name!r} returned a {describe_type(outcome)}", "it returns an AttackOutcome",
            "influencegraph.attacks.outcome.carry_out makes one.", name="attacks", attack=name,
        )  # fmt: skip
    return outcome


def _choose_methods(methods: Any, bench: _Bench) -> dict[str, Method | None]:
    """Return methods by name; None stands for CollusionRank, which is another one for each attack."""
    trusted = bench.graph.labels[bench.trusted].tolist() or None
    ours: dict[str, Method | None] = {**make_contestants(trusted=trusted), "collusionrank": None}
    return _choose("methods", methods, ours)


def _choose(what: str, given: Any, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be run by name: all of `ours`, some of them, or what the caller brings."""
    if given is None:
        return dict(ours)
    if isinstance(given, Mapping):
        bad = [name for name, each in given.items() if not isinstance(name, str) or not callable(each)]
        chosen = dict(given)
    else:
        names = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
        bad = [name for name in names if not isinstance(name, str) or name not in ours]
        chosen = {} if bad else {name: ours[name] for name in names}
    if bad or not chosen:
        raise InvalidArgument.out_of_range(
            what, bad[0] if bad else given, f"be names among {', '.join(ours)}, or a dict of name: callable",
            f"Leave {what} out for all of them.",
        )  # fmt: skip
    return chosen


def _check_budgets(budgets: Any) -> list[int]:
    given = list(budgets) if isinstance(budgets, Iterable) else [budgets]
    amounts = [check_integer("budgets", each, 0, 2**40, "Follows, such as 40_000.") for each in given]
    if not amounts or len(set(amounts)) < len(amounts):
        expected = "name at least one budget, each once"
        raise InvalidArgument.out_of_range("budgets", budgets, expected, "(10_000, 40_000) are two.")
    return amounts


def _check_resumed(resume: Any, graph: FollowerGraph) -> dict[Key, Record]:
    if resume is None:
        return {}
    if not isinstance(resume, LabRecords):
        remedy = "Hand over what run_lab returned, or the records of its progress."
        raise InvalidArgument.out_of_range("resume", resume, "be LabRecords", remedy)
    sizes = graph.n_accounts, graph.n_follows
    for record in resume.records:
        if (record.n_accounts, record.n_follows) != sizes:
            raise InvalidArgument.because(
                f"resume is of a network of {record.n_accounts:,} accounts and {record.n_follows:,} follows",
                f"this one has {sizes[0]:,} and {sizes[1]:,}", "Resume with the network that was attacked.",
                name="resume",
            )  # fmt: skip
    return {record.key: record for record in resume.records}


def _find(graph: FollowerGraph, name: str, labels: Any) -> Ids:
    """Return the positions of `labels`, ascending, each once."""
    if isinstance(labels, str | bytes) or not isinstance(labels, Iterable):
        raise InvalidArgument.out_of_range(
            name, shorten(labels), "be labels of accounts", "Pass a list of them."
        )
    return np.unique(graph.accounts.positions(labels))


def show_progress(
    progress: Callable[[LabProgress], object] | Literal[True] | None,
) -> Callable[[LabProgress], object] | None:
    """Return what draws progress; True draws on a terminal."""
    if progress is not True:
        if progress is not None and not callable(progress):
            raise InvalidArgument.out_of_range(
                "progress", progress, "be True or a callable", "It is handed a LabProgress after each attack."
            )
        return progress
    from influencegraph.io.lab_tables import draw_lab_progress

    return draw_lab_progress()
