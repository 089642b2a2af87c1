"""Any edit script, from one result to the next, ends where a computation from scratch does."""

from __future__ import annotations

import numpy as np
from hypothesis import settings as run
from hypothesis import stateful
from hypothesis import strategies as st

import influencegraph
from influencegraph.testing import follower_graphs, settings

ACCOUNTS = st.integers(0, 8)
WEIGHTS = st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.5, 3.0])


class Edits(stateful.RuleBasedStateMachine):
    @stateful.initialize(
        graph=follower_graphs(6), chosen=settings(), tolerance=st.sampled_from([1e-10, 1e-6, 1e-2])
    )
    def begin(self, graph, chosen, tolerance):
        self.chosen = chosen
        self.scores = influencegraph.score(graph, tolerance=tolerance, **chosen)
        self.plan = None
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
            del self.follows[follower, followed]
        else:
            self.plan = self.edit().follow(follower, followed, weight)
            self.follows[follower, followed] = weight
            self.accounts |= {follower, followed}

    @stateful.rule(account=ACCOUNTS)
    def remove(self, account):
        if account in self.accounts:
            self.plan = self.edit().remove(account)
            self.accounts.remove(account)
            self.follows = {pair: each for pair, each in self.follows.items() if account not in pair}

    @stateful.rule(worth=st.sampled_from([0.0, 0.5, 1.0]))
    def change_worth(self, worth):
        self.plan = self.edit().set(mutual_worth=worth)
        self.chosen = {**self.chosen, "mutual_worth": worth}

    @stateful.rule(pairs=st.sets(st.tuples(ACCOUNTS, ACCOUNTS), max_size=6))
    def batch(self, pairs):
        self.settle()
        ended = sorted(pair for pair in pairs if pair in self.follows)
        begun = sorted(pair for pair in pairs if pair not in self.follows and pair[0] != pair[1])
        columns = [([u for u, _ in some], [v for _, v in some]) for some in (begun, ended)]
        self.scores = influencegraph.update(self.scores, added=columns[0], removed=columns[1])
        for pair in ended:
            del self.follows[pair]
        for pair in begun:
            self.follows[pair] = 1.0
            self.accounts |= set(pair)
        self.compare()

    @stateful.rule()
    def settle(self):
        self.scores, self.plan = self.edit().score(), None
        self.compare()

    def compare(self):
        labels = sorted(self.accounts)
        columns = [[pair[end] for pair in self.follows] for end in (0, 1)]
        anew = influencegraph.FollowerGraph.from_arrays(*columns, [*self.follows.values()], labels=labels)
        scratch = influencegraph.score(anew, **self.chosen)
        assert self.scores.labels.tolist() == labels
        assert self.scores.certificate.converged
        assert np.all(self.scores.lower <= scratch.upper)
        assert np.all(scratch.lower <= self.scores.upper)
        graph = self.scores.graph
        assert graph.n_follows == len(self.follows)
        assert {(int(u), int(v)) for u, v in zip(*graph.to_arrays()[:2], strict=True)} == set(self.follows)


TestEdits = Edits.TestCase
TestEdits.settings = run(max_examples=60, stateful_step_count=12)
