"""Any edit script, from one result to the next, ends where a computation from scratch does."""

from __future__ import annotations

import numpy as np
from hypothesis import settings as run
from hypothesis import stateful
from hypothesis import strategies as st

import influencegraph
from influencegraph.layers import find_ends
from influencegraph.testing import engagement_settings, follower_graphs, layered_graphs, settings

ACCOUNTS = st.integers(0, 8)
WEIGHTS = st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.5, 3.0])


def list_acts(graph, layer):
    """Return who acted on whom, how often and when."""
    sources, targets = (graph.labels[end].tolist() for end in find_ends(graph, layer))
    return [*zip(sources, targets, layer.counts.tolist(), layer.times.tolist(), strict=True)]


class Edits(stateful.RuleBasedStateMachine):
    """Follows and acts are kept in dicts beside the scores, and the network is built from them anew."""

    @stateful.initialize(
        graph=follower_graphs(6) | layered_graphs(6),
        chosen=settings(),
        engaged=engagement_settings(),
        giving=st.sampled_from([0.0, 0.0, 0.6, 1.0]),
        tolerance=st.sampled_from([1e-10, 1e-6, 1e-2]),
    )
    def begin(self, graph, chosen, engaged, giving, tolerance):
        self.chosen = {**chosen, "mutual_giving": giving, **(engaged if graph.layers else {})}
        self.scores = influencegraph.score(graph, tolerance=tolerance, **self.chosen)
        self.plan = None
        self.layers, self.acts, self.ended = graph.layers, [], []
        for layer in graph.layers:
            self.acts.append({})
            for source, target, *act in list_acts(graph, layer):
                self.acts[-1].setdefault((source, target), []).append(act)
        self.forget()
        follower, followed, weights = graph.to_arrays()
        values = np.ones(len(follower)) if weights is None else weights
        pairs = zip(follower.tolist(), followed.tolist(), strict=True)
        self.follows = dict(zip(pairs, values.tolist(), strict=True))
        self.accounts = set(graph.labels.tolist())

    def edit(self):
        return influencegraph.what_if(self.scores) if self.plan is None else self.plan

    @stateful.rule(follower=ACCOUNTS, followed=ACCOUNTS, weight=WEIGHTS)
    def toggle(self, follower, followed, weight):
        if follower == followed:
            return
        if (follower, followed) in self.follows:
            self.plan = self.edit().unfollow(follower, followed)
            self.end((follower, followed))
        else:
            self.plan = self.edit().follow(follower, followed, weight)
            self.begin_follow((follower, followed), weight)

    @stateful.rule(account=ACCOUNTS)
    def remove(self, account):
        if account in self.accounts:
            self.plan = self.edit().remove(account)
            self.accounts.remove(account)
            self.follows = {pair: each for pair, each in self.follows.items() if account not in pair}
            for some in (self.acts, self.ended):
                some[:] = [
                    {pair: each for pair, each in layer.items() if account not in pair} for layer in some
                ]

    @stateful.rule(worth=st.sampled_from([0.0, 0.5, 1.0]))
    def change_worth(self, worth):
        self.plan = self.edit().set(mutual_worth=worth)
        self.chosen = {**self.chosen, "mutual_worth": worth}

    @stateful.rule(giving=st.sampled_from([0.0, 0.6, 1.0]))
    def change_giving(self, giving):
        self.plan = self.edit().set(mutual_giving=giving)
        self.chosen = {**self.chosen, "mutual_giving": giving}

    @stateful.precondition(lambda self: self.layers)
    @stateful.rule(half=st.sampled_from([0.5, 3.0]))
    def change_half(self, half):
        self.plan = self.edit().set(engagement_half=half)
        self.chosen = {**self.chosen, "engagement_half": half}

    @stateful.precondition(lambda self: "as_of" in self.chosen)
    @stateful.rule(age=st.sampled_from([10.0, 300.0]))
    def grow_older(self, age):
        self.chosen = {**self.chosen, "as_of": self.chosen["as_of"] + age}
        self.plan = self.edit().set(as_of=self.chosen["as_of"])

    @stateful.rule(
        pairs=st.sets(st.tuples(ACCOUNTS, ACCOUNTS), max_size=6),
        again=st.sets(st.tuples(ACCOUNTS, ACCOUNTS), max_size=2),
        weight=WEIGHTS,
    )
    def batch(self, pairs, again, weight):
        self.settle()
        ended = sorted(pair for pair in pairs | again if pair in self.follows)
        begun = {pair: 1.0 for pair in pairs if pair not in self.follows and pair[0] != pair[1]}
        begun |= {pair: weight for pair in again if pair[0] != pair[1]}
        added = [u for u, _ in begun], [v for _, v in begun], [*begun.values()]
        removed = [u for u, _ in ended], [v for _, v in ended]
        self.scores = influencegraph.update(self.scores, added=added, removed=removed)
        for pair in ended:
            self.end(pair)
        for pair, each in begun.items():
            self.begin_follow(pair, each)
        self.forget()
        self.compare()

    def end(self, pair):
        del self.follows[pair]
        for acts, ended in zip(self.acts, self.ended, strict=True):
            ended[pair] = acts.pop(pair, [])

    def begin_follow(self, pair, weight):
        """What ends and begins again in one script has changed its weight, and keeps its acts."""
        self.follows[pair] = weight
        self.accounts |= set(pair)
        for acts, ended in zip(self.acts, self.ended, strict=True):
            acts[pair] = ended.pop(pair, [])

    def forget(self):
        self.ended = [{} for _ in self.layers]

    @stateful.rule()
    def settle(self):
        self.scores, self.plan = self.edit().score(), None
        self.forget()
        self.compare()

    def compare(self):
        labels = sorted(self.accounts)
        columns = [[pair[end] for pair in self.follows] for end in (0, 1)]
        anew = influencegraph.FollowerGraph.from_arrays(*columns, [*self.follows.values()], labels=labels)
        for layer, acts in zip(self.layers, self.acts, strict=True):
            rows = [(*pair, *act) for pair, some in acts.items() for act in some]
            sources, targets, counts, times = np.array(rows, np.float64).reshape(-1, 4).T
            anew = anew.with_layer(
                layer.name, sources.astype(int), targets.astype(int), counts,
                weight=layer.weight, cap_per_pair=layer.cap_per_pair, times=times,
            )  # fmt: skip
        scratch = influencegraph.score(anew, **self.chosen)
        assert self.scores.labels.tolist() == labels
        assert self.scores.certificate.converged
        assert np.all(self.scores.lower <= scratch.upper)
        assert np.all(scratch.lower <= self.scores.upper)
        graph = self.scores.graph
        assert graph.n_follows == len(self.follows)
        assert {(int(u), int(v)) for u, v in zip(*graph.to_arrays()[:2], strict=True)} == set(self.follows)
        assert np.array_equal(graph.mutual_start, anew.mutual_start)
        for one, other in zip(graph.layers, anew.layers, strict=True):
            assert sorted(list_acts(graph, one)) == sorted(list_acts(anew, other))


TestEdits = Edits.TestCase
TestEdits.settings = run(max_examples=60, stateful_step_count=12)
